//! What the signatures of a download mean for it, and signing what goes up: over the wire, with a real library.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bundles;
mod comparing;
#[path = "../support/disk.rs"]
mod disk;
mod inspecting;
mod judging;
mod keys;
mod publishing;
mod remote;
mod signing;
mod stage;
