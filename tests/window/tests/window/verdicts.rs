//! The five verdicts, in the real window, each with a picture of it.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use sifter_window_tests::app::{App, button};
use sifter_window_tests::desktop::Desktop;

use crate::images;
use crate::stage::{Stage, Team, follow, job, names, tool};

/// Where the pictures go.
fn picture(name: &str) -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/window");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("verdict-{name}.png")))
}

fn run(desktop: &Desktop, home: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = desktop.command(&tool());
    let done = command.args(arguments).arg("--home").arg(home).output()?;
    ensure!(done.status.success(), "{arguments:?}: {done:?}");
    Ok(())
}

/// Who has signed an image, as far as the person knows.
#[derive(Clone, Copy, PartialEq)]
enum Signer {
    Nobody,
    Own,
    Met,
    Unknown,
}

struct Case {
    signer: Signer,
    altered: bool,
    word: &'static str,
    why: &'static str,
}

/// Publishes an image, fetches it in the window, and looks at what that says of it.
async fn fetch(name: &str, case: Case) -> Result<(Stage, Team)> {
    let team = Team::start().await?;
    let reference = format!("tester/verdicts/{name}:1");
    let stage = Stage::at_home_with(&team, |desktop, home| {
        let config = home.join("config");
        std::fs::create_dir_all(&config)?;
        // Nobody outside of this computer is asked.
        std::fs::write(config.join("settings.toml"), "key_servers = []\n")?;
        run(
            desktop,
            home,
            &[
                "key",
                "generate",
                "--no-passphrase",
                "Ada <ada@example.org>",
            ],
        )?;
        let other = desktop.place("other")?;
        run(
            desktop,
            &other,
            &[
                "key",
                "generate",
                "--no-passphrase",
                "Grace <grace@example.org>",
            ],
        )?;
        if case.signer == Signer::Met {
            let met = config.join("keys/fetched");
            std::fs::create_dir_all(&met)?;
            std::fs::copy(other.join("config/keys/pgp-public"), met.join("pgp-public"))?;
        }
        // Signing changes the file, which other runs share.
        let shared = images::small(&format!("{name}.sif"), 600)?;
        let image = desktop.place("images")?.join(format!("{name}.sif"));
        std::fs::copy(shared, &image)?;
        let path = image.display().to_string();
        match case.signer {
            Signer::Nobody => {}
            Signer::Own => run(desktop, home, &["sign", &path])?,
            Signer::Met | Signer::Unknown => run(desktop, &other, &["sign", &path])?,
        }
        if case.altered {
            let mut bytes = std::fs::read(&image)?;
            if let Some(byte) = bytes.get_mut(5) {
                *byte ^= 1;
            }
            std::fs::write(&image, bytes)?;
        }
        team.publish(&image, &reference)
    })
    .await?;
    look(&stage.app, name, &case).await?;
    Ok((stage, team))
}

async fn look(app: &App, name: &str, case: &Case) -> Result<()> {
    follow(app, &format!("library://tester/verdicts/{name}")).await?;
    app.click("//table//button[starts-with(@aria-label, '1 amd64')]")
        .await?;
    app.click("//button[starts-with(normalize-space(.), 'Download ')]")
        .await?;
    app.press("Transfers").await?;
    let file = format!("{name}_1.sif");
    app.find(&format!("{}[contains(., '{}')]", job(&file), case.word))
        .await?;
    app.press("On this computer").await?;
    app.click(&button(&file)).await?;
    app.click("//button[@role='tab'][starts-with(normalize-space(.), 'Signatures')]")
        .await?;
    app.says_in("main .verdict-card", case.word).await?;
    app.says_in("main .verdict-card", case.why).await?;
    app.settled().await?;
    app.picture(&picture(name)?).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn verdict_1_an_image_signed_by_a_trusted_key_is_verified() -> Result<()> {
    let case = Case {
        signer: Signer::Own,
        altered: false,
        word: "Verified",
        why: "Signed by a key you trust.",
    };
    let (stage, _team) = fetch("verified", case).await?;
    ensure!(names(&stage.downloads())? == ["verified_1.sif"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn verdict_2_a_stranger_is_a_new_signer_until_the_fingerprint_was_compared() -> Result<()> {
    let case = Case {
        signer: Signer::Met,
        altered: false,
        word: "New signer",
        why: "Signed by someone you have not met.",
    };
    let (stage, _team) = fetch("new-signer", case).await?;
    let app = &stage.app;
    app.click(&button("Compare fingerprint…")).await?;
    app.says_in("dialog[open]", "Grace").await?;
    app.click(&button("It is the same, trust it")).await?;
    app.says_in("main .verdict-card", "Verified").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn verdict_3_an_image_without_a_signature_is_not_signed() -> Result<()> {
    let case = Case {
        signer: Signer::Nobody,
        altered: false,
        word: "Not signed",
        why: "Nobody vouches for this image.",
    };
    fetch("not-signed", case).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn verdict_4_an_image_signed_by_a_key_nobody_has_could_not_be_checked() -> Result<()> {
    let case = Case {
        signer: Signer::Unknown,
        altered: false,
        word: "Not checked",
        why: "The key that signed it",
    };
    fetch("not-checked", case).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn verdict_5_an_altered_image_stays_in_quarantine_until_it_is_deleted() -> Result<()> {
    let case = Case {
        signer: Signer::Own,
        altered: true,
        word: "Do not use",
        why: "It was changed after it was signed.",
    };
    let (stage, _team) = fetch("do-not-use", case).await?;
    let app = &stage.app;
    let held = "do-not-use_1.sif.quarantine";
    ensure!(names(&stage.downloads())? == [held]);
    app.gone(&button("Upload…")).await?;
    app.gone(&button("Sign…")).await?;
    app.click(&button("Delete the file")).await?;
    app.says("The file has been deleted.").await?;
    ensure!(names(&stage.downloads())?.is_empty());
    Ok(())
}
