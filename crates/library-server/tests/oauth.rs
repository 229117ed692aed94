//! The authorization server over real connections: one test for each guard. Times are tested beside the
//! code, where the clock can be moved.

#[path = "oauth/attacks.rs"]
mod attacks;
#[path = "oauth/harness.rs"]
mod harness;
#[path = "oauth/pages.rs"]
mod pages;
#[path = "oauth/tokens.rs"]
mod tokens;
