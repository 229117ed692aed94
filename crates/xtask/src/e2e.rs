//! Scenarios of the whole app with real programs around it.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::packages::{self, Purpose};
use crate::{root, run, step, ui};

/// The scenarios.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Scenario {
    /// Sign in, drag a large SIF in, get it back, restart; then look for leaked tokens.
    MainJob,
    /// The official Go client against the local library.
    CliInterop,
}

/// Runs one scenario after making sure that its programs are there.
pub(crate) fn run(scenario: Scenario) -> Result<()> {
    packages::ensure(Purpose::Drive)?;
    match scenario {
        Scenario::MainJob => {
            ui::build()?;
            step::quiet(
                "Sifter",
                Command::new("cargo").args(["build", "--package", "sifter"]),
            )?;
            main_job()
        }
        Scenario::CliInterop => cli_interop(),
    }
}

/// The main journey with a file of at least 200 MiB. Expects the app and its bundle to be built.
pub(crate) fn main_job() -> Result<()> {
    step::shown(
        "main job",
        journey()
            .args(["main-job", "--pictures"])
            .arg(root::target().join("main-job")),
    )
}

/// The same journey with the sample image, in both themes, for people to look at.
pub(crate) fn tour() -> Result<()> {
    run::sample()?;
    step::shown(
        "tour",
        journey()
            .args(["tour", "--pictures"])
            .arg(root::target().join("tour")),
    )
}

fn journey() -> Command {
    let mut command = Command::new("cargo");
    command.args([
        "run",
        "--quiet",
        "--package",
        "sifter-window-tests",
        "--bin",
        "journey",
        "--",
    ]);
    command
}

/// The official client pushes, pulls, searches and deletes. Skipped where Go is absent or too old.
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
        Command::new("cargo").args([
            "test",
            "--package",
            "sifter-cli",
            "--test",
            "interop",
            "--",
            "--ignored",
        ]),
    )
}
