//! Steps that several tests share.

use anyhow::{Context, Result};

use super::pictures::Album;
use crate::app::App;
use crate::browser::Browser;
use crate::desktop::Desktop;
use crate::programs::wait_until;

/// Leaves the welcome page and starts the library on this computer.
///
/// # Errors
/// When a step does not come out.
pub async fn choose_local_library(app: &App) -> Result<()> {
    app.press("Just look around").await?;
    app.click("//nav//button[contains(., 'This computer')]")
        .await?;
    app.press("Start it").await?;
    app.find("//main//button[normalize-space(.)='Sign in']")
        .await?;
    Ok(())
}

/// Signs in through the browser and returns the login name.
///
/// # Errors
/// When a step does not come out.
pub async fn sign_in(
    desktop: &Desktop,
    app: &App,
    browser: &Browser,
    album: &mut Album,
) -> Result<String> {
    let before = desktop.opened().len();
    app.click("//main//button[normalize-space(.)='Sign in']")
        .await?;
    app.click(
        "//main//button[contains(., 'Open the browser') or contains(., 'Continue in the browser')]",
    )
    .await?;
    app.find("//*[contains(text(), 'Waiting for your browser')]")
        .await?;
    for name in ["Open again", "Copy link", "Cancel"] {
        app.find(&crate::app::button(name)).await?;
    }
    album.take(app, "sign in: waiting for the browser").await?;
    let url = wait_until("the browser to be opened", || {
        desktop.opened().get(before).cloned()
    })?;
    browser.visit(&url).await?;
    browser.wait_for_text("Continue as").await?;
    browser
        .picture(&album.next_file("sign-in page: in the browser"))
        .await?;
    browser.press("Continue as").await?;
    browser.wait_for_text("You’re signed in").await?;
    browser
        .picture(&album.next_file("signed-in page: can be closed"))
        .await?;
    app.press("Accounts").await?;
    let line = app
        .text_of("//main//*[contains(text(), 'signed in as')]")
        .await?;
    let login = line
        .split("signed in as ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    Ok(login.context("the account card names nobody")?.to_owned())
}

/// Fills in the destination of the upload sheet and waits until the sheet says what will happen.
///
/// # Errors
/// When a step does not come out.
pub async fn upload_to(app: &App, place: &str) -> Result<()> {
    let field = app.find("//dialog[@open]//input[@role='combobox']").await?;
    field.clear().await?;
    field.send_keys(place).await?;
    app.find("//dialog[@open]//*[contains(., 'New tag')]")
        .await?;
    app.find("//dialog[@open]//button[starts-with(normalize-space(.), 'Upload ')][not(@disabled)]")
        .await?;
    Ok(())
}
