//! Every state of a sign-in in the real window, each with a picture of it: who is signed in where and how it is
//! kept. How a provider says no is in `sign_in_refusals.rs`.

use anyhow::{Context, Result, ensure};
use sifter_test_support::{Habits, IdentityProvider};
use sifter_window_tests::app::App;
use sifter_window_tests::browser::Browser;
use sifter_window_tests::desktop::Desktop;
use sifter_window_tests::http;
use sifter_window_tests::journey::stored_secrets;

use crate::lab::{LOGIN, Lab, press_in_sheet};
use crate::stage::{Stage, Team};

const PASSPHRASE: &str = "correct horse battery";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_01_signed_out_shows_every_way_that_the_server_offers() -> Result<()> {
    let lab = Lab::start(Habits::GitHub).await?;
    let stage = lab.visited().await?;
    let app = &stage.app;
    for name in ["Google", "GitHub", "GitLab", "Microsoft"] {
        let (role, heard) = app
            .role_and_name(&format!("//main//button[.//*[.='{name}']]"))
            .await?;
        ensure!(role == "button" && heard == format!("Sign in with {name}"));
    }
    for name in [
        "Continue in the browser",
        "Paste a token instead",
        "Use a code on another device",
    ] {
        app.find(&format!("//main//button[normalize-space(.)='{name}']"))
            .await?;
    }
    ensure!(stage.desktop.opened().is_empty(), "something was opened");
    stage.pictured("01-signed-out").await?;
    stage.to_account(&lab.name()).await?;
    app.says_in("main [aria-selected='true']", "signed out")
        .await?;
    stage.pictured("01-signed-out-account").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_02_waiting_for_the_browser_offers_the_link_a_code_and_a_way_out() -> Result<()> {
    let lab = Lab::start(Habits::GitHub).await?;
    let stage = lab.visited().await?;
    let app = &stage.app;
    let link = stage.opened_by("Sign in with GitHub").await?;
    ensure!(link.contains("idp_hint=github"), "{link}");
    app.says("Waiting for your browser…").await?;
    app.says("Approve the request on GitHub.").await?;
    app.says("The link works for").await?;
    app.find("//main//button[normalize-space(.)='Open again']")
        .await?;
    app.find("//main//button[normalize-space(.)='Use a code on another device']")
        .await?;
    stage.pictured("02-waiting-for-browser").await?;
    app.press("Copy link").await?;
    stage.desktop.clipboard("the link", |text| text == link)?;
    app.press("Cancel").await?;
    app.gone("//*[contains(text(), 'Waiting for your browser')]")
        .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_03_a_code_is_entered_elsewhere_and_signs_in_here() -> Result<()> {
    let lab = Lab::start(Habits::GitLab).await?;
    let stage = lab.visited().await?;
    let app = &stage.app;
    app.press("Use a code on another device").await?;
    app.says("Enter this code").await?;
    app.says("The code works for").await?;
    let code = app.text_of("//main//code").await?;
    stage.pictured("03-code").await?;
    app.press("Copy code").await?;
    stage.desktop.clipboard("the code", |text| text == code)?;

    let browser = Browser::open(&stage.desktop).await?;
    browser
        .visit(&format!("{}/device", lab.library.base_url()))
        .await?;
    browser.fill("user_code", &code).await?;
    browser.press("Continue").await?;
    browser.wait_for_text("Is this your device?").await?;
    browser.press("Continue with GitLab").await?;
    browser.press(&format!("Continue as {LOGIN}")).await?;
    browser.wait_for_text("The device is signed in").await?;
    browser.close().await?;
    lab.signed_in(&stage).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_04_a_keychain_that_is_locked_at_the_start_is_waited_for() -> Result<()> {
    let team = Team::start().await?;
    let Stage { app, home, desktop } = Stage::at_home_in(&team).await?;
    app.quit(&desktop)?;
    desktop.let_the_keychain_ask()?;
    desktop.lock_keychain()?;
    let app = App::open(&desktop, &home).await?;
    let stage = Stage { app, home, desktop };
    let (app, desktop) = (&stage.app, &stage.desktop);
    desktop.keychain_question()?;
    stage.to_account(&team.name()).await?;
    app.says("Waiting for you to unlock Secret Service…")
        .await?;
    stage
        .pictured_with_question("04-waiting-for-keychain")
        .await?;
    desktop.unlock_keychain()?;
    app.gone("//*[contains(text(), 'Waiting for you to unlock')]")
        .await?;
    app.says_in("main [aria-selected='true']", "Library answers")
        .await?;
    app.press("Diagnose…").await?;
    app.says_in("dialog[open]", "The token of tester is good.")
        .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_04_a_sign_in_waits_for_the_keychain_that_shall_keep_it() -> Result<()> {
    let lab = Lab::start(Habits::GitLab).await?;
    let stage = lab.visited().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    desktop.let_the_keychain_ask()?;
    desktop.lock_keychain()?;
    lab.approve(&stage, "Sifter is still finishing the sign-in.")
        .await?;
    app.says("Storing the sign-in…").await?;
    desktop.keychain_question()?;
    stage.pictured_with_question("04-storing").await?;
    ensure!(stored_secrets(desktop)?.is_empty(), "something was stored");
    desktop.unlock_keychain()?;
    lab.signed_in(&stage).await?;
    stage.to_account(&lab.name()).await?;
    app.says_in("main", "Stored in Secret Service").await?;
    ensure!(!stored_secrets(desktop)?.is_empty(), "nothing was stored");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_05_signed_in_with_the_keychain() -> Result<()> {
    let lab = Lab::start(Habits::Google).await?;
    let stage = lab.visited().await?;
    let app = &stage.app;
    lab.sign_in(&stage).await?;
    stage.to_account(&lab.name()).await?;
    app.says_in("main", "signed in as Jane Doe through the browser")
        .await?;
    app.says_in("main", "Stored in Secret Service").await?;
    for told in [
        "Tags for each architecture",
        "Resuming uploads: not known",
        "Resuming downloads: not known",
        "Registry: not known",
        "Publishes keys",
        "No remote builds",
        "Access tokens by name",
        "Shows quota before upload",
        "Library API",
    ] {
        app.says_in("main", told).await?;
    }
    app.press("New token…").await?;
    app.fill("Name", "cluster-login").await?;
    press_in_sheet(app, "Create token").await?;
    press_in_sheet(app, "Done").await?;
    app.says_in("main table", "cluster-login").await?;
    stage.pictured("05-signed-in").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_06_signed_in_with_a_vault_that_is_made_closed_and_opened() -> Result<()> {
    let lab = Lab::start(Habits::GitLab).await?;
    let stage = lab.visited_on(Desktop::without_keychain()?, "").await?;
    let app = &stage.app;
    lab.sign_in(&stage).await?;
    stage.to_account(&lab.name()).await?;
    app.press("Make a vault…").await?;
    app.fill("Passphrase", PASSPHRASE).await?;
    app.fill("The same passphrase again", PASSPHRASE).await?;
    stage.pictured("06-vault-made").await?;
    press_in_sheet(app, "Make the vault").await?;
    app.says("Sign-ins are kept in the vault now").await?;
    app.says_in("main", "Stored in the vault, encrypted")
        .await?;
    stage.pictured("06-signed-in-vault").await?;

    let stage = stage.restart().await?;
    let app = &stage.app;
    stage.to_account(&lab.name()).await?;
    app.says("The vault is closed. The sign-ins in it wait for your passphrase.")
        .await?;
    stage.pictured("06-vault-closed").await?;
    app.press("Open the vault…").await?;
    app.fill("Passphrase", "wrong horse battery").await?;
    press_in_sheet(app, "Open").await?;
    app.says_in("dialog[open]", "This is not the passphrase")
        .await?;
    stage.pictured("06-vault-wrong").await?;
    app.fill("Passphrase", PASSPHRASE).await?;
    press_in_sheet(app, "Open").await?;
    app.says("The vault is open").await?;
    app.says_in("main [aria-selected='true']", "Library answers")
        .await?;
    app.gone("//main//article[contains(., 'The vault is closed')]")
        .await?;
    app.press("Diagnose…").await?;
    app.says_in("dialog[open]", &format!("The token of {LOGIN} is good."))
        .await?;
    let page = app.page_memory().await?;
    ensure!(!page.contains(PASSPHRASE), "the passphrase is in the page");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_07_signed_in_for_this_session_only() -> Result<()> {
    let lab = Lab::start(Habits::GitLab).await?;
    let stage = lab.visited_on(Desktop::without_keychain()?, "").await?;
    lab.sign_in(&stage).await?;
    stage.to_account(&lab.name()).await?;
    stage.app.says_in("main", "this session only").await?;
    stage
        .app
        .says("so the sign-in is forgotten when Sifter quits.")
        .await?;
    stage.pictured("07-this-session-only").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_08_a_sign_in_that_the_server_has_ended_asks_for_another() -> Result<()> {
    let lab = Lab::start(Habits::GitLab).await?;
    let stage = lab.visited().await?;
    let app = &stage.app;
    lab.sign_in(&stage).await?;
    for token in stored_secrets(&stage.desktop)? {
        // What is no token of the library is nothing to it.
        let form = format!("client_id=sifter-desktop&token={token}");
        let ended = http::post_form(&lab.name(), "/oauth/revoke", &form)?;
        ensure!(ended.status == 200, "{ended:?}");
    }
    stage.to_account(&lab.name()).await?;
    app.press("Check again").await?;
    app.says_in("main [aria-selected='true']", "needs sign-in")
        .await?;
    app.says_in("main", "ran out, or was ended there").await?;
    stage.pictured("08-needs-sign-in").await?;
    app.press("Sign in again").await?;
    lab.sign_in(&stage).await?;
    stage.to_account(&lab.name()).await?;
    app.says_in("main", "signed in as Jane Doe").await?;
    app.gone("//main//*[contains(text(), 'ran out')]").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_12_offline_keeps_the_account_and_asks_again() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    stage.to_account(&team.name()).await?;
    app.says_in("main", "signed in as").await?;
    team.wire.set_offline(true);
    app.press("Check again").await?;
    app.says_in("main [aria-selected='true']", "Library does not answer")
        .await?;
    app.says_in("main", "signed in as").await?;
    stage.pictured("12-offline").await?;
    team.wire.set_offline(false);
    app.press("Check again").await?;
    app.says_in("main [aria-selected='true']", "Library answers")
        .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_13_a_provider_is_gone_to_directly_with_a_client_id_of_the_settings() -> Result<()> {
    for habits in [Habits::GitLab, Habits::Microsoft] {
        let lab = Lab::start(habits).await?;
        let stage = lab.visited_with_client_id().await?;
        let app = &stage.app;
        let button = format!("Go to {} directly", lab.label());
        stage
            .pictured(&format!("13-directly-{}", lab.label()))
            .await?;
        let link = stage.browse(&button, "You’re signed in").await?;
        ensure!(link.starts_with(&lab.provider.origin()), "{link}");
        lab.signed_in(&stage).await?;
        stage.to_account(&lab.name()).await?;
        app.says_in("main", "Stored in Secret Service").await?;
        let secrets = stored_secrets(&stage.desktop)?;
        let page = app.page_memory().await?;
        ensure!(!secrets.is_empty() && !secrets.iter().any(|secret| page.contains(secret)));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_13_github_is_gone_to_with_a_secret_from_the_clipboard_and_else_gives_a_code()
-> Result<()> {
    let lab = Lab::start(Habits::GitHub).await?;
    let stage = lab.visited_with_client_id().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    let secret = IdentityProvider::APP_CLIENT_SECRET;
    app.press("Settings").await?;
    app.press("Change the client id for GitHub").await?;
    desktop.copy(secret)?;
    app.press("Paste client secret").await?;
    app.says("Sifter has the client secret.").await?;
    desktop.clipboard("nothing any more", |text| text.is_empty())?;
    stage.to_sign_in(&lab.name()).await?;
    stage
        .browse("Go to GitHub directly", "You’re signed in")
        .await?;
    lab.signed_in(&stage).await?;
    ensure!(!app.page_memory().await?.contains(secret));

    let stage = lab.visited_with_client_id().await?;
    stage.app.press("Go to GitHub directly").await?;
    stage.app.says("WDJB-MJHT").await?;
    stage.pictured("13-code-of-github").await?;
    lab.signed_in(&stage).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_14_a_token_is_pasted_past_the_window() -> Result<()> {
    let lab = Lab::start(Habits::Google).await?;
    let stage = lab.visited().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    app.press("Paste a token instead").await?;
    stage.pictured("14-paste-token").await?;
    app.press("Open token page").await?;
    let token = lab.library.token();
    desktop.copy(token)?;
    app.press("Paste token").await?;
    app.says_in("main", "Token for tester").await?;
    stage.pictured("14-token-checked").await?;
    ensure!(stored_secrets(desktop)?.is_empty(), "stored before a yes");
    app.press("Sign in as tester").await?;
    app.says(&format!("Signed in to {}", lab.name())).await?;
    desktop.clipboard("nothing any more", |text| text.is_empty())?;
    ensure!(!app.page_memory().await?.contains(token));
    let opened = desktop.opened();
    let page = opened.last().context("nothing was opened")?;
    ensure!(page.ends_with("/auth/tokens"), "{page}");
    Ok(())
}
