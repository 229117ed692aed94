//! Makes the sample image: `sample-image PATH [MEBIBYTES [ARCH]]`, the second to make it larger, the third
//! to make it for another processor.

use std::path::PathBuf;
use std::process::ExitCode;

use sifter_sif::Arch;
use sifter_test_support::{SifBuilder, hello_world};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next().map(PathBuf::from);
    let mebibytes = arguments
        .next()
        .map(|text| text.to_str().and_then(|text| text.parse().ok()));
    let arch = arguments
        .next()
        .map(|text| text.to_str().and_then(|text| text.parse().ok()));
    let (Some(path), None | Some(Some(_)), None | Some(Some(_)), None) =
        (path, mebibytes, arch, arguments.next())
    else {
        eprintln!("usage: sample-image PATH [MEBIBYTES [ARCH]]");
        return ExitCode::from(2);
    };
    match make(path, mebibytes.flatten(), arch.flatten()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The image is made beside its place and moved there, so that there is always a whole one.
fn make(path: PathBuf, mebibytes: Option<u64>, arch: Option<Arch>) -> anyhow::Result<()> {
    let fresh = path.with_extension(format!("sif.{}", std::process::id()));
    match mebibytes {
        None => hello_world(&fresh)?,
        Some(mebibytes) => SifBuilder::new()
            .arch(arch.unwrap_or(Arch::Amd64))
            .filled(mebibytes << 20, 1)
            .build(&fresh)?,
    };
    Ok(std::fs::rename(fresh, path)?)
}
