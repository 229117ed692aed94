//! Signing in at a provider itself, against one that plays Google, GitHub, GitLab or Microsoft, and a real library
//! that exchanges what the app brings. Names begin with the number of the attack in the project's security notes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod good;
mod id_tokens;
mod stage;
