//! The app in its window, under WebDriver.

mod page;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder};
use serde_json::json;

use crate::desktop::Desktop;
use crate::http;
use crate::programs::{Running, free_port, wait_for_port, wait_until};

pub use page::{button, field, quoted};

/// Title of the app's window.
pub(crate) const TITLE: &str = "Sifter";

/// A running Sifter.
pub struct App {
    client: Client,
    driver_port: u16,
    home: PathBuf,
    display: String,
    _driver: Running,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// The program under test: `SIFTER_APP`, or the debug build of this checkout.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("SIFTER_APP") {
        return path.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("debug/sifter")
}

impl App {
    /// Opens the app with its data under `home` and waits until it has drawn itself.
    ///
    /// # Errors
    /// When the app or the driver does not come up.
    pub async fn open(desktop: &Desktop, home: &Path) -> Result<Self> {
        let program = binary();
        if !program.is_file() {
            bail!(
                "{} is missing: `cargo build -p sifter` makes it",
                program.display()
            );
        }
        let port = free_port()?;
        let driver = Running::start(
            desktop
                .command("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env("SIFTER_HOME", home)
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        wait_for_port("WebKitWebDriver", port)?;
        let mut capabilities = serde_json::Map::new();
        capabilities.insert(
            "webkitgtk:browserOptions".into(),
            json!({ "binary": program, "args": [] }),
        );
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("the app did not come up under WebDriver")?;
        let app = Self {
            client,
            driver_port: port,
            home: home.to_owned(),
            display: desktop.display().to_owned(),
            _driver: driver,
        };
        app.find("//main").await?;
        Ok(app)
    }

    /// The WebDriver session.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Role and name of an element as assistive technology is told them.
    ///
    /// # Errors
    /// When it is not there or the driver fails.
    pub async fn role_and_name(&self, xpath: &str) -> Result<(String, String)> {
        let element = self.find(xpath).await?.element_id().to_string();
        let session = self.client.session_id().await?.context("no session")?;
        let ask = |what: &str| -> Result<String> {
            let path = format!("/session/{session}/element/{element}/{what}");
            let answer = http::get(&format!("127.0.0.1:{}", self.driver_port), &path, &[])?;
            let answer: serde_json::Value = serde_json::from_str(&answer.body)?;
            let value = answer.get("value").and_then(serde_json::Value::as_str);
            Ok(value
                .with_context(|| format!("no {what} in {answer}"))?
                .to_owned())
        };
        Ok((ask("computedrole")?, ask("computedlabel")?))
    }

    /// Ends the app as a crash or a power cut would.
    ///
    /// # Errors
    /// When its process cannot be found or killed.
    pub fn kill(self) -> Result<()> {
        let process = process_of(&self.home)?.context("the app does not run")?;
        let status = std::process::Command::new("kill")
            .args(["-KILL", &process.to_string()])
            .status()?;
        if !status.success() {
            bail!("kill ended with {status}");
        }
        self.wait_for_the_end()
    }

    /// Quits as a person does, by closing the window, and waits until the app has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub fn quit(self, desktop: &Desktop) -> Result<()> {
        let window = desktop.window(TITLE)?;
        desktop.hands(&["windowactivate", "--sync", &window, "key", "alt+F4"])?;
        self.wait_for_the_end()
    }

    fn wait_for_the_end(&self) -> Result<()> {
        wait_until("the app to be gone", || {
            matches!(process_of(&self.home), Ok(None)).then_some(())
        })
    }

    /// Writes what the window shows as a PNG: the pixels of the screen, as a person sees them. (The driver's own
    /// screenshots of WebKitGTK never end on some pages.)
    ///
    /// # Errors
    /// When the driver, the screen or the disk fails.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        self.settled().await?;
        let status = std::process::Command::new("import")
            .args(["-display", &self.display, "-window", TITLE])
            .arg(file)
            .status()
            .context("could not start import")?;
        if !status.success() {
            bail!("import ended with {status}");
        }
        Ok(())
    }

    /// Closes the window, which ends the app.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

/// The app that runs with its data under `home`.
fn process_of(home: &Path) -> Result<Option<u32>> {
    let program = std::fs::canonicalize(binary())?;
    let wanted = format!("SIFTER_HOME={}", home.display());
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Some(process) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        // Processes come and go, and some are not ours to look at.
        let runs = std::fs::read_link(entry.path().join("exe")).unwrap_or_default();
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        let ours = environment
            .split(|byte| *byte == 0)
            .any(|line| line == wanted.as_bytes());
        if runs == program && ours {
            return Ok(Some(process));
        }
    }
    Ok(None)
}
