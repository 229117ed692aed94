//! What a download leaves on the disk.

use anyhow::{Result, ensure};
use sifter_window_tests::app::App;
use sifter_window_tests::file_manager::FileManager;
use sifter_window_tests::files::sha256;
use sifter_window_tests::programs::wait_until;

use crate::images;
use crate::stage::{Stage, Team, follow, job, names};

const FILE: &str = "samtools_1.22.sif";

async fn download(app: &App) -> Result<()> {
    app.click("//table//button[starts-with(@aria-label, '1.22 amd64')]")
        .await?;
    app.click("//button[starts-with(normalize-space(.), 'Download ')]")
        .await
}

/// Answers what should happen to the file that is there.
async fn answer(app: &App, name: &str) -> Result<()> {
    app.says_in("dialog[open]", "samtools_1.22.sif is already there")
        .await?;
    app.click(&format!(
        "//dialog[@open]//button[normalize-space(.)='{name}']"
    ))
    .await?;
    app.gone("//dialog[@open]").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_file_that_is_there_is_kept_replaced_or_joined_as_the_person_says() -> Result<()> {
    let team = Team::start().await?;
    let image = images::small(FILE, 600)?;
    team.publish(&image, "tester/genomics/samtools:1.22")?;
    let promised = sha256(&image)?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    let folder = stage.downloads();
    std::fs::create_dir_all(&folder)?;
    let target = folder.join(FILE);
    std::fs::write(&target, "something else")?;
    follow(app, "library://tester/genomics/samtools").await?;

    download(app).await?;
    answer(app, "Skip").await?;
    ensure!(std::fs::read_to_string(&target)? == "something else");
    ensure!(names(&folder)? == [FILE]);

    download(app).await?;
    answer(app, "Keep both").await?;
    wait_until("the second file", || {
        names(&folder)
            .ok()
            .filter(|all| all.len() == 2 && !all.iter().any(|name| name.ends_with(".part")))
    })?;
    ensure!(std::fs::read_to_string(&target)? == "something else");
    let second = names(&folder)?
        .into_iter()
        .find(|name| name != FILE)
        .unwrap_or_default();
    ensure!(sha256(&folder.join(&second))? == promised, "{second}");

    download(app).await?;
    answer(app, "Replace it").await?;
    wait_until("the file to be replaced", || {
        (sha256(&target).ok()? == promised).then_some(())
    })?;
    app.press("Transfers").await?;
    app.find(&format!("{}[contains(., 'Digest verified')]", job(FILE)))
        .await?;
    ensure!(names(&folder)?.len() == 2, "{:?}", names(&folder)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_finished_download_can_be_shown_in_its_folder() -> Result<()> {
    let team = Team::start().await?;
    team.publish(&images::small(FILE, 600)?, "tester/genomics/samtools:1.22")?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    let manager = FileManager::start(&stage.desktop)?;
    follow(app, "library://tester/genomics/samtools").await?;
    download(app).await?;
    app.press("Transfers").await?;
    app.find(&format!("{}[contains(., 'Digest verified')]", job(FILE)))
        .await?;
    ensure!(names(&stage.downloads())? == [FILE]);
    app.click(&format!(
        "//main//button[@aria-label='Show in folder: {FILE}']"
    ))
    .await?;
    let shown = manager.shown()?;
    let wanted = format!("file://{}", stage.downloads().join(FILE).display());
    ensure!(shown == [wanted.as_str()], "{shown:?}");

    std::fs::remove_file(stage.downloads().join(FILE))?;
    stage.desktop.hands(&["key", "F5"])?;
    app.says("No longer in its folder").await
}
