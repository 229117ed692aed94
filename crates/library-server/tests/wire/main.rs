//! The library over loopback, as clients of the field speak to it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod download;
mod fixture;
mod multipart;
mod rows;
mod service;
mod single;
