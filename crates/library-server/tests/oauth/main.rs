//! The authorization server over real connections: one test for each guard. Times are tested beside the
//! code, where the clock can be moved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod attacks;
mod browser;
mod device;
mod exchange;
mod federation;
mod harness;
mod named_tokens;
mod pages;
mod provider_attacks;
mod tokens;
