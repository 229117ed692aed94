//! The two clients that are compared.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::library::{Library, OWNER};
use super::measure::{self, Cost};

/// Who moves the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    /// `sifter-cli`.
    Sifter,
    /// The Go client that the `singularity` command line links.
    Official,
}

/// One client, with a library of its own, reached directly or over a slow line.
pub(super) struct Side<'a> {
    pub(super) client: Client,
    pub(super) program: &'a Path,
    pub(super) library: &'a Library,
    /// Where the client believes the library to be.
    pub(super) address: &'a str,
    pub(super) folder: PathBuf,
}

/// What a push and the pull of the same image cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub(super) push: Cost,
    pub(super) pull: Cost,
}

impl Side<'_> {
    /// Pushes an image under a tag of this round and pulls it again.
    pub(super) fn round(&self, image: &Path, tag: &str) -> Result<Round> {
        let reference = format!("{OWNER}/speed/image:{tag}");
        let fetched = self.folder.join("fetched.sif");
        let push = self.call("push", [image.as_os_str(), reference.as_ref()])?;
        let pull = self.call("pull", [reference.as_ref(), fetched.as_os_str()])?;
        ensure!(
            std::fs::metadata(&fetched)?.len() == std::fs::metadata(image)?.len(),
            "the image that came back has another size"
        );
        std::fs::remove_file(fetched)?;
        Ok(Round { push, pull })
    }

    fn call(&self, verb: &str, arguments: [&OsStr; 2]) -> Result<Cost> {
        let dashes = match self.client {
            Client::Sifter => ["--arch", "--server", "--token-file"],
            Client::Official => ["-arch", "-library", "-token-file"],
        };
        // Sifter copies what it knows to be on the disk already. A new home knows nothing.
        let home = self.folder.join("home");
        let cost = measure::run(
            Command::new(self.program)
                .env("SIFTER_HOME", &home)
                .args([verb, dashes[0], "amd64", dashes[1], self.address, dashes[2]])
                .arg(&self.library.token_file)
                .args(arguments),
        )?;
        if home.exists() {
            std::fs::remove_dir_all(home)?;
        }
        Ok(cost)
    }
}
