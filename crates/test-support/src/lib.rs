//! Development only: what tests and the sample image need that ships with no release.
//!
//! [`SifBuilder`] makes real images without Singularity, [`spawn_library`] starts the real library
//! on a free loopback port with a folder of its own, [`FaultProxy`] stands between a client and a server
//! and breaks their conversation exactly where it is told to, a [`Front`] changes what they say, and an
//! [`IdentityProvider`] plays the providers people sign in with.

mod dialect;
mod fault_proxy;
pub mod front;
mod library;
mod provider;
mod registry;
mod sif;

pub use dialect::{Dialect, Foreign};
pub use fault_proxy::{Direction, Exchange, Fault, FaultProxy, Rule};
pub use front::Front;
pub use library::{SpawnedLibrary, spawn_library, spawn_library_with};
pub use provider::{Edit, Habits, IdentityProvider, Signing, Twists, Visitor};
pub use registry::{OciFront, Registry, Sessions};
pub use sif::{BuiltSif, RandomBytes, SifBuilder, hello_world};
