//! Tokens and the command line through the native side: the real clipboard, the real home folder.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context, Result, ensure};
use sifter_window_tests::app::App;
use sifter_window_tests::http;
use sifter_window_tests::journey::choose_local_library;

use crate::first_run::local_address;
use crate::signing_in::{approve, begin};
use crate::stage::{Stage, names};

async fn press_in_sheet(app: &App, name: &str) -> Result<()> {
    app.click(&format!(
        "//dialog[@open]//div[contains(@class, 'foot')]//button[normalize-space(.)='{name}']"
    ))
    .await
}

/// Whether the library on this computer knows a token.
fn is_known(address: &str, token: &str) -> Result<bool> {
    let bearer = format!("Bearer {token}");
    let answer = http::get(address, "/v1/token-status", &[("Authorization", &bearer)])?;
    Ok(answer.status == 200)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_token_goes_to_the_clipboard_and_to_the_command_line_and_never_into_the_page()
-> Result<()> {
    let stage = Stage::first_run().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    choose_local_library(app).await?;
    let link = begin(desktop, app).await?;
    approve(desktop, &link).await?;
    let address = local_address(&stage).await?;
    app.says("signed in as").await?;

    app.press("New token…").await?;
    app.fill("Name", "cluster-login").await?;
    press_in_sheet(app, "Create token").await?;
    app.says_in("dialog[open]", "cluster-login is ready")
        .await?;
    press_in_sheet(app, "Copy token").await?;
    let copied = desktop.clipboard("the token", |text| text.len() >= 200)?;
    ensure!(
        is_known(&address, &copied)?,
        "the copied token opens nothing"
    );
    press_in_sheet(app, "Done").await?;
    app.says_in("main", "cluster-login").await?;

    app.press("Use on the command line…").await?;
    app.says_in("dialog[open]", "in a plain file").await?;
    let home = desktop.place("home")?;
    // The folders for tests lie two levels below the home of the person.
    let person = home.ancestors().nth(2).context("no home")?;
    let folder = person.join(".singularity");
    ensure!(!folder.exists(), "written before a yes");
    press_in_sheet(app, "Set up singularity").await?;
    app.says_in("dialog[open]", "singularity can use this account now")
        .await?;
    ensure!(names(&folder)? == ["remote.yaml"], "{:?}", names(&folder)?);
    let file = folder.join("remote.yaml");
    let mode = std::fs::metadata(&file)?.permissions().mode() & 0o777;
    ensure!(mode == 0o600, "{mode:o}");
    let text = std::fs::read_to_string(&file)?;
    let written = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("Token: "))
        .context("no token")?;
    ensure!(is_known(&address, written)? && written != copied);

    let page = app.page_memory().await?;
    for token in [copied.as_str(), written] {
        ensure!(!page.contains(token), "a token is in the page");
    }
    Ok(())
}
