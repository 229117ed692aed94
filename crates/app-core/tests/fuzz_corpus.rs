//! The inputs that fuzzing was begun with, and those it found, on a stable compiler.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

#[path = "../../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "the functions of the fuzz targets")]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target)
}

#[test]
fn every_input_that_was_kept_does_no_harm() {
    for (name, target) in targets::TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(corpus(name)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            target(&fs::read(path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no corpus");
    }
}

#[test]
fn what_fuzzing_begins_with_comes_to_the_end_of_what_reads_it() {
    let read = |target: &str, name: &str| fs::read(corpus(target).join(name)).unwrap();
    for (name, good) in [
        ("good", true),
        ("delegated", true),
        ("nonce", false),
        ("revoked", false),
        ("refused", false),
    ] {
        assert_eq!(targets::is_good(&read("ocsp", name)), good, "{name}");
    }
    for (name, signed) in [
        ("signed", true),
        ("of-another-image", false),
        ("by-nobody", false),
    ] {
        assert_eq!(targets::is_signed(&read("cosign", name)), signed, "{name}");
    }
}

#[test]
fn every_target_has_its_program() {
    let manifest = fs::read_to_string(corpus("../Cargo.toml")).unwrap();
    for (name, _) in targets::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let program = corpus("../fuzz_targets").join(format!("{name}.rs"));
        let program = fs::read_to_string(program).unwrap();
        assert!(program.contains(&format!("sifter_fuzz::{name}(bytes)")));
    }
    let programs = fs::read_dir(corpus("../fuzz_targets")).unwrap().count();
    assert_eq!(programs, targets::TARGETS.len());
}
