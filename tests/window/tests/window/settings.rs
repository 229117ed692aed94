//! Settings that the native side has to keep or to follow.

use anyhow::{Result, ensure};
use sifter_window_tests::app::App;
use sifter_window_tests::programs::wait_until;

use crate::images;
use crate::stage::{Stage, Team, follow, names};

/// The colour behind everything, as numbers.
async fn background(app: &App) -> Result<Vec<u64>> {
    app.settled().await?;
    let colour = app
        .run(
            "const page = [document.querySelector('main'), document.body, document.documentElement];
             return page.map((one) => getComputedStyle(one).backgroundColor)
                 .find((one) => !/, 0\\)$/.test(one))",
            vec![],
        )
        .await?;
    let colour = colour.as_str().unwrap_or_default().to_owned();
    Ok(colour
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect())
}

fn is_dark(colour: &[u64]) -> bool {
    colour.len() >= 3 && colour.iter().take(3).sum::<u64>() < 3 * 64
}

async fn choose_theme(app: &App, name: &str) -> Result<()> {
    app.press("Settings").await?;
    app.click(&format!(
        "//*[@aria-label='Appearance']//*[normalize-space(.)='{name}' and (self::button or self::label)]"
    ))
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_theme_applies_at_once_and_is_there_after_a_restart() -> Result<()> {
    let stage = Stage::first_run().await?;
    stage.app.press("Just look around").await?;
    choose_theme(&stage.app, "Light").await?;
    wait_for_colour(&stage.app, false).await?;
    choose_theme(&stage.app, "Dark").await?;
    wait_for_colour(&stage.app, true).await?;

    let stage = stage.restart().await?;
    stage.app.says("Home").await?;
    wait_for_colour(&stage.app, true).await?;
    let text = std::fs::read_to_string(stage.home.join("config/settings.toml"))?;
    ensure!(text.contains("theme = \"dark\""), "{text}");
    choose_theme(&stage.app, "Light").await?;
    wait_for_colour(&stage.app, false).await
}

async fn wait_for_colour(app: &App, dark: bool) -> Result<()> {
    let begun = std::time::Instant::now();
    loop {
        let colour = background(app).await?;
        if colour.len() >= 3 && is_dark(&colour) == dark {
            return Ok(());
        }
        ensure!(
            begun.elapsed() < sifter_window_tests::programs::PATIENCE,
            "the background stays {colour:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn downloads_go_to_the_folder_of_the_settings() -> Result<()> {
    let team = Team::start().await?;
    team.publish(&images::small("bwa.sif", 300)?, "tester/genomics/bwa:0.7")?;
    let stage = Stage::at_home_in(&team).await?;
    let folder = stage.desktop.place("my images")?;
    let file = stage.home.join("config/settings.toml");
    stage.app.close().await?;
    std::fs::write(&file, format!("download_folder = {folder:?}\n"))?;
    let app = App::open(&stage.desktop, &stage.home).await?;
    app.press("Settings").await?;
    app.says(&folder.display().to_string()).await?;

    follow(&app, "library://tester/genomics/bwa").await?;
    app.click("//table//button[starts-with(@aria-label, '0.7 amd64')]")
        .await?;
    app.click("//button[starts-with(normalize-space(.), 'Download ')]")
        .await?;
    wait_until("the file in the chosen folder", || {
        (names(&folder).ok()? == ["bwa_0.7.sif"]).then_some(())
    })?;
    ensure!(names(&stage.home.join("downloads"))?.is_empty());
    app.press("On this computer").await?;
    app.says("bwa_0.7.sif").await
}
