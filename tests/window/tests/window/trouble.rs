//! Places with nothing in them, and libraries that do not answer.

use anyhow::Result;

use crate::images;
use crate::stage::{Stage, Team, follow, place};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn empty_places_say_what_would_fill_them() -> Result<()> {
    let stage = Stage::first_run().await?;
    let app = &stage.app;
    app.press("Just look around").await?;
    app.press("Transfers").await?;
    app.says("Nothing is moving. Drop a file, or paste a library:// link.")
        .await?;
    app.press("On this computer").await?;
    app.says("Nothing was downloaded yet.").await?;
    app.click(&place("This computer")).await?;
    app.says(
        "The library on this computer is off. Start it to keep images here without an account.",
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a_library_that_stops_answering_is_named_and_asked_again() -> Result<()> {
    let team = Team::start().await?;
    team.publish(&images::small("bwa.sif", 300)?, "tester/genomics/bwa:0.7")?;
    let stage = Stage::at_home_in(&team).await?;
    let app = &stage.app;
    team.wire.set_offline(true);
    follow(app, "library://tester/genomics/bwa").await?;
    app.says("does not answer").await?;
    app.says("It may be down, or a firewall or proxy is in between.")
        .await?;
    team.wire.set_offline(false);
    app.click("//main//button[normalize-space(.)='Try again']")
        .await?;
    app.find("//table//button[starts-with(@aria-label, '0.7 amd64')]")
        .await?;
    Ok(())
}
