//! A real browser for the sign-in page.

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use tempfile::TempDir;

use crate::desktop::Desktop;
use crate::programs::{Running, free_port, seen, wait_for_port};

/// A headless Chromium with an empty profile.
pub struct Browser {
    client: Client,
    _driver: Running,
    _profile: TempDir,
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Browser").finish_non_exhaustive()
    }
}

impl Browser {
    /// Starts it.
    ///
    /// # Errors
    /// When Chromium or its driver is missing or does not come up.
    pub async fn open(desktop: &Desktop) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let port = free_port()?;
        let driver = Running::start(
            desktop
                .command("chromedriver")
                .arg(format!("--port={port}"))
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        wait_for_port("chromedriver", port)?;
        let mut capabilities = serde_json::Map::new();
        capabilities.insert(
            "goog:chromeOptions".into(),
            json!({ "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--no-proxy-server",
                format!("--user-data-dir={}", profile.path().display()),
            ] }),
        );
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("the browser did not come up")?;
        Ok(Self {
            client,
            _driver: driver,
            _profile: profile,
        })
    }

    /// Goes to a page.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn visit(&self, url: &str) -> Result<()> {
        Ok(self.client.goto(url).await?)
    }

    /// Clicks the first button or link whose text begins so.
    ///
    /// # Errors
    /// After [`PATIENCE`](crate::programs::PATIENCE), with the text of the page.
    pub async fn press(&self, name: &str) -> Result<()> {
        let xpath =
            format!("//*[self::button or self::a][starts-with(normalize-space(.), '{name}')]");
        let find = async || Ok(self.client.find(Locator::XPath(&xpath)).await.ok());
        match seen(find).await? {
            Some(element) => Ok(element.click().await?),
            None => bail!(
                "no {name:?} on the page, which says:\n{}",
                self.text().await?
            ),
        }
    }

    /// Types into a field by its name.
    ///
    /// # Errors
    /// After [`PATIENCE`](crate::programs::PATIENCE), with the text of the page.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let xpath = format!("//input[@name='{name}'][not(@type='hidden')]");
        let find = async || Ok(self.client.find(Locator::XPath(&xpath)).await.ok());
        let Some(field) = seen(find).await? else {
            bail!(
                "no field {name:?} on the page, which says:\n{}",
                self.text().await?
            )
        };
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until the page says something.
    ///
    /// # Errors
    /// After [`PATIENCE`](crate::programs::PATIENCE), with the text of the page.
    pub async fn wait_for_text(&self, text: &str) -> Result<()> {
        let said = async || {
            let page = self.text().await.unwrap_or_default();
            Ok(page.contains(text).then_some(()))
        };
        match seen(said).await? {
            Some(()) => Ok(()),
            None => bail!(
                "waited in vain for {text:?}; the page says:\n{}",
                self.text().await?
            ),
        }
    }

    /// The page's text.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn text(&self) -> Result<String> {
        let text = self
            .client
            .execute("return document.body.innerText", vec![])
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Writes what the page shows as a PNG.
    ///
    /// # Errors
    /// When the driver or the disk fails.
    pub async fn picture(&self, file: &std::path::Path) -> Result<()> {
        std::fs::write(file, self.client.screenshot().await?)?;
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}
