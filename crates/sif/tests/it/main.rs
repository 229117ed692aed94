//! What the crate promises, shown from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and one that is skipped says so"
)]

mod changing;
mod golden_changes;
mod golden_images;
mod golden_text;
mod golden_writer;
mod growing;
mod growing_disks;
mod hostile;
mod hostile_squashfs;
mod inspecting;
mod looking;
mod oci;
mod opening;
mod reading;
mod samples;
mod vectors;
