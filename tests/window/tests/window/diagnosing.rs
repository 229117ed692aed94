//! What is wrong with a server, in the real window: through the real stack of TLS and the real clipboard.

use anyhow::{Result, ensure};
use sifter_test_support::{TlsFront, TlsIdentity, spawn_library_with};
use sifter_window_tests::app::App;

use crate::stage::{Stage, Team, place};

const SHEET: &str = "dialog[open]";

/// Presses a button of the sheet; the page behind it has buttons that begin with the same word.
async fn press_in_sheet(app: &App, name: &str) -> Result<()> {
    app.click(&format!(
        "//dialog[@open]//button[normalize-space(.)='{name}']"
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_server_is_diagnosed_and_a_certificate_told_from_the_rest() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    app.click(&place("Accounts")).await?;
    app.click(&format!(
        "//*[@role='option'][contains(., '{}')]",
        team.name()
    ))
    .await?;
    app.press("Diagnose…").await?;
    app.says_in(SHEET, "Everything works.").await?;
    app.says_in(SHEET, "The token of tester is good.").await?;
    press_in_sheet(app, "Copy report").await?;
    let report = desktop.clipboard("the report", |text| text.contains("Library: good"))?;
    ensure!(
        !report.contains(team.library.token()),
        "a token is in the report"
    );
    press_in_sheet(app, "Close").await?;

    let identity = TlsIdentity::self_signed(&["localhost"], |_| {})?;
    let front = TlsFront::start(identity).await?;
    let public = front.url().parse()?;
    let secured = spawn_library_with(|config| config.public_url = Some(public)).await?;
    front.pass_to(secured.address());
    app.click(&place("Connect a server…")).await?;
    app.fill("Address", &front.url()).await?;
    press_in_sheet(app, "Connect").await?;
    app.says_in(SHEET, "is not trusted").await?;
    press_in_sheet(app, "Diagnose…").await?;
    app.says_in(SHEET, "One thing does not work.").await?;
    app.says_in(SHEET, "takes the connection").await?;
    ensure!(front.secured() == 0, "something was sent");
    press_in_sheet(app, "Show certificate").await?;
    app.says_in(SHEET, "Issued by").await?;
    press_in_sheet(app, "Trust this certificate for this server").await?;
    // Back in the diagnosis, which looks again.
    app.says_in(SHEET, "Everything works.").await?;
    ensure!(front.secured() > 0);
    press_in_sheet(app, "Back").await?;
    press_in_sheet(app, "Connect").await?;
    app.says("Connected to localhost").await?;
    Ok(())
}
