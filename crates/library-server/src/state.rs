//! What every request handler shares.

use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::keys::Desk;
use crate::oauth::Memory;
use crate::reception::Reception;
use crate::signed_url::SigningKey;

/// Shared by all handlers; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct AppState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: Config,
    clock: Clock,
    db: Db,
    blobs: Blobs,
    reception: Reception,
    signing_key: SigningKey,
    oauth: Memory,
    keys: Desk,
    /// Where the listener ended up, port included.
    local_address: std::net::SocketAddr,
}

impl AppState {
    pub(crate) fn new(
        config: Config,
        clock: Clock,
        db: Db,
        blobs: Blobs,
        signing_key: SigningKey,
        local_address: std::net::SocketAddr,
    ) -> Self {
        let reception = Reception::new(blobs.incoming().to_owned());
        let oauth = Memory::new(&config.providers);
        Self(Arc::new(Shared {
            config,
            clock,
            db,
            blobs,
            reception,
            signing_key,
            oauth,
            keys: Desk::default(),
            local_address,
        }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Uploads that are arriving.
    pub(crate) fn reception(&self) -> &Reception {
        &self.0.reception
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.0.signing_key
    }

    /// What the authorization server keeps in memory.
    pub(crate) fn oauth(&self) -> &Memory {
        &self.0.oauth
    }

    /// The key server.
    pub(crate) fn keys(&self) -> &Desk {
        &self.0.keys
    }

    pub(crate) fn local_address(&self) -> std::net::SocketAddr {
        self.0.local_address
    }
}
