//! Development only: what tests and the sample image need that ships with no release.
//!
//! [`SifBuilder`] makes real images without Singularity, [`spawn_library`] starts the real library
//! on a free loopback port with a folder of its own, and [`FaultProxy`] stands between a client and
//! a server and breaks their conversation exactly where it is told to.

mod fault_proxy;
mod library;
mod sif;

pub use fault_proxy::{Direction, Exchange, Fault, FaultProxy, Rule};
pub use library::{SpawnedLibrary, spawn_library, spawn_library_with};
pub use sif::{BuiltSif, RandomBytes, SifBuilder, hello_world};
