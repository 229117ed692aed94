//! Files dragged from another program, as X11 carries them.

use std::path::Path;

use anyhow::{Result, ensure};
use sifter_window_tests::app::{App, button};
use sifter_window_tests::desktop::Desktop;
use sifter_window_tests::drag::Drag;

use crate::images;
use crate::stage::{Stage, Team, paste_path};

const SHEET: &str = "dialog[open]";

/// Drops files on the app and waits for the sheet.
async fn drop_on(desktop: &Desktop, app: &App, files: &[&Path]) -> Result<()> {
    let drag = Drag::over_app(desktop, files)?;
    drag.nudge()?;
    app.says("Let go to upload").await?;
    let source = drag.drop_files()?;
    app.find("//dialog[@open]").await?;
    drop(source);
    Ok(())
}

/// Closes the sheet.
async fn put_away(app: &App) -> Result<()> {
    app.click(&format!("//dialog[@open]{}", button("Cancel")))
        .await?;
    app.gone("//dialog[@open]").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_dropped_image_says_what_it_is() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    let files = desktop.place("files")?;
    type Make = fn(&Path) -> Result<()>;
    let cases: [(&str, Make, &str); 4] = [
        (
            "plain.sif",
            images::plain,
            "96.0 KiB, amd64, Squashfs, not signed yet",
        ),
        (
            "signed.sif",
            images::signed,
            "96.0 KiB, amd64, Squashfs, signed",
        ),
        (
            "locked.sif",
            images::encrypted,
            "96.0 KiB, amd64, Encrypted squashfs, encrypted, not signed yet",
        ),
        (
            "layers.sif",
            images::oci,
            "32.2 KiB, arm64, OCI-SIF, not signed yet",
        ),
    ];
    for (name, make, facts) in cases {
        let path = files.join(name);
        make(&path)?;
        drop_on(desktop, app, &[&path]).await?;
        app.says_in(SHEET, name).await?;
        app.says_in(SHEET, facts).await?;
        put_away(app).await?;
    }
    let page = app.page_memory().await?;
    ensure!(
        !page.contains(files.to_string_lossy().as_ref()),
        "the page knows where the files lie"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn twenty_dropped_files_make_one_sheet_and_twenty_transfers() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    let files = desktop.place("files")?;
    let mut paths = Vec::new();
    for number in 0..20 {
        let path = files.join(format!("tool{number:02}_1.0.sif"));
        images::plain(&path)?;
        paths.push(path);
    }
    let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    let drag = Drag::over_app(desktop, &paths)?;
    drag.nudge()?;
    app.says("Let go to upload 20 files").await?;
    let source = drag.drop_files()?;
    app.says_in(SHEET, "Upload 20 files").await?;
    drop(source);
    let rows = app
        .run(
            "return document.querySelectorAll('dialog[open] li b').length",
            vec![],
        )
        .await?;
    ensure!(rows == 20, "the sheet has {rows} rows");
    app.click(
        "//dialog[@open]//button[starts-with(normalize-space(.), 'Upload ')][not(@disabled)]",
    )
    .await?;
    app.gone("//dialog[@open]").await?;
    // The list of so many transfers takes another way into the page than short messages.
    app.press("Transfers").await?;
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let row = crate::stage::job(&name);
        app.find(&format!(
            "{row}[contains(., 'Arrived') or contains(., 'Already there')]"
        ))
        .await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn whatever_cannot_be_uploaded_gets_a_sentence() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let (app, desktop) = (&stage.app, &stage.desktop);
    let files = desktop.place("files")?;
    let at = |name: &str| files.join(name);
    std::fs::write(at("notes.sif"), "Remember to buy coffee.\n".repeat(40))?;
    std::fs::write(at("empty.sif"), "")?;
    images::truncated(&at("cut.sif"))?;
    std::fs::create_dir(at("images"))?;
    std::os::unix::fs::symlink("nowhere.sif", at("dangling.sif"))?;
    // Nothing is forbidden to an administrator, but nobody can follow a link to itself.
    std::os::unix::fs::symlink("locked.sif", at("locked.sif"))?;
    let cases = [
        ("notes.sif", "notes.sif is not a Singularity image"),
        ("empty.sif", "empty.sif is not a Singularity image"),
        ("cut.sif", "cut.sif is damaged"),
        ("images", "images is a folder"),
        ("dangling.sif", "dangling.sif is gone"),
        ("locked.sif", "locked.sif cannot be read"),
    ];
    for (name, sentence) in cases {
        drop_on(desktop, app, &[&at(name)]).await?;
        app.says_in(SHEET, sentence).await?;
        ensure!(
            !app.text_in(SHEET).await?.contains("Upload to"),
            "{name} could be uploaded"
        );
        put_away(app).await?;
    }

    let fleeting = at("fleeting.sif");
    images::plain(&fleeting)?;
    let drag = Drag::over_app(desktop, &[&fleeting])?;
    drag.nudge()?;
    app.says("Let go to upload").await?;
    std::fs::remove_file(&fleeting)?;
    let source = drag.drop_files()?;
    app.says_in(SHEET, "fleeting.sif is gone").await?;
    drop(source);
    put_away(app).await?;

    images::plain(&at("good_1.0.sif"))?;
    drop_on(
        desktop,
        app,
        &[&at("good_1.0.sif"), &at("notes.sif"), &at("images")],
    )
    .await?;
    app.says_in(SHEET, "Upload 3 files").await?;
    app.says_in(SHEET, "1 of 3 can be uploaded").await?;
    app.says_in(SHEET, "notes.sif is not a Singularity image")
        .await?;
    app.says_in(SHEET, "images is a folder").await?;
    put_away(app).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_pasted_path_opens_the_same_sheet_as_a_drop() -> Result<()> {
    let team = Team::start().await?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    let path = stage.desktop.place("with a space")?.join("plain_2.0.sif");
    images::plain(&path)?;
    paste_path(app, &path).await?;
    app.says_in(SHEET, "96.0 KiB, amd64, Squashfs, not signed yet")
        .await?;
    app.says_in(SHEET, "New tag 2.0 for amd64").await?;
    put_away(app).await
}
