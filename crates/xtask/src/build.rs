//! What is compiled. Each command compiles once, with one selection of packages: another selection would choose
//! other features of shared dependencies and build them a second time.

use std::process::Command;

use anyhow::Result;

use crate::step;

/// The app, the sample image's maker, and what plays the journeys.
pub(crate) fn app() -> Result<()> {
    step::quiet(
        "Sifter",
        Command::new("cargo").args([
            "build",
            "--bins",
            "--package=sifter",
            "--package=sifter-test-support",
            "--package=sifter-window-tests",
        ]),
    )
}

/// Every program and every test.
pub(crate) fn everything() -> Result<()> {
    step::quiet(
        "programs and tests",
        Command::new("cargo").args(["build", "--workspace", "--all-targets"]),
    )
}

/// `cargo test` over everything, as [`everything`] built it.
pub(crate) fn tests(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace"]).args(arguments);
    command
}
