//! Running programs with a line per step: what is done, how long it took, and the whole output only when
//! it failed.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Bytes of a failed program's output that are shown.
const SHOWN_ON_FAILURE: u64 = 24 * 1024;

/// Prints one line.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe must not stop the work.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Runs `command` quietly as the step `name`: one line when it begins, one when it ends.
///
/// The output goes to `target/xtask/<name>.log`; its end is shown when the program fails.
pub(crate) fn quiet(name: &str, command: &mut Command) -> Result<()> {
    let folder = crate::root::target().join("xtask");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}.log", name.replace([' ', '/'], "-")));
    let log = File::create(&path)?;
    say(&format!("· {name} …"));
    let begun = Instant::now();
    let status = command
        .current_dir(crate::root::root())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .status()
        .with_context(|| format!("could not start {:?}", command.get_program()))?;
    if status.success() {
        say(&format!(
            "✓ {name} ({:.0} s)",
            begun.elapsed().as_secs_f64()
        ));
        return Ok(());
    }
    show_end(&path)?;
    bail!(
        "{name}: {:?} ended with {status}; all of its output is in {}",
        command.get_program(),
        path.display()
    );
}

/// Runs `command` with its output shown, for programs that speak for themselves (test runners).
pub(crate) fn shown(name: &str, command: &mut Command) -> Result<()> {
    say(&format!("· {name} …"));
    let begun = Instant::now();
    let status = command
        .current_dir(crate::root::root())
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("could not start {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{name}: {:?} ended with {status}", command.get_program());
    }
    say(&format!(
        "✓ {name} ({:.0} s)",
        begun.elapsed().as_secs_f64()
    ));
    Ok(())
}

fn show_end(path: &std::path::Path) -> Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(SHOWN_ON_FAILURE)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    say(&String::from_utf8_lossy(&end));
    Ok(())
}

/// Whether a program is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}
