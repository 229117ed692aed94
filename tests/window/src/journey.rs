//! The main job from the first start to the restart, as one person would do it.

mod pictures;
mod secrets;
mod steps;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sifter_test_support::SifBuilder;

use crate::app::App;
use crate::browser::Browser;
use crate::desktop::Desktop;
use crate::drag::Drag;
use crate::files;
use pictures::Album;

pub use secrets::stored as stored_secrets;
pub use steps::{choose_local_library, sign_in, upload_to};

/// Where the journey's image goes. The entity is the login name of whoever runs it.
const COLLECTION: &str = "genomics";
const CONTAINER: &str = "samtools";

/// What a journey is made of.
#[derive(Debug)]
pub struct Journey {
    /// The image to share.
    pub image: PathBuf,
    /// Where the pictures go.
    pub pictures: PathBuf,
    /// Whether every picture is taken in dark as well.
    pub both_themes: bool,
}

/// Makes an image of more than 200 MiB from real files: the browser that the tests drive.
///
/// # Errors
/// When the files cannot be read or the disk is full.
pub fn large_image(folder: &Path) -> Result<PathBuf> {
    let path = folder.join("samtools_1.22.sif");
    let built = SifBuilder::new()
        .label("org.opencontainers.image.version", "1.22")
        .folder("/usr/lib/chromium", "/opt/chromium")
        .stored()
        .build(&path)?;
    ensure!(
        built.size >= 200 << 20,
        "the image has only {} bytes",
        built.size
    );
    Ok(path)
}

impl Journey {
    /// Plays the journey and prints a line per step.
    ///
    /// # Errors
    /// At the first step that does not come out as it should.
    pub async fn play(&self) -> Result<()> {
        let desktop = Desktop::start()?;
        let home = desktop.place("home")?;
        let played = self.play_on(&desktop, &home).await;
        if played.is_err() {
            // What helps to understand: the screen as it was, what was opened, and the app's log.
            desktop.picture(&self.pictures.join("failed.png"))?;
            std::fs::write(
                self.pictures.join("opened.txt"),
                desktop.opened().join("\n"),
            )?;
            files::copy_all(&home.join("logs"), &self.pictures)?;
        }
        played
    }

    async fn play_on(&self, desktop: &Desktop, home: &Path) -> Result<()> {
        let mut album = Album::new(&self.pictures, self.both_themes)?;
        let promised = files::sha256(&self.image)?;

        let app = App::open(desktop, home).await?;
        app.find("//h1[contains(., 'What would you like to do first?')]")
            .await?;
        album
            .take(&app, "first run: three choices, no account")
            .await?;

        choose_local_library(&app).await?;
        album
            .take(&app, "this computer: the library in the app runs")
            .await?;

        let browser = Browser::open(desktop).await?;
        let login = sign_in(desktop, &app, &browser, &mut album).await?;
        browser.close().await?;

        app.press("Accounts").await?;
        app.find("//*[contains(., 'Stored in')]").await?;
        app.find("//*[contains(text(), 'Secret Service')]").await?;
        album
            .take(&app, "accounts: the card says where the sign-in is stored")
            .await?;

        let drag = Drag::over_app(desktop, &[&self.image])?;
        drag.nudge()?;
        app.find("//*[contains(text(), 'Let go to upload')]")
            .await?;
        album.take(&app, "drag: a .sif over the window").await?;
        let source = drag.drop_files()?;
        app.find("//dialog[@open]//*[contains(., 'What will happen')]")
            .await?;
        let place = format!("{login}/{COLLECTION}/{CONTAINER}");
        upload_to(&app, &place).await?;
        album.take(&app, "upload sheet: what will happen").await?;
        app.click("//dialog[@open]//button[starts-with(normalize-space(.), 'Upload ')]")
            .await?;
        drop(source);

        app.press("Transfers").await?;
        app.find("//main//*[contains(text(), 'samtools_1.22.sif') or contains(text(), 'hello-world.sif')]").await?;
        album.take(&app, "transfers: on its way").await?;
        app.find("//main//*[contains(text(), 'Arrived')]").await?;
        album.take(&app, "transfers: it arrived").await?;

        let tag = self.open_container(&app, &place).await?;
        album
            .take(&app, "container: tags by architecture, pull command")
            .await?;

        app.click(&format!(
            "//table//button[starts-with(@aria-label, '{tag} amd64')]"
        ))
        .await?;
        app.click("//button[starts-with(normalize-space(.), 'Download ')]")
            .await?;
        app.press("Transfers").await?;
        app.find("//main//*[contains(text(), 'Digest verified')]")
            .await?;
        album
            .take(&app, "transfers: downloaded and verified")
            .await?;
        let fetched = downloaded(home)?;
        ensure!(
            files::sha256(&fetched)? == promised,
            "{} differs from what was shared",
            fetched.display()
        );
        album.say("the downloaded file has the SHA-256 of the shared one");

        let secrets = secrets::stored(desktop)?;
        ensure!(
            !secrets.is_empty(),
            "the secret store holds nothing of Sifter's"
        );
        let page = app.page_memory().await?;
        ensure!(
            !secrets.iter().any(|secret| page.contains(secret)),
            "a token is in the page"
        );
        app.close().await?;
        album.say("no token in the page");

        let app = App::open(desktop, home).await?;
        app.press("Transfers").await?;
        app.find("//main//*[contains(text(), 'Digest verified')]")
            .await?;
        app.press("Accounts").await?;
        app.find(&format!(
            "//main//*[contains(., 'signed in as') and contains(., '{login}')]"
        ))
        .await?;
        album
            .take(&app, "after a restart: account and history are there")
            .await?;
        app.press("Settings").await?;
        album.take(&app, "settings").await?;
        app.close().await?;

        let guilty = files::holding(home, &secrets)?;
        ensure!(guilty.is_empty(), "a token is in plain text in {guilty:?}");
        album.say("no token in the data folder or the logs");
        Ok(())
    }

    /// Goes to the container the way a person pastes a link, and returns its tag.
    async fn open_container(&self, app: &App, place: &str) -> Result<String> {
        let search = app.find("//nav//input").await?;
        search.click().await?;
        search
            .send_keys(&format!("library://{place}\u{e007}"))
            .await?;
        app.find(&format!("//h1[contains(., '{CONTAINER}')]"))
            .await?;
        app.find("//table[@aria-label='Tags by architecture']")
            .await?;
        let text = app
            .text_of("//table[@aria-label='Tags by architecture']//tbody//th")
            .await?;
        text.split_whitespace()
            .next()
            .map(str::to_owned)
            .context("the table names no tag")
    }
}

/// The one file in the download folder.
fn downloaded(home: &Path) -> Result<PathBuf> {
    let mut files: Vec<PathBuf> = files::below(&home.join("downloads"))?;
    ensure!(files.len() == 1, "the download folder holds {files:?}");
    files.pop().context("the download folder is empty")
}
