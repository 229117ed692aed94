//! The house's own rules: formatting, lints, who may use whom, how long a file may be, licences.

mod layers;
mod sizes;

use std::process::Command;

use anyhow::Result;

use crate::{root, step};

/// The version of cargo-deny that `deny.toml` is written for.
const DENY: &str = "0.20.2";

/// Every check that runs no test.
pub(crate) fn all() -> Result<()> {
    layers::check()?;
    sizes::check()?;
    step::quiet(
        "formatting",
        Command::new("cargo").args(["fmt", "--all", "--check"]),
    )?;
    step::quiet(
        "lints",
        Command::new("cargo").args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ]),
    )?;
    licences()
}

/// Licences, sources and the walls between rooms, by cargo-deny. Advisories need a database from the internet
/// and are checked where there is one: `cargo deny check advisories`.
fn licences() -> Result<()> {
    let tools = root::target().join("tools");
    let deny = tools.join("bin/cargo-deny");
    let have = Command::new(&deny)
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(DENY));
    if !have {
        step::quiet(
            "cargo-deny",
            Command::new("cargo")
                .args([
                    "install",
                    "cargo-deny",
                    "--locked",
                    "--version",
                    DENY,
                    "--no-default-features",
                    "--root",
                ])
                .arg(&tools)
                .env("CARGO_TARGET_DIR", root::target().join("tools-build"))
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                .env("CARGO_PROFILE_RELEASE_LTO", "off"),
        )?;
    }
    step::quiet(
        "licences and walls",
        Command::new(&deny).args(["--workspace", "check", "bans", "licenses", "sources"]),
    )
}
