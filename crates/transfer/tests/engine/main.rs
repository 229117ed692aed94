//! The engine against a scripted library: every fault has its outcome, every invariant its test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod chaos;
mod chunks;
mod fake;
mod hostile;
mod idle;
mod invariants;
mod judging;
mod limits;
mod pace;
mod pull;
mod push;
mod queue;
mod rig;
mod stopping;
