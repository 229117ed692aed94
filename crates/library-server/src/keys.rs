//! The key server: public keys that people of this library publish, for everybody who verifies their images.
//!
//! A key is kept with nothing but its own valid statements, and a later publication adds to it: a revocation once
//! published stays. Nobody vouches for the name on a key, here as on any key server.

pub(crate) mod rate;
pub(crate) mod search;
pub(crate) mod store;

use std::net::IpAddr;

use sifter_signing::hkp::received;
use sifter_signing::openpgp::Certificate;
use tokio::sync::Mutex;

use crate::error::Error;
use crate::fault::Fault;
use crate::state::AppState;
use rate::{Limits, Rate};

/// Keys one person may have published first.
const MOST_KEYS: usize = 100;
/// Publications in a minute.
const PUBLICATIONS: Limits = Limits {
    each: 30,
    in_all: 300,
};
/// Questions in a minute; a verification asks one or two.
const LOOKUPS: Limits = Limits {
    each: 600,
    in_all: 6000,
};

/// What the key server keeps in memory.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Publications are looked at one after the other, because each is checked and put together with what is there.
    alone: Mutex<()>,
    publications: Rate<String>,
    lookups: Rate<IpAddr>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            alone: Mutex::default(),
            publications: Rate::new(PUBLICATIONS),
            lookups: Rate::new(LOOKUPS),
        }
    }
}

impl Desk {
    /// Counts a question from `place`.
    ///
    /// # Errors
    /// [`Fault::TooManyRequests`].
    pub(crate) fn count_lookup(&self, state: &AppState, place: IpAddr) -> Result<(), Fault> {
        self.lookups.count(state.clock().now(), place)
    }
}

/// Takes the public keys in `keytext` that the person `user` publishes.
pub(crate) async fn publish(state: &AppState, user: String, keytext: Vec<u8>) -> Result<(), Fault> {
    let desk = state.keys();
    desk.publications.count(state.clock().now(), user.clone())?;
    let _alone = desk.alone.lock().await;
    let keys = apart(move || received(&keytext)).await?;
    for key in keys.map_err(Fault::KeyRefused)? {
        add(state, user.clone(), key).await?;
    }
    Ok(())
}

async fn add(state: &AppState, user: String, key: Certificate) -> Result<(), Fault> {
    let fingerprint = key.fingerprint();
    let known = state
        .db()
        .call(move |connection| store::find(connection, &fingerprint))
        .await?;
    let is_new = known.is_none();
    let row = apart(move || store::Row::of(known.as_deref(), &key)).await??;
    let stamp = state.clock().stamp();
    state
        .db()
        .write(move |connection| {
            if is_new && store::count_of(connection, &user)? >= MOST_KEYS {
                return Err(Fault::TooManyKeys(MOST_KEYS));
            }
            Ok(store::put(connection, &row, &user, &stamp)?)
        })
        .await
}

/// Does arithmetic where it holds nobody up.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    // Ends without an answer only when it has panicked, or the library is stopping.
    done.map_err(|_| Fault::from(Error::Stopping))
}
