//! A real registry behind a library: CNCF Distribution, as Debian packages it, and the library's side of
//! "oci-redirect" before it.

mod front;
mod images;
mod sessions;

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tempfile::TempDir;

pub use front::{OciFront, Sessions};

/// Debian's name for the program.
const PROGRAM: &str = "docker-registry";
/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A registry with a folder of its own, open to everybody on this machine. It ends when this is dropped.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Registry {
    /// Whether the program is there to be started.
    pub fn is_installed() -> bool {
        let mut command = Command::new(PROGRAM);
        command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Starts one on a free loopback port; `None` where it is not installed.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start() -> Result<Option<Self>> {
        // Blocks until the program listens.
        tokio::task::spawn_blocking(Self::start_now).await?
    }

    fn start_now() -> Result<Option<Self>> {
        let folder = tempfile::tempdir().context("making the folder of a registry")?;
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        let text = format!(
            "version: 0.1\n\
             log: {{level: info, accesslog: {{disabled: true}}}}\n\
             storage:\n  filesystem: {{rootdirectory: {}}}\n  delete: {{enabled: true}}\n  \
             maintenance: {{uploadpurging: {{enabled: false}}}}\n\
             http: {{addr: \"127.0.0.1:0\", secret: test, relativeurls: true}}\n",
            data.display()
        );
        fs::write(&config, text)?;
        let mut command = Command::new(PROGRAM);
        command
            .arg("serve")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            started => started.context("starting the registry")?,
        };
        let log = child.stderr.take();
        let (found, address) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to its end, or the program would wait for its reader.
            for line in log.into_iter().flat_map(|log| BufReader::new(log).lines()) {
                let Ok(line) = line else { return };
                if let Some(address) = listening_on(&line) {
                    // Only the first is waited for.
                    let _ = found.send(address);
                }
            }
        });
        let mut registry = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            _folder: folder,
        };
        registry.address = address
            .recv_timeout(PATIENCE)
            .map_err(|_| anyhow!("the registry does not listen"))?;
        Ok(Some(registry))
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the line of the log that says so.
fn listening_on(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("listening on ")?;
    rest.split(['"', ',', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_log() {
        let line =
            r#"time="2026" level=info msg="listening on 127.0.0.1:35017" go.version=go1.19.8"#;
        assert_eq!(listening_on(line), "127.0.0.1:35017".parse().ok());
        assert_eq!(listening_on("level=info"), None);
    }
}
