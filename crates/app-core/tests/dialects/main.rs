//! Servers that speak otherwise than the local library: every transfer ends well or with a name, and what a
//! server cannot do is said.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

#[path = "../support/nobody.rs"]
mod nobody;

mod connecting;
mod hinkskalle;
mod link;
mod plans;
mod remote_image;
mod stage;
mod there_and_back;
