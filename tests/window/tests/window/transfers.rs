//! The buttons of transfers in the real window, and what the desktop notices of transfers.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use sifter_test_support::{Fault, Rule};
use sifter_window_tests::app::App;
use sifter_window_tests::journey::upload_to;
use sifter_window_tests::notifications::Notifications;
use sifter_window_tests::programs::wait_until;

use crate::images;
use crate::stage::{Stage, Team, job, paste_path};
use crate::uploading::{safe_parts, sent};

/// Where parts go.
const PARTS: &str = "/signed/upload/";
const NAME: &str = "genome_2026.sif";

/// What is written on the button of the limit.
const LIMIT: &str = "//main//button[starts-with(@aria-label, 'Speed limit')]";

/// Lets bytes go up at `rate` a second on each connection, so that there is time to do something.
fn slow(team: &Team, rate: u64) {
    team.wire
        .inject(Rule::new(PARTS, Fault::Bandwidth(rate)).method("PUT"));
}

/// Begins the upload of a file to a place of its own.
async fn upload(app: &App, file: &Path, container: &str) -> Result<()> {
    paste_path(app, file).await?;
    upload_to(app, &format!("tester/data/{container}")).await?;
    app.click("//dialog[@open]//button[starts-with(normalize-space(.), 'Upload ')]")
        .await?;
    app.gone("//dialog[@open]").await
}

/// The large image under another name.
fn called(stage: &Stage, name: &str) -> Result<PathBuf> {
    let path = stage.desktop.place("images")?.join(name);
    symlink(images::large()?, &path)?;
    Ok(path)
}

async fn row_says(app: &App, name: &str, text: &str) -> Result<()> {
    app.find(&format!("{}[contains(., '{text}')]", job(name)))
        .await?;
    Ok(())
}

async fn act(app: &App, action: &str, name: &str) -> Result<()> {
    app.click(&format!("//main//button[@aria-label='{action}: {name}']"))
        .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn an_upload_is_limited_paused_and_resumed_and_arrives() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    app.press("Transfers").await?;
    // Slower than any test waits for.
    app.click(LIMIT).await?;
    app.click("//*[@role='menuitemradio'][normalize-space(.)='Custom…']")
        .await?;
    app.fill("Uploads, MiB/s", "0.25").await?;
    app.press("Set limit").await?;
    app.gone("//dialog[@open]").await?;
    app.says_in("footer", "Limited to ↑ 256 KiB/s").await?;

    upload(app, &images::large()?, "genome").await?;
    app.press("Transfers").await?;
    row_says(app, NAME, "Uploading, ").await?;
    row_says(app, NAME, "KiB/s").await?;
    act(app, "Pause", NAME).await?;
    row_says(app, NAME, "Paused at").await?;
    act(app, "Resume", NAME).await?;
    row_says(app, NAME, "Uploading, ").await?;
    ensure!(
        !app.text_of(&job(NAME)).await?.contains("Arrived"),
        "200 MiB in no time"
    );
    app.click(LIMIT).await?;
    app.click("//*[@role='menuitemradio'][normalize-space(.)='No limit']")
        .await?;
    row_says(app, NAME, "Arrived").await?;
    let settings = std::fs::read_to_string(stage.home.join("config/settings.toml"))?;
    ensure!(settings.contains("upload_limit = 0"), "{settings}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn what_waits_is_moved_up_and_what_stopped_is_tried_again() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    app.press("Settings").await?;
    app.click("//main//button[@aria-label='Fewer at once']")
        .await?;
    slow(&team, 256 << 10);
    for name in ["one", "two", "three"] {
        upload(app, &called(&stage, &format!("{name}_1.sif"))?, name).await?;
    }
    app.press("Transfers").await?;
    row_says(app, "one_1.sif", "Uploading, ").await?;
    let waiting = "//main//article[contains(@class, 'thin')][1]";
    app.find(&format!("{waiting}[contains(., 'two_1.sif')]"))
        .await?;
    act(app, "Move up", "three_1.sif").await?;
    app.find(&format!("{waiting}[contains(., 'three_1.sif')]"))
        .await?;

    // The file of the first disappears while it is paused.
    act(app, "Pause", "one_1.sif").await?;
    row_says(app, "one_1.sif", "Paused at").await?;
    let file = stage.desktop.place("images")?.join("one_1.sif");
    std::fs::remove_file(&file)?;
    act(app, "Resume", "one_1.sif").await?;
    act(app, "Cancel", "two_1.sif").await?;
    row_says(app, "two_1.sif", "Cancelled").await?;
    act(app, "Cancel", "three_1.sif").await?;
    row_says(app, "three_1.sif", "Cancelled").await?;
    app.says("one_1.sif is gone").await?;
    act(app, "Copy report", "one_1.sif").await?;
    let report = stage.desktop.clipboard("the report", |text| {
        text.contains("Upload: one_1.sif") && text.contains("Code: file_missing")
    })?;
    let home = stage.home.display().to_string();
    ensure!(!report.contains(&home), "{report}");

    symlink(images::large()?, &file)?;
    team.wire.clear();
    app.press("Try again").await?;
    row_says(app, "one_1.sif", "Arrived").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn quitting_with_transfers_under_way_asks_nothing_and_they_go_on_at_the_next_start()
-> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    slow(&team, 1 << 20);
    upload(&stage.app, &images::large()?, "genome").await?;
    stage.app.press("Transfers").await?;
    row_says(&stage.app, NAME, "Uploading, ").await?;
    let (safe, total) = safe_parts(&stage.app).await?;
    let Stage { app, home, desktop } = stage;
    app.quit(&desktop)?;
    let before = team.wire.exchanges().len();

    let app = App::open(&desktop, &home).await?;
    app.press("Transfers").await?;
    row_says(&app, NAME, "Uploading, ").await?;
    team.wire.clear();
    row_says(&app, NAME, "Arrived").await?;
    let again = sent(&team, before);
    ensure!(
        again > 0 && again <= total - safe,
        "{safe} of {total} parts were shown as safe, and {again} were sent after that"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn the_desktop_tells_what_ends_while_the_window_is_away_and_only_that() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    let notifications = Notifications::start(&stage.desktop)?;
    let window = stage.desktop.window("Sifter")?;
    stage
        .desktop
        .hands(&["windowactivate", "--sync", &window])?;
    app.find("//main").await?;
    upload(app, &images::small("bwa_0.7.sif", 300)?, "bwa").await?;
    app.press("Transfers").await?;
    row_says(app, "bwa_0.7.sif", "Arrived").await?;

    slow(&team, 1 << 20);
    upload(app, &images::large()?, "genome").await?;
    app.press("Transfers").await?;
    row_says(app, NAME, "Uploading, ").await?;
    stage
        .desktop
        .hands(&["windowminimize", "--sync", &window])?;
    wait_until("the window to be away", || {
        let state = stage
            .desktop
            .command("xprop")
            .args(["-id", &window, "WM_STATE"])
            .output()
            .ok()?;
        String::from_utf8_lossy(&state.stdout)
            .contains("Iconic")
            .then_some(())
    })?;
    team.wire.clear();
    let shown = notifications.shown()?;
    ensure!(shown == [format!("{NAME}: Uploaded.")], "{shown:?}");
    Ok(())
}
