//! The engine against a scripted library: every fault has its outcome, every invariant its test.

mod chaos;
mod fake;
mod invariants;
mod pull;
mod push;
mod queue;
mod rig;
