//! Attacks on sign-ins and renewals, against an authorization server of the test's own. Names begin with the
//! number of the attack in docs/security.md.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod keychain;
mod leaving;
mod played;
mod processes;
mod renewing;
mod several;
