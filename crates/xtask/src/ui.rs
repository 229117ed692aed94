//! The window's bundle.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{root::root, step};

/// `npm` in a folder of the checkout.
pub(crate) fn npm(folder: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command
        .arg("--prefix")
        .arg(root().join(folder))
        .args(arguments);
    command
}

/// Installs the packages that the lock file names, unless they are there already.
pub(crate) fn install(folder: &str) -> Result<()> {
    let base = root().join(folder);
    let lock = std::fs::read(base.join("package-lock.json"))?;
    let stamp = base.join("node_modules/.installed-lock.json");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if !step::on_path("npm") && !step::on_path("npm.cmd") {
        bail!("Node.js 20 or newer with npm is needed to build the window: https://nodejs.org");
    }
    step::quiet(
        &format!("npm packages of {folder}"),
        &mut npm(folder, &["ci", "--no-audit", "--no-fund"]),
    )?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

/// Builds `ui/dist`.
pub(crate) fn build() -> Result<()> {
    install("ui")?;
    step::quiet("window bundle", &mut npm("ui", &["run", "build"]))
}
