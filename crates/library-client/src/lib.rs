//! The Cloud Library as a client sees it: discovery, capability probe, browse, search, and the push
//! and pull primitives that the transfer engine drives.
//!
//! * [`Http`] holds the connections; [`http`] is the only place in the project that builds an HTTP client.
//! * [`discover`](discovery::discover) turns what a person typed into [`Endpoints`].
//! * [`LibraryClient`] speaks to one library. It asks a [`TokenSource`] for the bearer of each request
//!   and sends it to exactly one origin, never along a redirect or to a presigned address.
//! * [`oci`] speaks to the registry that some libraries keep their images in.
//! * Every answer is bounded and checked. Nothing here retries (save once, after a 401 with a fresh
//!   token), queues or touches a file: that is the transfer engine's work, and [`Error`] tells it
//!   what is worth retrying.
//!
//! Every future can be dropped at any moment; that is how a call is cancelled.

pub mod client;
pub mod discovery;
pub mod error;
pub mod http;
pub mod location;
pub mod oci;
pub mod origin;
pub mod probe;
pub mod token;

pub use client::{
    ApiLevel, ByteStream, LibraryClient, Located, MultipartUpload, SearchQuery, SearchTooShort,
    TokenVerdict, verify_token,
};
pub use discovery::{Endpoints, discover};
pub use error::{AddressFault, Error, Unreachable};
pub use http::{Http, Network, PlainHttp};
pub use location::{DownloadLocation, PresignedUrl};
pub use origin::Origin;
pub use probe::{Capabilities, Support};
pub use token::{Anonymous, BoxFuture, FixedToken, TokenError, TokenSource};
