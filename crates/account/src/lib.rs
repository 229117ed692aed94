//! Accounts: signing in through the browser, pasted tokens, the vault they lie in, and tokens that
//! are always fresh.
//!
//! - [`Vault`] keeps secrets in the keychain of the operating system; without one, in memory, or in an encrypted file
//!   if the person asks for it.
//! - [`Accounts`] is the list of accounts and hands out access tokens ([`Accounts::access_token`]).
//! - [`command_line`] reads the accounts of `singularity`, `apptainer` and `docker`, and hands a token to them.
//! - [`SignIns`] runs sign-ins: OAuth 2.1 authorization code with PKCE S256 over a loopback redirect.
//!
//! No secret leaves this crate except as a [`secrecy::SecretString`] on its way into a request.

mod account;
mod accounts;
mod answer;
mod bearer;
mod browser;
pub mod command_line;
mod device;
mod direct;
mod error;
mod grants;
mod identity;
mod loopback;
mod metadata;
mod providers;
mod secret;
mod session;
mod sign_in;
mod token;
mod transport;
pub mod vault;

pub use account::{Account, AccountId, AccountKind, AccountState, Server, ServerKey, Storage};
pub use accounts::{Accounts, SignedOut};
pub use bearer::AccountTokens;
pub use browser::{BrowserOpener, SystemBrowser};
pub use device::UserCode;
pub use direct::{AtProvider, OwnClient};
pub use error::{Cause, Error};
pub use grants::CLIENT_ID;
pub use identity::{BoxFuture, Identify, IdentifyError, Identity};
pub use providers::{Provider, ProviderKind};
pub use sign_in::{
    Admission, Phase, Progress, SignIn, SignInId, SignInRequest, SignIns, TIME_TO_SIGN_IN, Way,
};
pub use vault::{Vault, VaultStatus};

/// The name of Sifter's items in the keychain: the bundle identifier.
pub const DEFAULT_SERVICE: &str = "dev.sifter.desktop";
