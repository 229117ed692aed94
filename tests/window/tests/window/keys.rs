//! Keys go public from one home and are found from another, with the key server of a team's library between them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sifter_window_tests::app::{App, button};
use sifter_window_tests::desktop::Desktop;

use crate::images;
use crate::stage::{Stage, Team, follow, names, tool};

const ADA: &str = "Ada <ada@example.org>";
const GRACE: &str = "Grace <grace@example.org>";

/// Both themes of what the window shows now.
async fn pictures(app: &App, name: &str) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/window");
    for theme in ["light", "dark"] {
        app.show_theme(Some(theme)).await?;
        app.settled().await?;
        app.picture(&folder.join(format!("{name}-{theme}.png")))
            .await?;
    }
    app.show_theme(None).await
}

/// The command line with the keys of one home; answers what it says as JSON.
fn run(desktop: &Desktop, home: &Path, arguments: &[&str]) -> Result<Value> {
    let mut command = desktop.command(&tool());
    let command = command.arg("--json").arg("--home").arg(home);
    let done = command.args(arguments).output()?;
    ensure!(done.status.success(), "{arguments:?}: {done:?}");
    Ok(serde_json::from_slice(&done.stdout).unwrap_or_default())
}

fn make_key(desktop: &Desktop, home: &Path, name: &str) -> Result<String> {
    let made = run(desktop, home, &["key", "generate", "--no-passphrase", name])?;
    let fingerprint = made.get("fingerprint").and_then(Value::as_str);
    Ok(fingerprint.context("no fingerprint")?.to_owned())
}

/// Two homes: Ada's, with the window, and Grace's, who has the command line.
struct Two {
    stage: Stage,
    team: Team,
    grace_home: PathBuf,
    grace: String,
}

impl Two {
    async fn start() -> Result<Self> {
        let team = Team::start().await?;
        let mut grace = None;
        let stage = Stage::at_home_with(&team, |desktop, home| {
            let config = home.join("config");
            std::fs::create_dir_all(&config)?;
            // Nobody outside of this computer is asked.
            std::fs::write(config.join("settings.toml"), "key_servers = []\n")?;
            make_key(desktop, home, ADA)?;
            let other = desktop.place("grace")?;
            grace = Some((make_key(desktop, &other, GRACE)?, other));
            Ok(())
        })
        .await?;
        let (grace, grace_home) = grace.context("Grace has no key")?;
        Ok(Self {
            stage,
            team,
            grace_home,
            grace,
        })
    }

    /// Grace asks, or tells, the key server of the team.
    fn grace(&self, arguments: &[&str]) -> Result<Value> {
        let token = self.team.token_file()?.display().to_string();
        let url = self.team.url();
        let with = ["--server", &url, "--token-file", &token];
        run(
            &self.stage.desktop,
            &self.grace_home,
            &[arguments, &with].concat(),
        )
    }
}

async fn choose_action(app: &App, name: &str, action: &str) -> Result<()> {
    app.click(&format!("//button[@aria-label='Actions for {name}']"))
        .await?;
    app.click(&format!(
        "//*[@role='menuitem'][normalize-space(.)='{action}']"
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_key_is_published_from_one_home_and_found_from_the_other() -> Result<()> {
    let two = Two::start().await?;
    let app = &two.stage.app;
    app.press("Keys").await?;
    choose_action(app, ADA, "Publish…").await?;
    app.says_in("dialog[open]", "Your name and address").await?;
    pictures(app, "key-publish").await?;
    app.press("Publish on 127.0.0.1").await?;
    app.find("//dialog[@open]//*[normalize-space(text())='Published']")
        .await?;
    app.click("//dialog[@open]//div[contains(@class, 'foot')]//button[normalize-space(.)='Close']")
        .await?;
    app.says_in("main", "Good, published").await?;
    let found = two.grace(&["key", "search", "ada@example.org"])?;
    let names = found.pointer("/keys/0/names/0").and_then(Value::as_str);
    ensure!(names == Some(ADA), "{found}");

    two.grace(&["key", "push", &two.grace])?;
    app.press("Find…").await?;
    app.fill("Name, address, id or fingerprint", "grace@example.org")
        .await?;
    app.press("Search").await?;
    app.says_in("dialog[open]", GRACE).await?;
    pictures(app, "key-find").await?;
    app.click(&button(&format!("Trust {GRACE}…"))).await?;
    app.says_in("dialog[open]", "Ask the person by phone")
        .await?;
    pictures(app, "key-trust").await?;
    app.click(&button("It is the same, trust it")).await?;
    app.says_in("dialog[open]", "Trusted").await?;
    app.click("//dialog[@open]//div[contains(@class, 'foot')]//button[normalize-space(.)='Close']")
        .await?;
    app.says_in("main", GRACE).await?;
    pictures(app, "keys").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_revoked_key_is_told_with_what_it_has_signed_and_a_bundle_is_made() -> Result<()> {
    let two = Two::start().await?;
    let (app, desktop) = (&two.stage.app, &two.stage.desktop);
    two.grace(&["key", "push", &two.grace])?;
    // Signing changes the file, which other runs share.
    let image = desktop.place("images")?.join("tool.sif");
    std::fs::copy(images::small("tool.sif", 600)?, &image)?;
    run(
        desktop,
        &two.grace_home,
        &["sign", &image.display().to_string()],
    )?;
    two.team.publish(&image, "tester/keys/tool:1")?;
    follow(app, "library://tester/keys/tool").await?;
    app.click("//table//button[starts-with(@aria-label, '1 amd64')]")
        .await?;
    app.click("//button[starts-with(normalize-space(.), 'Download ')]")
        .await?;
    app.press("Transfers").await?;
    app.says_in("main", "New signer").await?;

    app.press("On this computer").await?;
    app.click(&button("tool_1.sif")).await?;
    app.press("Offline bundle…").await?;
    app.says_in("dialog[open]", "SHA256SUMS").await?;
    pictures(app, "bundle").await?;
    app.click("//dialog[@open]//button[starts-with(normalize-space(.), 'Copy ')]")
        .await?;
    app.says_in("dialog[open]", "tool_1-offline is ready in")
        .await?;
    pictures(app, "bundle-done").await?;
    app.click("//dialog[@open]//div[contains(@class, 'foot')]//button[normalize-space(.)='Close']")
        .await?;
    let made = names(&two.stage.downloads().join("tool_1-offline"))?;
    ensure!(
        made == ["SHA256SUMS", "VERIFY.txt", "keys.asc", "tool_1.sif"],
        "{made:?}"
    );

    run(
        desktop,
        &two.grace_home,
        &["key", "revoke", &two.grace, "--reason", "compromised"],
    )?;
    two.grace(&["key", "push", &two.grace])?;
    app.press("Settings").await?;
    app.click(&button("Ask now")).await?;
    app.says(&format!("The key of {GRACE} is revoked")).await?;
    app.find("//section[@aria-labelledby='key-servers']")
        .await?;
    let script = "document.getElementById('key-servers').scrollIntoView()";
    app.run(script, Vec::new()).await?;
    pictures(app, "key-servers").await?;
    app.press("Keys").await?;
    app.says_in("main [role='alert']", "It signed tool_1.sif")
        .await?;
    pictures(app, "key-revoked").await?;
    app.click(&button("Dismiss")).await?;
    app.gone("//main//*[@role='alert']").await
}
