//! What the signatures of a download mean for it, and signing what goes up: over the wire, with a real library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bundles;
#[path = "../support/disk.rs"]
mod disk;
mod inspecting;
mod judging;
mod comparing;
mod keys;
mod remote;
mod publishing;
mod signing;
mod stage;
