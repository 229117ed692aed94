//! A library for a bench, with nothing in it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Who has the libraries of a bench.
pub(super) const OWNER: &str = "bench";

/// A program that runs until this is dropped.
pub(super) struct Running {
    child: Child,
    /// Where it listens.
    pub(super) address: String,
}

impl Running {
    /// Starts a program whose first line ends with its address.
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{:?} does not start", command.get_program()))?;
        let said = child.stdout.take().context("no output to read")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let address = line.split_whitespace().last().unwrap_or_default();
        let address = address.trim_end_matches('/').to_owned();
        ensure!(
            address.starts_with("http://"),
            "{:?} does not say where it is",
            command.get_program()
        );
        Ok(Self { child, address })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A library of the bench's own, and a token for it.
pub(super) struct Library {
    pub(super) server: Running,
    pub(super) token_file: PathBuf,
}

impl Library {
    /// Serves a new library in `folder`.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let data = folder.join("library");
        std::fs::create_dir_all(&data)?;
        let program = super::program("sifter-library");
        let server = Running::start(
            Command::new(&program)
                .args(["serve", "--listen", "127.0.0.1:0", "--owner", OWNER])
                .arg("--data")
                .arg(&data),
        )?;
        let token = Command::new(&program)
            .args(["token", "create", "--name", "bench", "--data"])
            .arg(&data)
            .output()?;
        ensure!(token.status.success(), "no token could be made");
        let token_file = folder.join("token");
        std::fs::write(&token_file, token.stdout)?;
        Ok(Self { server, token_file })
    }
}
