//! The built command against the real local library.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop where it stands, and one that is skipped says so"
)]

mod accounts;
mod bench;
mod browse;
mod bundle;
mod cosign;
mod images;
mod interrupt;
mod key_servers;
mod keychain;
mod ocsp;
mod signatures;
mod transfers;
mod usage;
#[cfg(target_os = "linux")]
mod vault;
#[path = "../../../sif/tests/it/vectors.rs"]
mod vectors;
