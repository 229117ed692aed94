//! Tokens and accounts through the commands of the window, against the real library.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

mod abilities;
mod clipboard;
mod code;
mod command_line;
mod long_push;
mod providers;
mod scope;
mod several;
mod stage;
mod tokens;
mod vault;
