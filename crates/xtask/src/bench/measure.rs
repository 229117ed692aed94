//! What one run of a program costs: wall time, processor time, peak memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use wait4::Wait4 as _;

/// The cost of one run, or the median of several.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    /// From start to end.
    pub(super) wall: Duration,
    /// Spent in the program and for it in the kernel.
    pub(super) cpu: Duration,
    /// The most memory that was resident at once, in bytes.
    pub(super) peak: u64,
}

impl Cost {
    /// How many times as long this took as `other`.
    pub(super) fn times(self, other: Self) -> f64 {
        self.wall.as_secs_f64() / other.wall.as_secs_f64().max(f64::EPSILON)
    }

    /// Each number's median by itself.
    pub(super) fn median(runs: &[Self]) -> Self {
        Self {
            wall: middle(runs, |run| run.wall),
            cpu: middle(runs, |run| run.cpu),
            peak: middle(runs, |run| run.peak),
        }
    }
}

fn middle<T: Ord + Copy + Default>(runs: &[Cost], number: impl Fn(&Cost) -> T) -> T {
    let mut numbers: Vec<T> = runs.iter().map(number).collect();
    numbers.sort();
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// Runs a program to its good end; its last words are in the error when it fails.
pub(super) fn run(command: &mut Command) -> Result<Cost> {
    let said = tempfile::tempfile()?;
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(said.try_clone()?)
        .stderr(said.try_clone()?)
        .spawn()
        .with_context(|| format!("{:?} does not start", command.get_program()))?;
    let ended = child.wait4()?;
    let wall = begun.elapsed();
    if !ended.status.success() {
        let words = last_words(said)?;
        bail!("{command:?} ended with {}: {words}", ended.status);
    }
    Ok(Cost {
        wall,
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak: ended.rusage.maxrss,
    })
}

fn last_words(mut said: std::fs::File) -> Result<String> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let length = said.metadata()?.len();
    said.seek(SeekFrom::Start(length.saturating_sub(4096)))?;
    let mut words = Vec::new();
    said.read_to_end(&mut words)?;
    Ok(String::from_utf8_lossy(&words).into_owned())
}
