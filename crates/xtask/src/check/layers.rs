//! Arrows only downward: the table of docs/ARCHITECTURE.md against `cargo metadata`.

use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{root::root, step};

/// Who may use which of our own crates (build and development dependencies are free, except that the shell
/// stays at the top).
const ALLOWED: &[(&str, &[&str])] = &[
    ("sifter-library-api", &[]),
    ("sifter-sif", &[]),
    ("sifter-contract", &[]),
    ("sifter-openid", &[]),
    ("sifter-library-client", &["sifter-library-api"]),
    ("sifter-signing", &["sifter-sif"]),
    ("sifter-transfer", &[]),
    (
        "sifter-account",
        &[
            "sifter-library-api",
            "sifter-library-client",
            "sifter-openid",
        ],
    ),
    (
        "sifter-library-server",
        &[
            "sifter-library-api",
            "sifter-openid",
            "sifter-sif",
            "sifter-signing",
        ],
    ),
    (
        "sifter-app-core",
        &[
            "sifter-account",
            "sifter-contract",
            "sifter-library-api",
            "sifter-library-client",
            "sifter-library-server",
            "sifter-openid",
            "sifter-sif",
            "sifter-signing",
            "sifter-transfer",
        ],
    ),
    ("sifter", &["sifter-app-core", "sifter-contract"]),
    ("sifter-bridge", &["sifter-app-core", "sifter-contract"]),
    ("sifter-cli", &["sifter-app-core", "sifter-contract"]),
    (
        "sifter-test-support",
        &["sifter-library-api", "sifter-library-server", "sifter-sif"],
    ),
    ("sifter-window-tests", &["sifter-test-support"]),
    ("xtask", &[]),
];

/// Fails with one line per arrow that points the wrong way.
pub(crate) fn check() -> Result<()> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .context("cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name) else {
            wrong.push(format!(
                "{name} is not in the table of crates/xtask/src/check/layers.rs"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            let ours = ALLOWED.iter().any(|(crate_name, _)| *crate_name == used);
            if ours && dependency["kind"].is_null() && !allowed.contains(&used) {
                wrong.push(format!("{name} must not use {used}"));
            }
        }
    }
    if wrong.is_empty() {
        step::say("✓ layers");
        return Ok(());
    }
    bail!("layers:\n  {}", wrong.join("\n  "))
}
