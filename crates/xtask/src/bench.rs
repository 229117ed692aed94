//! How fast transfers are beside the official client and beside what the machine can do, in one run.
//! The claims are ratios; the seconds stand beside them so that a reader can judge the machine.

mod client;
mod floor;
mod inspect;
mod library;
mod measure;
mod report;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use self::client::{Client, Round, Side};
use self::library::{Library, Running};
use self::report::Rounds;
use crate::{root, step};

/// What is measured.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub(crate) enum Bench {
    /// Pushes and pulls beside the official client, directly and over a slow line.
    Transfer {
        /// Size of the image.
        #[arg(long, default_value_t = 1024)]
        mebibytes: u64,
        /// Size of the image for the slow line.
        #[arg(long, default_value_t = 256)]
        slow_mebibytes: u64,
        /// How often.
        #[arg(long, default_value_t = 5)]
        rounds: u32,
        /// How often over the slow line.
        #[arg(long, default_value_t = 3)]
        slow_rounds: u32,
    },
    /// Looks into a large image, and verifies one beside `sha256sum`.
    Inspect {
        /// Size of the image that is looked into; it takes no room on the disk.
        #[arg(long, default_value_t = 20)]
        gibibytes: u64,
        /// Size of the image that is verified.
        #[arg(long, default_value_t = 1024)]
        mebibytes: u64,
        /// How often.
        #[arg(long, default_value_t = 5)]
        rounds: u32,
    },
}

/// The line that a home office has: there and back in 80 ms, 20 Mbit/s for each connection.
const SLOW_DELAY_MS: u32 = 80;
const SLOW_MBIT: u32 = 20;

pub(crate) fn run(bench: Bench) -> Result<()> {
    match bench {
        Bench::Transfer {
            mebibytes,
            slow_mebibytes,
            rounds,
            slow_rounds,
        } => transfer((mebibytes, rounds), (slow_mebibytes, slow_rounds)),
        Bench::Inspect {
            gibibytes,
            mebibytes,
            rounds,
        } => inspect::run(gibibytes, mebibytes, rounds),
    }
}

fn transfer(
    (mebibytes, rounds): (u64, u32),
    (slow_mebibytes, slow_rounds): (u64, u32),
) -> Result<()> {
    let stage = Stage::build(fresh_folder("bench")?)?;
    stage.memory(mebibytes)?;
    stage.loopback(mebibytes, rounds)?;
    stage.slow_line(slow_mebibytes, slow_rounds)?;
    Ok(std::fs::remove_dir_all(stage.folder)?)
}

/// Where a bench takes place, and its programs.
struct Stage {
    folder: PathBuf,
    sifter: PathBuf,
    official: PathBuf,
}

impl Stage {
    fn build(folder: PathBuf) -> Result<Self> {
        build(&["sifter-cli", "sifter-library-server", "sifter-test-support"])?;
        let official = folder.join("go-peer");
        step::quiet(
            "official Go client",
            Command::new("go")
                .args(["build", "-C"])
                .arg(root::root().join("tests/peers/go"))
                .arg("-o")
                .arg(&official)
                .arg("."),
        )?;
        Ok(Self {
            folder,
            sifter: program("sifter-cli"),
            official,
        })
    }

    /// How much more memory a large image takes than a small one.
    fn memory(&self, mebibytes: u64) -> Result<()> {
        let small = self.sifter_alone("small", 1)?;
        let large = self.sifter_alone("large", mebibytes)?;
        for (what, small, large) in [
            ("push", small.push.peak, large.push.peak),
            ("pull", small.pull.peak, large.pull.peak),
        ] {
            step::say(&format!(
                "memory of a {what}: {} for 1 MiB, {} for {mebibytes} MiB: {} more",
                report::mebibytes(small),
                report::mebibytes(large),
                report::mebibytes(large.saturating_sub(small)),
            ));
        }
        Ok(())
    }

    fn sifter_alone(&self, name: &str, mebibytes: u64) -> Result<Round> {
        let library = Library::start(&self.folder.join(name))?;
        let image = self.image(mebibytes)?;
        let round = self
            .side(Client::Sifter, &library, &library.server.address)
            .round(&image, name)?;
        std::fs::remove_file(image)?;
        std::fs::remove_dir_all(self.folder.join(name))?;
        Ok(round)
    }

    fn loopback(&self, mebibytes: u64, rounds: u32) -> Result<()> {
        let libraries = self.libraries()?;
        let mut floor = Vec::new();
        let measured = self.rounds(
            &libraries,
            libraries
                .each_ref()
                .map(|library| library.server.address.as_str()),
            (mebibytes, rounds),
            |image| {
                floor.push(floor::measure(image, &self.folder.join("copy"))?);
                Ok(())
            },
        )?;
        report::print(
            &format!("{mebibytes} MiB over loopback"),
            &measured,
            Some(&floor),
        );
        self.clear()
    }

    fn slow_line(&self, mebibytes: u64, rounds: u32) -> Result<()> {
        let libraries = self.libraries()?;
        let [sifter, official] = libraries
            .each_ref()
            .map(|library| slow_line(&library.server.address));
        let (sifter, official) = (sifter?, official?);
        let measured = self.rounds(
            &libraries,
            [&sifter.address, &official.address],
            (mebibytes, rounds),
            |_| Ok(()),
        )?;
        report::print(
            &format!(
                "{mebibytes} MiB over {SLOW_MBIT} Mbit/s for each connection, {SLOW_DELAY_MS} ms"
            ),
            &measured,
            None,
        );
        self.clear()
    }

    /// Both clients in turn, each with its library, and `between` with every image.
    fn rounds(
        &self,
        libraries: &[Library; 2],
        addresses: [&str; 2],
        (mebibytes, rounds): (u64, u32),
        mut between: impl FnMut(&Path) -> Result<()>,
    ) -> Result<Rounds> {
        ensure!(rounds > 0, "a bench has at least one round");
        let [ours, theirs] = libraries;
        let sifter = self.side(Client::Sifter, ours, addresses[0]);
        let official = self.side(Client::Official, theirs, addresses[1]);
        let mut measured = Rounds {
            sifter: Vec::new(),
            official: Vec::new(),
        };
        for round in 0..rounds {
            // Another size every time: what a library has already is not sent again.
            let image = self.image(mebibytes + u64::from(round))?;
            between(&image)?;
            let tag = format!("r{round}");
            // Taking turns at being first evens out what the other has left in the caches.
            let sides = if round % 2 == 0 {
                [&sifter, &official]
            } else {
                [&official, &sifter]
            };
            for side in sides {
                let numbers = side.round(&image, &tag)?;
                match side.client {
                    Client::Sifter => measured.sifter.push(numbers),
                    Client::Official => measured.official.push(numbers),
                }
            }
            std::fs::remove_file(image)?;
        }
        Ok(measured)
    }

    fn libraries(&self) -> Result<[Library; 2]> {
        Ok([
            Library::start(&self.folder.join("sifter"))?,
            Library::start(&self.folder.join("official"))?,
        ])
    }

    fn side<'a>(&'a self, client: Client, library: &'a Library, address: &'a str) -> Side<'a> {
        Side {
            client,
            program: match client {
                Client::Sifter => &self.sifter,
                Client::Official => &self.official,
            },
            library,
            address,
            folder: self.folder.clone(),
        }
    }

    fn image(&self, mebibytes: u64) -> Result<PathBuf> {
        sample_image(&self.folder, "image.sif", mebibytes)
    }

    fn clear(&self) -> Result<()> {
        for name in ["sifter", "official"] {
            std::fs::remove_dir_all(self.folder.join(name))?;
        }
        Ok(())
    }
}

fn slow_line(to: &str) -> Result<Running> {
    Running::start(
        Command::new(program("slow-line"))
            .arg(to.trim_start_matches("http://"))
            .arg(SLOW_DELAY_MS.to_string())
            .arg(SLOW_MBIT.to_string()),
    )
}

/// An empty folder in the target folder.
fn fresh_folder(name: &str) -> Result<PathBuf> {
    let folder = root::target().join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Builds the programs of these packages as they are released.
fn build(packages: &[&str]) -> Result<()> {
    let packages = packages.iter().map(|name| format!("--package={name}"));
    step::quiet(
        "release programs",
        Command::new("cargo")
            .args(["build", "--release", "--bins"])
            .args(packages),
    )
}

/// Makes an image of this size.
fn sample_image(folder: &Path, name: &str, mebibytes: u64) -> Result<PathBuf> {
    let image = folder.join(name);
    let mut make = Command::new(program("sample-image"));
    measure::run(make.arg(&image).arg(mebibytes.to_string()))?;
    Ok(image)
}

fn program(name: &str) -> PathBuf {
    root::target()
        .join("release")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
