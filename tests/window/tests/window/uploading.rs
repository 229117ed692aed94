//! Large uploads that end in other ways than by arriving.

use anyhow::{Result, ensure};
use sifter_test_support::{Fault, Rule};
use sifter_window_tests::app::App;
use sifter_window_tests::journey::upload_to;
use sifter_window_tests::programs::{GLANCE, PATIENCE};

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
    let (safe, total) = safe_parts(&app).await?;
    app.kill()?;
    let before = team.wire.exchanges().len();
    ensure!(safe < total, "everything was sent already");

    team.wire.clear();
    let app = App::open(&desktop, &home).await?;
    app.press("Transfers").await?;
    arrived(&app).await?;
    let again = sent(&team, before);
    ensure!(
        again > 0 && again <= total - safe,
        "{safe} of {total} parts were shown as safe, and {again} were sent after that"
    );
    Ok(())
}

/// Waits until parts of the upload are shown as safe; answers how many, and of how many.
pub(crate) async fn safe_parts(app: &App) -> Result<(usize, usize)> {
    app.click(&format!("{}//button[@data-job]", job(NAME)))
        .await?;
    let begun = std::time::Instant::now();
    loop {
        ensure!(begun.elapsed() < PATIENCE, "no part is ever safe");
        let row = app.text_of(&job(NAME)).await?;
        match parts(&row) {
            Some((safe, total)) if safe > 0 => return Ok((safe, total)),
            _ => tokio::time::sleep(GLANCE).await,
        }
    }
}

/// How many parts a row says are safe, and of how many.
fn parts(row: &str) -> Option<(usize, usize)> {
    // "3 of 25 parts are safe on the server."
    let (sentence, _) = row.split_once(" parts ")?;
    let (before, after) = sentence.rsplit_once(" of ")?;
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    Some((
        before[before.len() - digits..].parse().ok()?,
        after.parse().ok()?,
    ))
}

/// Parts that went up again or for the first time, among the exchanges from `first` on.
pub(crate) fn sent(team: &Team, first: usize) -> usize {
    let seen = team.wire.exchanges();
    seen.iter()
        .skip(first)
        .filter(|one| one.method == "PUT" && one.target.contains(PARTS))
        .count()
}
