//! Large uploads that end in other ways than by arriving.

use anyhow::{Result, ensure};
use sifter_test_support::{Fault, Rule};
use sifter_window_tests::app::App;
use sifter_window_tests::journey::upload_to;

use crate::images;
use crate::stage::{Stage, Team, job, paste_path};

/// Where parts go.
const PARTS: &str = "/signed/upload/";
const NAME: &str = "genome_2026.sif";

/// Begins an upload that takes a while and waits until a part of it has arrived.
async fn begin(team: &Team, stage: &Stage) -> Result<()> {
    team.wire
        .inject(Rule::new(PARTS, Fault::Bandwidth(6 << 20)).method("PUT"));
    paste_path(&stage.app, &images::large()?).await?;
    upload_to(&stage.app, "tester/data/genome").await?;
    stage
        .app
        .click("//dialog[@open]//button[starts-with(normalize-space(.), 'Upload ')]")
        .await?;
    stage.app.press("Transfers").await?;
    stage
        .app
        .find(&format!("{}[contains(., 'Uploading')]", job(NAME)))
        .await?;
    team.wire
        .wait_until(|seen| {
            seen.iter()
                .any(|one| one.target.contains(PARTS) && one.status == Some(200))
        })
        .await?;
    Ok(())
}

async fn arrived(app: &App) -> Result<()> {
    app.find(&format!("{}[contains(., 'Arrived')]", job(NAME)))
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_large_upload_survives_leaving_its_page_and_can_be_cancelled_under_way() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    begin(&team, &stage).await?;

    app.press("Settings").await?;
    app.says("Appearance").await?;
    app.press("Transfers").await?;
    app.find(&format!("{}[contains(., 'Uploading')]", job(NAME)))
        .await?;

    app.click(&format!("//main//button[@aria-label='Cancel: {NAME}']"))
        .await?;
    app.find(&format!("{}[contains(., 'Cancelled')]", job(NAME)))
        .await?;
    team.wire
        .wait_until(|seen| {
            seen.iter().any(|one| {
                one.target.ends_with("/_multipart_abort")
                    && one.status.is_some_and(|status| status < 300)
            })
        })
        .await?;
    let missing = sifter_window_tests::http::get(
        &team.library.address().to_string(),
        "/v1/containers/tester/data/genome",
        &[("Authorization", &format!("Bearer {}", team.library.token()))],
    )?;
    ensure!(
        !missing.body.contains("\"2026\""),
        "the cancelled upload has a tag: {missing:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn an_upload_goes_on_where_it_was_when_the_app_was_killed() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    begin(&team, &stage).await?;
    let Stage { app, home, desktop } = stage;
    app.kill()?;
    let before = team.wire.exchanges().len();
    let done: Vec<String> = acknowledged(&team, 0);
    ensure!(!done.is_empty());

    team.wire.clear();
    let app = App::open(&desktop, &home).await?;
    app.press("Transfers").await?;
    arrived(&app).await?;
    let after = acknowledged(&team, before);
    ensure!(!after.is_empty(), "nothing was left to send");
    // The very last answer before the end may not have reached the journal.
    let twice = done.iter().filter(|part| after.contains(part)).count();
    ensure!(
        twice <= 1,
        "{twice} of {} parts were sent twice",
        done.len()
    );
    Ok(())
}

/// Parts that the library has taken, by number, among the exchanges from `first` on.
fn acknowledged(team: &Team, first: usize) -> Vec<String> {
    let seen = team.wire.exchanges();
    seen.iter()
        .skip(first)
        .filter(|one| one.target.contains(PARTS) && one.status == Some(200))
        .map(|one| one.target.split('?').next().unwrap_or_default().to_owned())
        .collect()
}
