//! Starting the real library for a test: loopback, a free port, a folder of its own.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use sifter_library_server::{Config, LibraryServer, Owner, RunningLibrary, create_access_token};
use tempfile::TempDir;

/// Login name of the person every spawned library belongs to; also their entity.
const OWNER: &str = "tester";

/// A library that answers until it is dropped.
#[derive(Debug)]
pub struct SpawnedLibrary {
    running: RunningLibrary,
    token: SecretString,
    folder: TempDir,
}

impl SpawnedLibrary {
    /// Where it answers, such as `http://127.0.0.1:40123`, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.running
            .base_url()
            .as_str()
            .trim_end_matches('/')
            .to_owned()
    }

    /// The address it is bound to, to put a [`crate::FaultProxy`] before it.
    pub fn address(&self) -> SocketAddr {
        self.running.local_address()
    }

    /// A token of its owner, to put behind `Bearer`.
    pub fn token(&self) -> &str {
        self.token.expose_secret()
    }

    /// The entity of its owner.
    pub fn entity(&self) -> &'static str {
        OWNER
    }

    /// Its data folder, gone when this is dropped.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The library itself.
    pub fn running(&self) -> &RunningLibrary {
        &self.running
    }

    /// Stops it, waiting for requests under way.
    pub async fn shutdown(self) {
        self.running.shutdown().await;
    }
}

/// Starts a library as "This computer" would.
///
/// # Errors
/// When its folder cannot be made or it does not start.
pub async fn spawn_library() -> Result<SpawnedLibrary> {
    spawn_library_with(|_| ()).await
}

/// Starts a library whose configuration `change` has adjusted.
///
/// # Errors
/// As [`spawn_library`].
pub async fn spawn_library_with(change: impl FnOnce(&mut Config)) -> Result<SpawnedLibrary> {
    let folder = tempfile::tempdir().context("making the folder of a library")?;
    let owner = Owner {
        login: OWNER.to_owned(),
        display_name: "Tester".to_owned(),
    };
    let mut config = Config::new(folder.path(), owner);
    change(&mut config);
    let owner = config.owner.clone();
    let running = LibraryServer::start(config)
        .await
        .context("starting a library")?;
    let token = create_access_token(folder.path(), &owner, "test")?
        .secret()
        .clone();
    Ok(SpawnedLibrary {
        running,
        token,
        folder,
    })
}
