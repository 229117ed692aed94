//! The built command against the real local library.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod accounts;
mod bench;
mod browse;
mod images;
mod interrupt;
mod key_servers;
mod keychain;
mod signatures;
mod transfers;
mod usage;
