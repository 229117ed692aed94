//! GnuPG, which knows nothing of this library, as a client of its key server.

use std::path::Path;
use std::process::Output;

use tempfile::TempDir;
use tokio::process::Command;

use crate::fixture::Library;
use crate::keys::key;

/// A home for GnuPG, gone with its agents when it is dropped. Its sockets need a short path.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self(home)
    }

    /// What GnuPG answers; `None` with a message where it, or its part for key servers, is not installed.
    async fn gpg(&self, arguments: &[&str]) -> Option<Output> {
        if !(is_there("gpg").await && is_there("dirmngr").await) {
            println!("skipped: no gpg with dirmngr here");
            return None;
        }
        let output = Command::new("gpg")
            .arg("--homedir")
            .arg(self.0.path())
            .args(["--batch", "--no-tty", "--with-colons"])
            .args(arguments)
            .output();
        Some(output.await.unwrap())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let home: &Path = self.0.path();
        // Without GnuPG there are no agents either.
        let _ = std::process::Command::new("gpgconf")
            .arg("--homedir")
            .arg(home)
            .args(["--kill", "all"])
            .output();
    }
}

async fn is_there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").output().await;
    asked.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn gnupg_finds_and_fetches_a_published_key() {
    let library = Library::start().await;
    let ada = key("Ada <ada@example.org>");
    library.publish(&ada.certificate()).await;
    let server = library.base.replace("http://", "hkp://");
    let fingerprint = ada.fingerprint().to_string();
    let home = Home::new();
    let search = ["--keyserver", &server, "--search-keys", "ada@example.org"];
    let Some(found) = home.gpg(&search).await else {
        return;
    };
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(said.contains(&fingerprint), "{found:?}");
    let fetch = ["--keyserver", &server, "--recv-keys", &fingerprint];
    let fetched = home.gpg(&fetch).await.unwrap();
    assert!(fetched.status.success(), "{fetched:?}");
    let list = home.gpg(&["--list-keys", &fingerprint]).await.unwrap();
    let said = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(said.contains("Ada <ada@example.org>"), "{said}");
}
