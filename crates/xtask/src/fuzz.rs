//! Fuzzing: every target of `fuzz/` for a while, with what came of it in one line each.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::{root, step};

/// Seconds after which one input counts as one that never ends.
const PATIENCE: u32 = 20;
/// The most memory for one process, in MiB.
const MEMORY: u32 = 2048;

/// Fuzzes each target, or one, for so many minutes.
pub(crate) fn run(minutes: u32, only: Option<&str>) -> Result<()> {
    ensure!(minutes > 0, "fuzzing takes at least a minute");
    ensure!(
        has(&["+nightly", "--version"]),
        "fuzzing needs a nightly compiler: rustup toolchain install nightly. \
         Without one, the test fuzz_corpus replays the inputs that were kept."
    );
    ensure!(
        has(&["+nightly", "fuzz", "--version"]),
        "fuzzing needs cargo-fuzz: cargo install cargo-fuzz"
    );
    let mut targets = targets()?;
    if let Some(only) = only {
        targets.retain(|target| target == only);
        ensure!(!targets.is_empty(), "there is no target {only}");
    }
    let mut harmed = Vec::new();
    for target in targets {
        if !fuzz(&target, minutes)? {
            harmed.push(target);
        }
    }
    if harmed.is_empty() {
        return Ok(());
    }
    bail!(
        "inputs that do harm were found for {}; they are in fuzz/artifacts",
        harmed.join(", ")
    )
}

/// Whether cargo does this.
fn has(arguments: &[&str]) -> bool {
    let quiet = Command::new("cargo")
        .args(arguments)
        .current_dir(root::root().join("fuzz"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

/// The names of the targets, which are those of their programs.
fn targets() -> Result<Vec<String>> {
    let folder = root::root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Fuzzes one target; `false` when an input did harm.
fn fuzz(target: &str, minutes: u32) -> Result<bool> {
    // What the fuzzer finds on its way is kept apart from the inputs that belong to the checkout.
    let found = root::target().join("fuzz-corpus").join(target);
    fs::create_dir_all(&found)?;
    step::say(&format!("· {target} …"));
    let output = Command::new("cargo")
        .args(["+nightly", "fuzz", "run", target])
        .arg(&found)
        .arg(format!("corpus/{target}"))
        .arg("--")
        .arg(format!("-max_total_time={}", minutes * 60))
        .arg(format!("-timeout={PATIENCE}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg("-print_final_stats=1")
        .current_dir(root::root().join("fuzz"))
        .stdin(Stdio::null())
        .output()
        .context("cargo fuzz")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let inputs = said
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let coverage = said
        .lines()
        .rev()
        .find_map(|line| Some(line.split_once(" cov: ")?.1.split(' ').next()?.to_owned()));
    if output.status.success() {
        step::say(&format!(
            "✓ {target}: {} inputs, {} edges",
            inputs
                .context("the fuzzer says nothing about its inputs")?
                .trim(),
            coverage.as_deref().unwrap_or("?"),
        ));
        return Ok(true);
    }
    let end: Vec<&str> = said.lines().rev().take(40).collect();
    for line in end.into_iter().rev() {
        step::say(line);
    }
    ensure!(did_harm(&said), "{target} did not run");
    Ok(false)
}

/// Whether the fuzzer says that it kept an input that did harm. A program that could not be built, or not be started,
/// ends badly too, and cargo-fuzz makes the folder for such inputs in any case.
fn did_harm(said: &str) -> bool {
    said.contains("Test unit written to ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_did_not_run_did_no_harm() {
        assert!(did_harm(
            "SUMMARY: libFuzzer: deadly signal\nartifact_prefix='fuzz/artifacts/dsse/'; \
             Test unit written to fuzz/artifacts/dsse/crash-0a4d55a8d778e5022fab701977c5d840bbc486d0\n"
        ));
        assert!(!did_harm(
            "error: could not compile `sifter-fuzz` (lib) due to 1 previous error\n\
             Error: failed to build fuzz script\n"
        ));
    }
}
