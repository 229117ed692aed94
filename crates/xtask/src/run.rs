//! `cargo xtask run` and `cargo xtask package`.

use std::process::Command;

use anyhow::Result;

use crate::packages::{self, Purpose};
use crate::{build, e2e, root, session, step, ui};

/// Builds everything, makes the sample image, and opens Sifter; without a display, plays the tour instead.
pub(crate) fn run() -> Result<()> {
    let watched = session::has_display();
    packages::ensure(if watched {
        Purpose::Build
    } else {
        Purpose::Drive
    })?;
    ui::build()?;
    build::app()?;
    let sample = sample()?;
    if !watched {
        step::say("  no display here: playing the tour on a virtual one");
        return e2e::tour();
    }
    let home = home()?;
    step::say(&format!("  a sample image to share: {}", sample.display()));
    step::say(&format!("  data folder: {}", home.display()));
    step::shown(
        "Sifter is open; close its window to end",
        Command::new(root::built("sifter")).env("SIFTER_HOME", home),
    )
}

/// A data folder of its own for the app of this checkout, whose local library starts with it. What a person
/// has set there later is kept.
fn home() -> Result<std::path::PathBuf> {
    let home = root::target().join("sifter-home");
    let settings = home.join("config/settings.toml");
    if !settings.exists() {
        std::fs::create_dir_all(home.join("config"))?;
        std::fs::write(settings, "start_local_library = true\n")?;
    }
    Ok(home)
}

/// Makes `target/sample/hello-world.sif`, a real image with a root file system.
fn sample() -> Result<std::path::PathBuf> {
    let path = root::target().join("sample/hello-world.sif");
    step::quiet(
        "sample image",
        Command::new(root::built("sample-image")).arg(&path),
    )?;
    Ok(path)
}

/// Builds the bundles of this system with Tauri's own bundler.
pub(crate) fn package() -> Result<()> {
    packages::ensure(Purpose::Build)?;
    ui::install("ui")?;
    step::shown("bundles", &mut ui::npm("ui", &["exec", "tauri", "build"]))
}
