//! The library over loopback, as clients of the field speak to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and one that is skipped says so"
)]

mod access;
mod download;
mod fixture;
mod gnupg;
mod keys;
mod multipart;
mod rows;
mod service;
mod single;
