//! Transfers that survive: the app's own engine against the real library, with a proxy between them that
//! breaks the conversation, processes that are killed, and folders that go away.
//!
//! A sample runs with every `cargo test`; `cargo xtask e2e survive` runs all of it and prints what came of it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

mod cases;
mod disk;
mod keys;
mod kill;
mod matrix;
#[path = "../support/nobody.rs"]
mod nobody;
mod registry;
mod report;
mod stage;
