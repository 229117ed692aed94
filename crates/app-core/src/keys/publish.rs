//! Publishing the person's own keys, and remembering where.

use std::collections::BTreeMap;

use sifter_account::AccountState;
use sifter_contract::{KeyPublication, KeyPublish, KeyView, PublishPlace, PublishPlan, UiError};
use time::OffsetDateTime;

use super::notes::{KeyNotes, Published};
use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::errors;
use crate::signatures::{KnownKeyServer, key_server_host, key_servers};

/// The key server that gives out a name only once the owner of its mail address has confirmed it.
const CONFIRMING: &str = "keys.openpgp.org";

/// What would be published of each key now, as sums, by fingerprints.
pub(super) type Sums = BTreeMap<String, String>;

impl AppCore {
    /// What publishing one of the person's keys would make public, and where it can be done.
    pub(crate) async fn publish_plan(&self, fingerprint: &str) -> Result<PublishPlan, UiError> {
        let key = self.own_key(fingerprint).await?;
        let notes = self.key_notes.read()?;
        let sums = self.publication_sums(&notes).await?;
        let published = publications(&notes, &sums, &key.fingerprint);
        let mut places = Vec::new();
        for server in key_servers(&self.servers, &self.signatures).await {
            let known = published
                .iter()
                .find(|publication| publication.address == server.address);
            places.push(PublishPlace {
                needs_sign_in: self.needs_sign_in(&server).await,
                confirms_by_mail: server.host() == CONFIRMING,
                publication: known.cloned(),
                server: self.key_server_view(&server),
            });
        }
        Ok(PublishPlan {
            names: key.names,
            standing: key.standing,
            places,
        })
    }

    /// Publishes one of the person's keys on one of the key servers that are known.
    pub(crate) async fn publish_own_key(
        &self,
        request: KeyPublish,
    ) -> Result<KeyPublication, UiError> {
        let key = self.own_key(&request.fingerprint).await?;
        let servers = key_servers(&self.servers, &self.signatures).await;
        let mut servers = servers.into_iter();
        let server = servers.find(|server| server.address == request.address);
        // The window chooses among them and names no others.
        let server = server.ok_or_else(|| errors::invalid("this key server is not known"))?;
        let desk = self.key_desk();
        let fingerprint = key.fingerprint;
        // Before it is sent: what changes meanwhile has not been published.
        let mut sums = desk.publication_sums(vec![fingerprint.clone()]).await?;
        let (library, address) = (server.library.as_deref(), Some(server.address.as_str()));
        self.publish_key(&desk, &fingerprint, library, address)
            .await?;
        let now = OffsetDateTime::now_utc();
        let published = Published {
            at: now.unix_timestamp(),
            sum: sums.remove(&fingerprint).unwrap_or_default(),
        };
        self.key_notes.change(|notes| {
            let places = notes.published.entry(fingerprint).or_default();
            places.insert(server.address.clone(), published)
        })?;
        Ok(KeyPublication {
            host: server.host(),
            address: server.address,
            published: rfc3339(now).unwrap_or_default(),
            outdated: false,
        })
    }

    /// What would be published now of the keys that were published before.
    pub(super) async fn publication_sums(&self, notes: &KeyNotes) -> Result<Sums, UiError> {
        if notes.published.is_empty() {
            return Ok(Sums::new());
        }
        let fingerprints = notes.published.keys().cloned().collect();
        self.key_desk().publication_sums(fingerprints).await
    }

    async fn own_key(&self, fingerprint: &str) -> Result<KeyView, UiError> {
        let known = self.key_desk().list().await?;
        let mut own = known.into_iter().filter(|key| key.mine);
        own.find(|key| key.fingerprint == fingerprint)
            .ok_or_else(|| errors::key(fingerprint, "not_found"))
    }

    async fn needs_sign_in(&self, server: &KnownKeyServer) -> bool {
        let Some(library) = &server.library else {
            return false;
        };
        let account = self.servers.account_on(library).await.ok().flatten();
        !account.is_some_and(|account| account.state == AccountState::SignedIn)
    }
}

/// Where a key was published, and whether it is still the same there.
pub(super) fn publications(
    notes: &KeyNotes,
    sums: &Sums,
    fingerprint: &str,
) -> Vec<KeyPublication> {
    let places = notes.published.get(fingerprint);
    let sum = sums.get(fingerprint);
    let places = places.into_iter().flatten();
    places
        .map(|(address, published)| KeyPublication {
            host: key_server_host(address),
            address: address.clone(),
            published: OffsetDateTime::from_unix_timestamp(published.at)
                .ok()
                .and_then(rfc3339)
                .unwrap_or_default(),
            outdated: sum.is_some_and(|sum| *sum != published.sum),
        })
        .collect()
}
