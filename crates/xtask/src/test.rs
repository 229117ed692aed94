//! `cargo xtask test`: everything, quick things first.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;

use crate::packages::{self, Purpose};
use crate::{check, e2e, root, step, ui};

/// Installs what is missing and runs every check and test.
pub(crate) fn test() -> Result<()> {
    let begun = Instant::now();
    packages::ensure(Purpose::Drive)?;
    ui::build()?;
    check::all()?;
    step::quiet("window checks", &mut ui::npm("ui", &["run", "check"]))?;
    step::shown("window unit tests", &mut ui::npm("ui", &["run", "test"]))?;
    step::shown(
        "unit and wire tests",
        Command::new("cargo").args([
            "test",
            "--workspace",
            "--exclude",
            "sifter-window-tests",
            "--quiet",
        ]),
    )?;
    step::quiet(
        "Sifter and its bridge",
        Command::new("cargo").args(["build", "--package", "sifter", "--package", "sifter-bridge"]),
    )?;
    ui::install("tests/ui")?;
    step::shown(
        "window flows in Chromium",
        ui::npm("tests/ui", &["run", "test"])
            .env("SIFTER_BRIDGE", root::target().join("debug/sifter-bridge")),
    )?;
    step::shown(
        "window tests",
        Command::new("cargo").args([
            "test",
            "--package",
            "sifter-window-tests",
            "--",
            "--test-threads=1",
        ]),
    )?;
    e2e::main_job()?;
    e2e::cli_interop()?;
    step::say(&format!(
        "everything passed in {:.0} min",
        begun.elapsed().as_secs_f64() / 60.0
    ));
    Ok(())
}
