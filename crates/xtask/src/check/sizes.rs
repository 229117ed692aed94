//! No source file is so long that it holds two rooms.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{root::root, step};

/// Lines after which a file fails the check.
const LIMIT: usize = 600;
/// Lines that any file of the shell may have.
const SHELL_LIMIT: usize = 300;

/// Fails with one line per file that is too long.
pub(crate) fn check() -> Result<()> {
    let mut long = Vec::new();
    for (folder, limit) in [
        ("crates", LIMIT),
        ("src-tauri", SHELL_LIMIT),
        ("tests", LIMIT),
        ("ui/src", LIMIT),
        ("ui/tests", LIMIT),
    ] {
        walk(&root().join(folder), limit, &mut long)?;
    }
    if long.is_empty() {
        step::say("✓ file sizes");
        return Ok(());
    }
    bail!(
        "too long, most are two rooms under one name:\n  {}",
        long.join("\n  ")
    )
}

fn walk(folder: &Path, limit: usize, long: &mut Vec<String>) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "node_modules" | "dist" | "target") {
                walk(&path, limit, long)?;
            }
        } else if name != "generated.ts"
            && matches!(
                path.extension().and_then(|e| e.to_str()),
                Some("rs" | "ts" | "svelte" | "go" | "css")
            )
        {
            let lines = std::fs::read_to_string(&path)?.lines().count();
            if lines > limit {
                long.push(format!(
                    "{} has {lines} lines, the limit is {limit}",
                    path.display()
                ));
            }
        }
    }
    Ok(())
}
