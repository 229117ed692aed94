//! Development only: what tests and the sample image need that ships with no release.
//!
//! [`SifBuilder`] makes real images without Singularity, [`spawn_library`] starts the real library
//! on a free loopback port with a folder of its own, [`FaultProxy`] stands between a client and a server
//! and breaks their conversation exactly where it is told to, a [`Front`] changes what they say, a [`TlsFront`]
//! shows certificates made for the test, a [`ForwardProxy`] is the way to the outside, and an [`IdentityProvider`]
//! plays the providers people sign in with.

mod connections;
mod dialect;
mod fault_proxy;
mod forward_proxy;
pub mod front;
mod library;
mod provider;
mod registry;
mod sif;
mod stop;
mod tls;

pub use dialect::{Dialect, Foreign};
pub use fault_proxy::{Direction, Exchange, Fault, FaultProxy, Rule};
pub use forward_proxy::ForwardProxy;
pub use front::Front;
pub use library::{SpawnedLibrary, spawn_library, spawn_library_with};
pub use provider::{Edit, Habits, IdentityProvider, Signing, Twists, Visitor};
pub use registry::{OciFront, Registry, Sessions};
pub use sif::{BuiltSif, RandomBytes, SifBuilder, hello_world};
pub use stop::stop_asked;
pub use tls::{TlsAuthority, TlsFront, TlsIdentity};
