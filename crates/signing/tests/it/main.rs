//! What the crate promises, shown from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]

mod altering;
mod chains;
mod corpus;
mod cosign;
mod ecl;
mod envelopes;
mod golden;
mod hostile;
mod images;
mod judging;
mod keys;
mod programs;
mod publishing;
mod servers;
mod signing;
mod status;
mod store;
mod unread;
#[path = "../../../sif/tests/it/vectors.rs"]
mod vectors;
