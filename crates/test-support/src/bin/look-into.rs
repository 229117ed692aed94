//! Looks into an image as the inspector does, and says how long that took and how many bytes of it were read:
//! `look-into FILE`. For the bench.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use sifter_sif::{Image, Source, list_text};

/// The most entries of a folder that a window shows at first.
const SHOWN: usize = 1000;

/// A file that counts what is read of it.
struct Counting(File, AtomicU64);

impl Source for Counting {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.0.read_at(buffer, offset)?;
        self.1.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn main() -> Result<()> {
    let path = std::env::args_os().nth(1).context("look-into FILE")?;
    let begun = Instant::now();
    let image = Image::load(Counting(File::open(&path)?, AtomicU64::new(0)))?;
    let facts = image.facts()?;
    let inspection = image.inspect()?;
    let objects = list_text(&image).lines().count();
    let entries = image.root_file_system()?.list("/", SHOWN)?.entries.len();
    let milliseconds = begun.elapsed().as_secs_f64() * 1000.0;
    let read = image.source().1.load(Ordering::Relaxed);
    // Everything that was asked for is used, so that nothing of it is left out of the time.
    anyhow::ensure!(objects > 0 && entries > 0 && inspection.metadata.is_some());
    println!("{milliseconds:.2} {read} {}", facts.size);
    Ok(())
}
