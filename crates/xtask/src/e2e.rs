//! Scenarios of the whole app with real programs around it.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::packages::{self, Purpose};
use crate::{build, root, step, ui};

/// The scenarios.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Scenario {
    /// Sign in, drag a large SIF in, get it back, restart; then look for leaked tokens.
    MainJob,
    /// The official Go client against the local library.
    CliInterop,
    /// Google, GitHub, GitLab and Microsoft, played by real authorization servers: both ways, and by codes.
    SignIn,
    /// Faults of the line, killed processes and lost folders, in front of the local library.
    Survive,
}

/// Builds what one scenario needs and runs it.
pub(crate) fn run(scenario: Scenario) -> Result<()> {
    match scenario {
        Scenario::MainJob => {
            packages::ensure(Purpose::Drive)?;
            ui::build()?;
            build::app()?;
            main_job()
        }
        Scenario::CliInterop => {
            packages::ensure(Purpose::Drive)?;
            ui::build()?;
            build::everything()?;
            cli_interop()
        }
        Scenario::SignIn => {
            packages::ensure(Purpose::Drive)?;
            ui::build()?;
            build::everything()?;
            sign_in(&[])?;
            step::shown(
                "a sign-in that is renewed during an upload",
                &mut build::tests(&["--test=accounts", "--", "a26_"]),
            )
        }
        Scenario::Survive => survive(),
    }
}

/// One provider by each way, for the test command.
pub(crate) fn sign_in_sample() -> Result<()> {
    sign_in(&["--grep", "@sample"])
}

/// Signs in at played providers with a real browser and a real keychain.
fn sign_in(more: &[&str]) -> Result<()> {
    ui::install("tests/providers")?;
    ui::install("tests/ui")?;
    let arguments = [&["run", "sign-in", "--"], more].concat();
    step::shown(
        "sign-in at the providers",
        ui::npm("tests/ui", &arguments).env("SIFTER_BRIDGE", root::built("sifter-bridge")),
    )
}

/// Rounds of killed transfers, when `SURVIVE_ROUNDS` does not say.
const KILL_ROUNDS: &str = "20";

/// Everything a transfer has to survive, one test after the other; each ends with a table.
fn survive() -> Result<()> {
    let mut tests = build::tests(&[
        "--test=survive",
        "--",
        "--include-ignored",
        "--test-threads=1",
    ]);
    if std::env::var_os("SURVIVE_ROUNDS").is_none() {
        tests.env("SURVIVE_ROUNDS", KILL_ROUNDS);
    }
    step::shown("transfers that survive", &mut tests)
}

/// The main journey with a file of at least 200 MiB.
pub(crate) fn main_job() -> Result<()> {
    step::shown(
        "main job",
        Command::new(root::built("journey"))
            .args(["main-job", "--pictures"])
            .arg(root::target().join("main-job")),
    )
}

/// The same journey with the sample image, in both themes, for people to look at.
pub(crate) fn tour() -> Result<()> {
    step::shown(
        "tour",
        Command::new(root::built("journey"))
            .args(["tour", "--pictures"])
            .arg(root::target().join("tour")),
    )
}

/// The official client pushes, pulls, searches and deletes, and the official SIF module lists and verifies. Skipped
/// where Go is absent or too old.
pub(crate) fn cli_interop() -> Result<()> {
    let version = Command::new("go").args(["env", "GOVERSION"]).output();
    let recent = version.is_ok_and(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text
            .trim()
            .trim_start_matches("go")
            .split('.')
            .map(str::parse::<u32>);
        matches!((numbers.next(), numbers.next()), (Some(Ok(1)), Some(Ok(minor))) if minor >= 24)
    });
    if !recent {
        step::say("- cli-interop skipped: it needs Go 1.24 or newer");
        return Ok(());
    }
    step::shown(
        "official Go client",
        &mut build::tests(&["--test=interop", "--", "--ignored"]),
    )
}
