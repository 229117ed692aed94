//! The first minute.

use anyhow::{Result, ensure};
use sifter_window_tests::journey::choose_local_library;

use crate::stage::{Stage, place};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn the_first_page_offers_three_ways_to_begin_and_none_needs_an_account() -> Result<()> {
    let stage = Stage::first_run().await?;
    let app = &stage.app;
    app.says("What would you like to do first?").await?;
    app.says("No account needed to look around.").await?;
    for name in ["Get an image", "Share an image", "Connect a server"] {
        let section = format!("//section[.//h2[normalize-space(.)='{name}']]");
        let (_, heard) = app.role_and_name(&section).await?;
        ensure!(heard == name, "{name} is heard as {heard:?}");
    }
    ensure!(stage.desktop.opened().is_empty(), "something was opened");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn this_computer_starts_its_library_inside_the_app_and_it_stops_with_it() -> Result<()> {
    let stage = Stage::first_run().await?;
    choose_local_library(&stage.app).await?;
    let address = local_address(&stage).await?;
    let answer = sifter_window_tests::http::get(&address, "/version", &[])?;
    ensure!(answer.status == 200, "{answer:?}");
    stage.app.press("Home").await?;
    stage.app.find(&place("This computer")).await?;
    stage.app.close().await?;
    sifter_window_tests::programs::wait_until("the library to stop", || {
        std::net::TcpStream::connect(&address)
            .is_err()
            .then_some(())
    })?;
    Ok(())
}

/// Host and port of the library on this computer, as the account page tells them.
pub(crate) async fn local_address(stage: &Stage) -> Result<String> {
    stage.app.press("Accounts").await?;
    let url = stage
        .app
        .text_of("//main//dd[starts-with(normalize-space(.), 'http://127.0.0.1:')]")
        .await?;
    let address = url.trim_start_matches("http://");
    let end = address
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'))
        .unwrap_or(address.len());
    Ok(address[..end].to_owned())
}
