//! Finding one's way through a library.

use anyhow::{Result, ensure};
use sifter_window_tests::app::App;

use crate::images;
use crate::stage::{Stage, Team, follow, place};

async fn open(app: &App, name: &str) -> Result<()> {
    app.click(&format!(
        "//main//table//button[normalize-space(.)='{name}']"
    ))
    .await?;
    app.find(&format!("//h1[normalize-space(.)='{name}']"))
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn clicks_lead_from_the_library_to_a_tag_and_its_command_to_the_clipboard() -> Result<()> {
    let team = Team::start().await?;
    team.publish(
        &images::small("samtools.sif", 600)?,
        "tester/genomics/samtools:1.22",
    )?;
    let arm = tempfile::tempdir()?;
    let arm = arm.path().join("arm.sif");
    images::oci(&arm)?;
    team.publish(&arm, "tester/genomics/samtools:1.22,next")?;
    let stage = Stage::at_home_in(&team).await?;
    let (app, desktop) = (&stage.app, &stage.desktop);

    app.click(&place(&team.name())).await?;
    for name in ["tester", "genomics", "samtools"] {
        open(app, name).await?;
    }
    app.find("//table[@aria-label='Tags by architecture']")
        .await?;
    let heads = app
        .text_in("table[aria-label='Tags by architecture'] thead")
        .await?;
    ensure!(
        heads.contains("amd64") && heads.contains("arm64"),
        "{heads}"
    );
    for cell in [
        "1.22 amd64, ",
        "1.22 arm64, 32.2 KiB",
        "next arm64, 32.2 KiB",
    ] {
        app.find(&format!(
            "//table//button[starts-with(@aria-label, '{cell}')]"
        ))
        .await?;
    }
    app.find("//table//*[starts-with(@aria-label, 'next amd64: no image')]")
        .await?;

    app.click("//table//button[starts-with(@aria-label, '1.22 amd64')]")
        .await?;
    let flavours = app
        .run(
            "return [...document.querySelectorAll('[aria-label=\"Command for\"] button')].map((one) => one.innerText)",
            vec![],
        )
        .await?;
    let flavours: Vec<&str> = flavours
        .as_array()
        .map(|all| all.iter().filter_map(|one| one.as_str()).collect())
        .unwrap_or_default();
    ensure!(flavours.len() >= 2, "{flavours:?}");
    let mut commands = Vec::new();
    for flavour in flavours {
        app.click(&format!(
            "//*[@aria-label='Command for']//button[normalize-space(.)='{flavour}']"
        ))
        .await?;
        let shown = app.text_in("[aria-label='Pull command'] code").await?;
        app.click("//*[@aria-label='Pull command']//button[normalize-space(.)='Copy']")
            .await?;
        // Some flavours have several lines, which the window shows as it likes.
        let copied = desktop.clipboard(&shown, |text| {
            text.split_whitespace().eq(shown.split_whitespace())
        })?;
        ensure!(copied.contains("tester/genomics/samtools"), "{copied}");
        commands.push(copied);
    }
    commands.sort();
    let all = commands.len();
    commands.dedup();
    ensure!(
        commands.len() == all,
        "flavours do not differ: {commands:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn search_finds_what_is_there_and_says_when_nothing_is() -> Result<()> {
    let team = Team::start().await?;
    team.publish(
        &images::small("samtools.sif", 600)?,
        "tester/genomics/samtools:1.22",
    )?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    follow(app, "samto").await?;
    app.find("//h1[contains(., 'samto')]").await?;
    open(app, "samtools").await?;
    follow(app, "bcftools").await?;
    app.says("Nothing called “bcftools”").await?;
    follow(app, "ab").await?;
    app.says("Type three letters or more.").await
}
