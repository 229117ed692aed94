//! How fast transfers are beside the official client, in one run on one machine. Numbers are ratios; the seconds
//! stand beside them so that a reader can judge the machine.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::{root, step};

/// Who has the libraries of a bench.
const OWNER: &str = "bench";

/// Pushes and pulls an image of `mebibytes` with both clients, `rounds` times in turn, and prints the medians.
pub(crate) fn run(mebibytes: u64, rounds: usize) -> Result<()> {
    ensure!(rounds > 0, "a bench has at least one round");
    build()?;
    let folder = root::target().join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let peer = folder.join("go-peer");
    step::quiet(
        "official Go client",
        Command::new("go")
            .args(["build", "-C"])
            .arg(root::root().join("tests/peers/go"))
            .arg("-o")
            .arg(&peer)
            .arg("."),
    )?;
    let mut ours = Side::new(&folder, "sifter", program("sifter-cli"))?;
    let mut official = Side::new(&folder, "official", peer)?;
    let mut copies = Vec::new();
    for round in 0..rounds {
        // Another size every time: what a library has already is not sent again.
        let image = folder.join(format!("image-{round}.sif"));
        let size = mebibytes + u64::try_from(round)?;
        let made = Command::new(program("sample-image"))
            .arg(&image)
            .arg(size.to_string())
            .status()?;
        ensure!(made.success(), "the image could not be made");
        copies.push(seconds(|| Ok(copy(&image, &folder.join("copy"))?))?);
        // Taking turns at being first evens out what the other has left in the caches.
        let sides = if round % 2 == 0 {
            [&mut ours, &mut official]
        } else {
            [&mut official, &mut ours]
        };
        for side in sides {
            side.round(&image, round)?;
        }
        std::fs::remove_file(&image)?;
    }
    step::say(&format!("{mebibytes} MiB, medians of {rounds} rounds"));
    let copied = median(&mut copies);
    step::say(&format!("  copy on this disk, synced   {copied:6.2} s"));
    for (what, sifter, official) in [
        ("push", &mut ours.pushes, &mut official.pushes),
        ("pull", &mut ours.pulls, &mut official.pulls),
    ] {
        let (sifter, official) = (median(sifter), median(official));
        step::say(&format!(
            "  {what}  Sifter {sifter:6.2} s   official client {official:6.2} s   ratio {:.2}   to a copy {:.2}",
            sifter / official,
            sifter / copied,
        ));
    }
    drop((ours, official));
    Ok(std::fs::remove_dir_all(folder)?)
}

fn build() -> Result<()> {
    step::quiet(
        "release programs",
        Command::new("cargo").args([
            "build",
            "--release",
            "--bins",
            "--package=sifter-cli",
            "--package=sifter-library-server",
            "--package=sifter-test-support",
        ]),
    )
}

fn program(name: &str) -> PathBuf {
    root::target()
        .join("release")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// One client with a library of its own.
struct Side {
    client: PathBuf,
    official: bool,
    folder: PathBuf,
    address: String,
    server: Child,
    pushes: Vec<f64>,
    pulls: Vec<f64>,
}

impl Side {
    fn new(folder: &Path, name: &str, client: PathBuf) -> Result<Self> {
        let folder = folder.join(name);
        let data = folder.join("library");
        std::fs::create_dir_all(&data)?;
        let mut server = Command::new(program("sifter-library"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--owner",
                OWNER,
                "--data",
            ])
            .arg(&data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the library does not start")?;
        let said = server.stdout.take().context("no output to read")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let address = line
            .trim()
            .strip_prefix("Library at ")
            .context("the library does not say where it is")?
            .trim_end_matches('/')
            .to_owned();
        let token = Command::new(program("sifter-library"))
            .args(["token", "create", "--name", "bench", "--data"])
            .arg(&data)
            .output()?;
        ensure!(token.status.success(), "no token could be made");
        std::fs::write(folder.join("token"), token.stdout)?;
        Ok(Self {
            client,
            official: name == "official",
            folder,
            address,
            server,
            pushes: Vec::new(),
            pulls: Vec::new(),
        })
    }

    fn round(&mut self, image: &Path, round: usize) -> Result<()> {
        let reference = format!("{OWNER}/speed/image:r{round}");
        let fetched = self.folder.join("fetched.sif");
        let pushed = seconds(|| self.call("push", &[image.as_os_str(), reference.as_ref()]))?;
        let pulled = seconds(|| self.call("pull", &[reference.as_ref(), fetched.as_os_str()]))?;
        ensure!(
            std::fs::metadata(&fetched)?.len() == std::fs::metadata(image)?.len(),
            "the image that came back has another size"
        );
        std::fs::remove_file(fetched)?;
        self.pushes.push(pushed);
        self.pulls.push(pulled);
        Ok(())
    }

    fn call(&self, verb: &str, arguments: &[&std::ffi::OsStr]) -> Result<()> {
        let mut command = Command::new(&self.client);
        let token = self.folder.join("token");
        if self.official {
            command.args([
                verb,
                "-arch",
                "amd64",
                "-library",
                &self.address,
                "-token-file",
            ]);
        } else {
            command.args([
                verb,
                "--arch",
                "amd64",
                "--server",
                &self.address,
                "--token-file",
            ]);
        }
        let output = command.arg(token).args(arguments).output()?;
        if !output.status.success() {
            bail!(
                "{verb} with {} failed: {}{}",
                self.client.display(),
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(())
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Copies a file and waits until it is on the disk.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    std::fs::File::open(to)?.sync_all()
}

fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
