//! Sign-in through the system's browser, and what is kept of it where.

use anyhow::{Context, Result, ensure};
use sifter_window_tests::app::App;
use sifter_window_tests::browser::Browser;
use sifter_window_tests::desktop::Desktop;
use sifter_window_tests::http;
use sifter_window_tests::journey::{choose_local_library, stored_secrets};
use sifter_window_tests::programs::wait_until;

use crate::first_run::local_address;
use crate::stage::Stage;

/// Goes as far as the waiting state and returns the link that was opened.
pub(crate) async fn begin(desktop: &Desktop, app: &App) -> Result<String> {
    let before = desktop.opened().len();
    app.click("//main//button[normalize-space(.)='Sign in']")
        .await?;
    app.press("Continue in the browser").await?;
    app.says("Waiting for your browser…").await?;
    wait_until("the browser to be opened", || {
        desktop.opened().get(before).cloned()
    })
}

pub(crate) async fn approve(desktop: &Desktop, link: &str) -> Result<()> {
    let browser = Browser::open(desktop).await?;
    browser.visit(link).await?;
    browser.press("Continue as").await?;
    browser.wait_for_text("You’re signed in").await?;
    browser.close().await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn while_the_browser_is_open_the_link_can_be_opened_again_copied_or_given_up() -> Result<()> {
    let stage = Stage::first_run().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    choose_local_library(app).await?;
    let link = begin(desktop, app).await?;
    ensure!(link.starts_with("http://127.0.0.1:"), "{link}");
    app.says("The link works for").await?;

    app.press("Open again").await?;
    wait_until("the link to be opened again", || {
        (desktop.opened().len() == 2).then_some(())
    })?;
    ensure!(desktop.opened() == [link.as_str(), link.as_str()]);

    app.press("Copy link").await?;
    app.says("Link copied").await?;
    desktop.clipboard("the link", |text| text == link)?;
    let page = app.page_memory().await?;
    let ticket = link.split("ticket=").nth(1).context("no ticket")?;
    let ticket = ticket.split('&').next().unwrap_or_default();
    ensure!(!page.contains(ticket), "the ticket is in the page");

    app.press("Cancel").await?;
    app.gone("//*[contains(text(), 'Waiting for your browser')]")
        .await?;
    let browser = Browser::open(desktop).await?;
    browser.visit(&link).await?;
    browser.wait_for_text("This link works no more").await?;
    ensure!(stored_secrets(desktop)?.is_empty(), "something was stored");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_double_click_begins_a_sign_in_that_goes_on() -> Result<()> {
    let stage = Stage::first_run().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    choose_local_library(app).await?;
    for _ in 0..5 {
        app.press("Accounts").await?;
        app.click("//main//button[normalize-space(.)='Sign in']")
            .await?;
        app.find("//main//button[contains(., 'Continue in the browser')]")
            .await?;
        let before = desktop.opened().len();
        let twice = "
            const all = [...document.querySelectorAll('main button')];
            const go = all.find((one) => one.innerText.includes('Continue in the browser'));
            go.click();
            go.click();";
        app.run(twice, vec![]).await?;
        app.says("Waiting for your browser…").await?;
        wait_until("the browser to be opened", || {
            (desktop.opened().len() > before).then_some(())
        })?;
        app.press("Copy link").await?;
        desktop.clipboard("a link of this sign-in", |text| {
            desktop
                .opened()
                .iter()
                .skip(before)
                .any(|link| link == text)
        })?;
        app.press("Cancel").await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn tokens_lie_in_the_secret_service_only_and_signing_out_forgets_and_revokes_them()
-> Result<()> {
    let stage = Stage::first_run().await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    choose_local_library(app).await?;
    let link = begin(desktop, app).await?;
    approve(desktop, &link).await?;
    let address = local_address(&stage).await?;
    app.says("signed in as").await?;
    app.says_in("main", "Stored in Secret Service").await?;

    let secrets = stored_secrets(desktop)?;
    ensure!(!secrets.is_empty(), "the Secret Service holds nothing");
    let page = app.page_memory().await?;
    ensure!(
        !secrets.iter().any(|secret| page.contains(secret)),
        "a token is in the page"
    );
    let good = |secret: &String| -> Result<bool> {
        let bearer = format!("Bearer {secret}");
        let answer = http::get(
            &address,
            "/v1/rbac/users/current",
            &[("Authorization", &bearer)],
        )?;
        ensure!([200, 401].contains(&answer.status), "{answer:?}");
        Ok(answer.status == 200)
    };
    let mut working = Vec::new();
    for secret in &secrets {
        if good(secret)? {
            working.push(secret);
        }
    }
    ensure!(!working.is_empty(), "no stored token opens the library");

    app.press("Sign out…").await?;
    app.says_in("dialog[open]", "The token is revoked on the server")
        .await?;
    app.click("//dialog[@open]//button[normalize-space(.)='Sign out']")
        .await?;
    app.says("Signed out of This computer").await?;
    let left = stored_secrets(desktop)?;
    ensure!(left.is_empty(), "{} secrets stayed", left.len());
    for secret in working {
        ensure!(!good(secret)?, "a token still opens the library");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn without_a_keychain_the_app_says_that_the_sign_in_lasts_this_session_only() -> Result<()> {
    let stage = Stage::first_run_on(Desktop::without_keychain()?).await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    choose_local_library(app).await?;
    let link = begin(desktop, app).await?;
    approve(desktop, &link).await?;
    app.press("Accounts").await?;
    app.says("signed in as").await?;
    app.says_in("main", "Stored in this session only").await?;
    app.says("This computer has no keychain, so the sign-in is forgotten when Sifter quits.")
        .await?;

    let stage = stage.restart().await?;
    stage.app.press("Accounts").await?;
    stage.app.says("needs sign-in").await?;
    Ok(())
}
