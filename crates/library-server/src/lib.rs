//! The local library: the Cloud Library API served from SQLite and an object store.
//!
//! One crate, two ways to run. Inside the desktop app it is bound to 127.0.0.1 and belongs to one
//! person; as `sifter-library serve` it answers a team. [`LibraryServer::start`] is both.
//!
//! What it speaks is the Cloud Library API as the `singularity` and `apptainer` command lines speak it:
//! discovery, version, token status, entities, collections, containers, images, tags v1 and v2, v2
//! uploads with signed part URLs, ranged downloads behind a 303, search and delete. It is also the
//! authorization server of its own accounts (module `oauth`), and lets people sign in with an account
//! elsewhere where an administrator has configured one ([`Provider`]).
//!
//! It does not encrypt connections (a reverse proxy does) and knows no clusters.

mod blobs;
mod caller;
mod catalog;
mod clock;
mod config;
mod db;
mod error;
mod fault;
mod ids;
mod intake;
mod keys;
mod listen;
mod oauth;
mod peer;
mod people;
mod providers;
mod reception;
mod routes;
mod server;
mod settings;
mod signed_url;
mod state;
mod sweep;
#[cfg(test)]
mod test_bed;
mod tickets;
mod tokens;

pub use config::file::{ConfigFault, Settings};
pub use config::{Config, Owner, UploadPolicy};
pub use error::Error;
pub use people::identities::Account;
pub use providers::{Provider, ProviderKind};
pub use server::{LibraryServer, RunningLibrary};
pub use tickets::Ticket;
pub use tokens::{
    AccessToken, accounts, create_access_token, link_account, mint_ticket, withdraw_ticket,
};
