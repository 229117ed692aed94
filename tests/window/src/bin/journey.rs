//! Plays the main job: `journey main-job` with a large image, `journey tour` with the sample, both themes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use sifter_window_tests::journey::{Journey, large_image};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Folder for the pictures; what is in it is replaced.
    #[arg(long, global = true, default_value = "target/journey")]
    pictures: PathBuf,
}

#[derive(Subcommand)]
enum What {
    /// With an image of more than 200 MiB.
    MainJob,
    /// With the sample image, a picture per step in light and dark.
    Tour,
}

#[tokio::main]
async fn main() -> ExitCode {
    match play(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("  ✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn play(arguments: Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (image, both_themes) = match arguments.what {
        What::MainJob => (large_image(folder.path())?, false),
        What::Tour => (sample()?, true),
    };
    Journey {
        image,
        pictures: arguments.pictures,
        both_themes,
    }
    .play()
    .await
}

fn sample() -> Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(std::fs::canonicalize(
        target.join("sample/hello-world.sif"),
    )?)
}
