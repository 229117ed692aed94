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
mod github_exchange;
mod harness;
mod id_token_attacks;
mod named_tokens;
mod page_guards;
mod pages;
mod program;
mod provider_attacks;
mod tokens;
mod twisted;
