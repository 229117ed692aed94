//! How soon an image shows what is in it, and how verifying one compares with hashing its bytes.

use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::measure::{self, Cost};
use super::{build, fresh_folder, program, report, sample_image};
use crate::step;

/// Length of a descriptor, where its table begins, and the data type of a partition (SIF specification).
const DESCRIPTOR: usize = 585;
const TABLE: u64 = 4096;
const PARTITION: [u8; 4] = 0x4004_u32.to_le_bytes();

pub(super) fn run(gibibytes: u64, mebibytes: u64, rounds: u32) -> Result<()> {
    ensure!(rounds > 0, "a bench has at least one round");
    let folder = fresh_folder("bench-inspect")?;
    build(&["sifter-cli", "sifter-test-support"])?;
    look_into(&folder, gibibytes, rounds)?;
    verify(&folder, mebibytes, rounds)?;
    Ok(std::fs::remove_dir_all(folder)?)
}

fn look_into(folder: &Path, gibibytes: u64, rounds: u32) -> Result<()> {
    let image = sample_image(folder, "huge.sif", 1)?;
    grow(&image, gibibytes << 30)?;
    let (mut times, mut read, mut whole) = (Vec::new(), 0, Vec::new());
    for _ in 0..rounds {
        let said = Command::new(program("look-into")).arg(&image).output()?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let (time, bytes) = numbers(&text).with_context(|| format!("look-into says {text:?}"))?;
        times.push(time);
        read = bytes;
        let mut list = Command::new(program("sifter-cli"));
        whole.push(measure::run(list.args(["sif", "list"]).arg(&image))?);
    }
    times.sort_by(f64::total_cmp);
    let whole = Cost::median(&whole);
    step::say(&format!(
        "open, inspect and list an image of {gibibytes} GiB: {:.2} ms, {read} bytes read; \
         \"sifter-cli sif list\" as a program: {:.0} ms, {} at most",
        times.get(times.len() / 2).copied().unwrap_or_default(),
        whole.wall.as_secs_f64() * 1000.0,
        report::mebibytes(whole.peak),
    ));
    Ok(std::fs::remove_file(image)?)
}

/// The milliseconds that it took, and the bytes that were read.
fn numbers(said: &str) -> Option<(f64, u64)> {
    let mut words = said.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

fn verify(folder: &Path, mebibytes: u64, rounds: u32) -> Result<()> {
    let image = sample_image(folder, "signed.sif", mebibytes)?;
    let sifter = || {
        let mut command = Command::new(program("sifter-cli"));
        command
            .env("SIFTER_HOME", folder.join("home"))
            .env("HOME", folder.join("person"))
            .env_remove("SIFTER_LOG");
        command
    };
    let name = "Bench <bench@example.org>";
    measure::run(sifter().args(["key", "generate", name, "--no-passphrase"]))?;
    measure::run(sifter().arg("sign").arg(&image))?;
    let (mut ours, mut hash, mut fast) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(measure::run(
            sifter().args(["verify", "--offline"]).arg(&image),
        )?);
        hash.push(measure::run(Command::new("sha256sum").arg(&image))?);
        // Many builds of sha256sum do without the instructions that processors have for this; OpenSSL uses them.
        let openssl = measure::run(
            Command::new("openssl")
                .args(["dgst", "-sha256"])
                .arg(&image),
        );
        fast.extend(openssl.ok());
    }
    let ours = Cost::median(&ours);
    step::say(&format!(
        "verify an image of {mebibytes} MiB: {:.2} s, {} at most",
        ours.wall.as_secs_f64(),
        report::mebibytes(ours.peak),
    ));
    for (what, costs) in [("sha256sum", hash), ("openssl dgst", fast)] {
        if costs.is_empty() {
            step::say(&format!("there is no {what} here to compare with"));
            continue;
        }
        let hash = Cost::median(&costs);
        step::say(&format!(
            "{what} of the same bytes: {:.2} s; verifying takes {:.2} times as long",
            hash.wall.as_secs_f64(),
            ours.times(hash),
        ));
    }
    Ok(())
}

/// Lets the root file system of an image, which is its last object, be `size` bytes long. What is added is a hole.
fn grow(image: &Path, size: u64) -> Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(image)?;
    let mut table = vec![0; DESCRIPTOR * 48];
    file.seek(SeekFrom::Start(TABLE))?;
    file.read_exact(&mut table)?;
    let found = table
        .chunks_exact(DESCRIPTOR)
        .position(|descriptor| descriptor.starts_with(&PARTITION));
    let slot = found.context("the sample has no partition")?;
    let descriptor = TABLE + (slot * DESCRIPTOR) as u64;
    let mut offset = [0; 8];
    file.seek(SeekFrom::Start(descriptor + 17))?;
    file.read_exact(&mut offset)?;
    file.write_all(&size.to_le_bytes())?;
    Ok(file.set_len(u64::from_le_bytes(offset) + size)?)
}
