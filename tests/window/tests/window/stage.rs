//! What tests start from: a desktop with a running Sifter, and a library with somebody who is at home there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sifter_test_support::{FaultProxy, SpawnedLibrary, spawn_library};
use sifter_window_tests::app::{App, binary};
use sifter_window_tests::desktop::Desktop;

/// A person's Sifter on a desktop of its own.
pub(crate) struct Stage {
    // Dropped in this order.
    pub(crate) app: App,
    pub(crate) home: PathBuf,
    pub(crate) desktop: Desktop,
}

impl Stage {
    /// Sifter as it is when it was never started before.
    pub(crate) async fn first_run() -> Result<Self> {
        Self::first_run_on(Desktop::start()?).await
    }

    /// The same on a desktop that was made before.
    pub(crate) async fn first_run_on(desktop: Desktop) -> Result<Self> {
        let home = desktop.place("home")?;
        let app = App::open(&desktop, &home).await?;
        Ok(Self { app, home, desktop })
    }

    /// Somebody who has looked around before and is signed in to `team`.
    pub(crate) async fn at_home_in(team: &Team) -> Result<Self> {
        Self::at_home_with(team, |_, _| Ok(())).await
    }

    /// The same, with what `prepare` puts into the home folder before Sifter starts.
    pub(crate) async fn at_home_with(
        team: &Team,
        prepare: impl FnOnce(&Desktop, &Path) -> Result<()>,
    ) -> Result<Self> {
        let desktop = Desktop::start()?;
        let home = desktop.place("home")?;
        prepare(&desktop, &home)?;
        let login = desktop
            .command(&tool())
            .arg("login")
            .args(["--server", &team.url()])
            .arg("--token-file")
            .arg(team.token_file()?)
            .arg("--home")
            .arg(&home)
            .output()?;
        ensure!(login.status.success(), "signing in: {login:?}");
        let app = App::open(&desktop, &home).await?;
        app.find(&place(&team.name())).await?;
        Ok(Self { app, home, desktop })
    }

    /// Ends the app in an orderly way and starts it again.
    pub(crate) async fn restart(self) -> Result<Self> {
        self.app.quit(&self.desktop)?;
        let app = App::open(&self.desktop, &self.home).await?;
        Ok(Self { app, ..self })
    }

    /// Where downloads go.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.home.join("downloads")
    }
}

/// A library of other people, on a wire that can be cut.
pub(crate) struct Team {
    pub(crate) library: SpawnedLibrary,
    pub(crate) wire: FaultProxy,
    folder: tempfile::TempDir,
}

impl Team {
    /// Starts it, empty.
    pub(crate) async fn start() -> Result<Self> {
        let library = spawn_library().await?;
        let wire = FaultProxy::start(library.address()).await?;
        let folder = tempfile::tempdir()?;
        Ok(Self {
            library,
            wire,
            folder,
        })
    }

    /// Its address as people use it.
    pub(crate) fn url(&self) -> String {
        self.wire.base_url()
    }

    /// What the sidebar calls it.
    pub(crate) fn name(&self) -> String {
        self.wire.address().to_string()
    }

    /// Publishes a file.
    pub(crate) fn publish(&self, file: &Path, reference: &str) -> Result<()> {
        let push = Command::new(tool())
            .arg("push")
            .arg(file)
            .arg(format!("library://{reference}"))
            .args(["--server", &self.url()])
            .arg("--token-file")
            .arg(self.token_file()?)
            .arg("--home")
            .arg(self.folder.path().join("publisher"))
            .output()?;
        ensure!(push.status.success(), "publishing {reference}: {push:?}");
        Ok(())
    }

    /// A file with a token of somebody who is at home there.
    pub(crate) fn token_file(&self) -> Result<PathBuf> {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.folder.path().join("token");
        std::fs::write(&path, self.library.token())?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(path)
    }
}

/// `sifter-cli` beside the app.
pub(crate) fn tool() -> String {
    binary()
        .with_file_name("sifter-cli")
        .to_string_lossy()
        .into_owned()
}

/// XPath of a place in the sidebar.
pub(crate) fn place(name: &str) -> String {
    format!("//nav//button[@title='{name}']")
}

/// XPath of a finished or running transfer's row.
pub(crate) fn job(file: &str) -> String {
    format!("//main//article[.//button[normalize-space(.)='{file}']]")
}

/// The files of a folder by name, sorted; none when there is no folder.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        names.push(name.to_str().context("a name that is no text")?.to_owned());
    }
    names.sort();
    Ok(names)
}

/// Pastes a text into the search field and follows it.
pub(crate) async fn follow(app: &App, text: &str) -> Result<()> {
    let field = app.find("//nav//input").await?;
    field.click().await?;
    field.send_keys(&format!("{text}\u{e007}")).await?;
    Ok(())
}

/// Opens the upload sheet by pasting a path.
pub(crate) async fn paste_path(app: &App, file: &Path) -> Result<()> {
    follow(app, &file.display().to_string()).await?;
    app.find("//dialog[@open]").await?;
    Ok(())
}
