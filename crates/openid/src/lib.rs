//! Identity providers as data: which there are and how they differ, what their metadata may say, what their ID
//! tokens prove. No I/O.
//!
//! Two programs are clients of a provider, and check it alike: the library that people sign in to with an account
//! elsewhere, and the app where it signs in at the provider itself and brings what it got to the library.
//!
//! - [`ProviderKind`]: Google, GitHub, GitLab, Microsoft, or any other OpenID provider.
//! - [`Endpoints`]: its addresses, from checked metadata (OpenID Connect Discovery); [`Departure`]: the address that
//!   a browser is sent to.
//! - [`Jws`], [`KeySet`], [`Expected`], [`Claims`]: ID tokens (OpenID Connect Core section 3.1.3.7).
//! - [`token_answer`]: what token endpoints answer; [`GitHubUser`]: who somebody is where there are no ID tokens.
//! - [`exchange`]: how the app brings what it got.

mod departure;
mod error;
pub mod exchange;
mod github;
mod id_token;
mod jws;
mod kind;
mod metadata;
mod tokens;

pub use departure::Departure;
pub use error::{ErrorCode, Fault, IdTokenFault};
pub use github::{GitHubUser, github_token_check};
pub use id_token::{Claims, Expected, issuer_of};
pub use jws::{Jws, KeySet};
pub use kind::{ProviderKind, is_loopback};
pub use metadata::{Endpoints, IdentitySource, metadata_address};
pub use tokens::{ProviderTokens, token_answer};
