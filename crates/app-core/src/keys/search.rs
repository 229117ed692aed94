//! Looking for keys of others on the key servers.

use sifter_contract::{
    FoundKey, KeyFetch, KeyRow, KeySearch, KeyStanding, KeyView, KeysFound, SilentKeyServer,
    UiError,
};

use crate::app::AppCore;
use crate::errors;
use crate::signatures::{addresses_of, key_servers};

/// The shortest text that is searched for, in characters: less finds everybody.
const SHORTEST: usize = 3;
/// The longest.
const LONGEST: usize = 200;
/// The most keys that a search shows.
const MOST_SHOWN: usize = 100;

impl AppCore {
    /// Searches all key servers.
    pub(crate) async fn search_keys(&self, request: &KeySearch) -> Result<KeysFound, UiError> {
        let text = request.text.trim();
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) || text.chars().any(char::is_control) {
            let rule = "3 to 200 characters are searched for";
            return Err(errors::invalid_text("key_search", text, rule));
        }
        // People copy fingerprints as they are read, in groups.
        let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_hex = joined.bytes().all(|c| c.is_ascii_hexdigit());
        let text = if is_hex { &joined } else { text };
        let servers = key_servers(&self.servers, &self.signatures).await;
        let found = self
            .key_desk()
            .search(&addresses_of(&servers), text)
            .await?;
        let known = self.keys().await?.keys;
        let more = found.keys.len() > MOST_SHOWN;
        let keys = found.keys.into_iter().take(MOST_SHOWN).map(|key| {
            let row = known.iter().find(|row| row.key.fingerprint == key.id);
            let mut hosts = vec![key.server];
            hosts.extend(key.also);
            FoundKey {
                standing: worst(key.standing, row),
                known: row.map(|row| row.trust),
                id: key.id,
                names: key.names,
                created: key.created,
                expires: key.expires,
                address: key.address,
                hosts,
            }
        });
        let silent = found.silent.into_iter();
        Ok(KeysFound {
            keys: keys.collect(),
            more,
            asked: servers.iter().map(|server| server.host()).collect(),
            silent: silent
                .map(|(host, error)| SilentKeyServer { host, error })
                .collect(),
        })
    }

    /// Fetches a key and keeps it among those that have been met.
    pub(crate) async fn fetch_key(&self, request: &KeyFetch) -> Result<KeyView, UiError> {
        let servers = key_servers(&self.servers, &self.signatures).await;
        let mut addresses = addresses_of(&servers);
        if let Some(first) = &request.address {
            // Of those that are known: the window names no others.
            addresses.sort_by_key(|address| address != first);
        }
        self.key_desk()
            .fetch(&addresses, &request.fingerprint)
            .await
    }
}

/// A server may not have heard yet what is known here.
fn worst(claimed: KeyStanding, known: Option<&KeyRow>) -> KeyStanding {
    match known.map(|row| row.key.standing) {
        Some(KeyStanding::Revoked) => KeyStanding::Revoked,
        _ => claimed,
    }
}
