//! What this computer has: its name in the contract, container programs, a proxy.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;

/// How long a program may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(2);
/// A version is one line.
const LONGEST_ANSWER: u64 = 256;

/// `linux`, `macos` or `windows`.
pub(crate) fn os() -> &'static str {
    match env::consts::OS {
        os @ ("macos" | "windows") => os,
        _ => "linux",
    }
}

/// Name and version of a program that runs images, such as `Apptainer 1.4`.
pub(crate) async fn container_program() -> Option<String> {
    for (command, name) in [("apptainer", "Apptainer"), ("singularity", "Singularity")] {
        if let Some(program) = find(command)
            && let Some(answer) = version(&program).await
        {
            // `apptainer version 1.4.0`, `singularity-ce version 4.3.1-jammy`
            let name = if answer.starts_with("singularity-ce") {
                "SingularityCE"
            } else {
                name
            };
            let number = answer
                .split_whitespace()
                .next_back()?
                .split(['-', '+'])
                .next()?;
            let short: Vec<&str> = number.split('.').take(2).collect();
            return Some(format!("{name} {}", short.join(".")));
        }
    }
    None
}

/// The program in the search path. Looked up by hand so that nothing is started that is not there.
fn find(command: &str) -> Option<PathBuf> {
    let file = format!("{command}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

async fn version(program: &PathBuf) -> Option<String> {
    let mut child = tokio::process::Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut answer = String::new();
    let output = child.stdout.take()?;
    tokio::time::timeout(
        PATIENCE,
        output.take(LONGEST_ANSWER).read_to_string(&mut answer),
    )
    .await
    .ok()?
    .ok()?;
    Some(answer.trim().to_owned())
}
