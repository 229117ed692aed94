//! `cargo xtask test`: everything, quick things first.

use std::time::Instant;

use anyhow::Result;

use crate::packages::{self, Purpose};
use crate::{build, check, e2e, root, step, ui};

/// Installs what is missing and runs every check and test.
pub(crate) fn test() -> Result<()> {
    let begun = Instant::now();
    packages::ensure(Purpose::Drive)?;
    ui::build()?;
    check::all()?;
    step::quiet("window checks", &mut ui::npm("ui", &["run", "check"]))?;
    step::shown("window unit tests", &mut ui::npm("ui", &["run", "test"]))?;
    build::everything()?;
    step::shown("unit and wire tests", &mut build::tests(&["--quiet"]))?;
    ui::install("tests/ui")?;
    step::quiet(
        "checks of the window flows",
        &mut ui::npm("tests/ui", &["run", "check"]),
    )?;
    step::shown(
        "window flows in Chromium",
        ui::npm("tests/ui", &["run", "test"]).env("SIFTER_BRIDGE", root::built("sifter-bridge")),
    )?;
    step::shown(
        "window tests",
        &mut build::tests(&["--test=window", "--", "--ignored", "--test-threads=1"]),
    )?;
    e2e::main_job()?;
    e2e::sign_in_sample()?;
    e2e::cli_interop()?;
    step::say(&format!(
        "everything passed in {:.0} min",
        begun.elapsed().as_secs_f64() / 60.0
    ));
    Ok(())
}
