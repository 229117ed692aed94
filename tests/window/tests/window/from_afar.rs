//! Images that stay in their library: looked into, and compared, in the real window.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use sifter_test_support::SifBuilder;
use sifter_window_tests::app::{App, button};

use crate::stage::{Stage, Team, follow, names};

/// Where the pictures go.
fn picture(name: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/window");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{name}.png")))
}

/// Two tags of one container.
async fn two_tags() -> Result<(Stage, Team)> {
    let team = Team::start().await?;
    let folder = tempfile::tempdir()?;
    for (version, bytes) in [("1.21", 600_u64 << 10), ("1.22", 900 << 10)] {
        let path = folder.path().join(format!("tool_{version}.sif"));
        let definition = format!(
            "Bootstrap: docker\nFrom: debian:bookworm-slim\n\n%post\n    apt-get install tool={version}\n\n%runscript\n    exec tool \"$@\"\n"
        );
        SifBuilder::new()
            .definition(definition)
            .label("version", version)
            .label("license", "MIT")
            .filled(bytes, bytes)
            .build(&path)?;
        team.publish(&path, &format!("tester/tools/tool:{version}"))?;
    }
    let stage = Stage::at_home_with(&team, |_, home| {
        let config = home.join("config");
        std::fs::create_dir_all(&config)?;
        // Nobody outside of this computer is asked.
        std::fs::write(config.join("settings.toml"), "key_servers = []\n")?;
        Ok(())
    })
    .await?;
    follow(&stage.app, "library://tester/tools/tool").await?;
    stage.app.find(&cell("1.21")).await?;
    Ok((stage, team))
}

/// XPath of an image in the table.
fn cell(tag: &str) -> String {
    format!("//table//button[starts-with(@aria-label, '{tag} amd64')]")
}

/// XPath of the name of a file in the tree.
fn name_in_tree(name: &str) -> String {
    format!("//tr//span[contains(@class, 'cut')][normalize-space(.)='{name}']")
}

/// A picture in each theme.
async fn pictures(app: &App, name: &str) -> Result<()> {
    for theme in ["light", "dark"] {
        app.show_theme(Some(theme)).await?;
        app.settled().await?;
        app.picture(&picture(&format!("{name}-{theme}"))?).await?;
    }
    app.show_theme(None).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn look_inside_a_tag() -> Result<()> {
    let (stage, _team) = two_tags().await?;
    let app = &stage.app;
    app.click(&cell("1.22")).await?;
    app.says_in("aside .verdict-card", "Nobody vouches for this image.")
        .await?;
    pictures(app, "before-download").await?;
    app.click(&button("Look inside")).await?;
    app.find("//main//h1[normalize-space(.)='tool:1.22']")
        .await?;
    app.says("not downloaded").await?;
    app.says("KiB of ").await?;
    pictures(app, "look-inside").await?;
    app.click("//button[@role='tab'][normalize-space(.)='Definition']")
        .await?;
    app.says("apt-get install tool=1.22").await?;
    app.click("//button[@role='tab'][normalize-space(.)='Contents']")
        .await?;
    app.click(&name_in_tree(".singularity.d")).await?;
    app.find(&name_in_tree("runscript")).await?;
    pictures(app, "look-inside-contents").await?;
    app.gone(&button("Upload…")).await?;
    app.gone(&button("Sign…")).await?;
    ensure!(names(&stage.downloads())?.is_empty(), "it was downloaded");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn compare_two_tags() -> Result<()> {
    let (stage, _team) = two_tags().await?;
    let app = &stage.app;
    app.click(&cell("1.21")).await?;
    app.click(&button("Look inside")).await?;
    app.find("//main//h1[normalize-space(.)='tool:1.21']")
        .await?;
    app.click(&button("Compare")).await?;
    app.click("//*[@role='menuitem'][normalize-space(.)='With 1.22']")
        .await?;
    app.find("//main//h1[normalize-space(.)='tool:1.21 and tool:1.22']")
        .await?;
    app.says_in(".diff .removed", "tool=1.21").await?;
    app.says_in(".diff .added", "tool=1.22").await?;
    app.find("//table[@aria-label='Labels']//tr[contains(., 'version')]")
        .await?;
    pictures(app, "compare").await?;
    ensure!(names(&stage.downloads())?.is_empty(), "it was downloaded");
    Ok(())
}
