//! Keys to and from key servers: publish one, find those of others, fetch one.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use sha2::{Digest as _, Sha256};
use sifter_contract::{ErrorCode, KeyPlace, KeyStanding, KeyView, UiError};
use sifter_library_client::{Anonymous, Endpoints, Error, LibraryClient};
use sifter_signing::hkp::{Entry, ServerAddress, publication};
use sifter_signing::openpgp::{Certificate, KeyOrigin, Time};
use url::Url;

use super::keys::{KeyDesk, certificate, parse};
use super::places::Places;
use super::{apart, servers, views};
use crate::app::AppCore;
use crate::errors::{self, Place};

/// The most keys that a search shows.
const MOST_FOUND: usize = 500;

/// What key servers have found. All of it is their claim until a key is fetched.
#[derive(Debug, Clone, Default)]
pub struct KeysFound {
    /// The keys, those of the first server first, each once.
    pub keys: Vec<FoundKey>,
    /// The servers that did not answer, by their hosts, and why.
    pub silent: Vec<(String, UiError)>,
}

/// A key that a server has found.
#[derive(Debug, Clone)]
pub struct FoundKey {
    /// Fingerprint, or a key id on old servers; upper-case digits.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// When it ends, RFC 3339.
    pub expires: Option<String>,
    /// What the first server says of its use, unless another one knows that it is revoked.
    pub standing: KeyStanding,
    /// Host of the first server that has it.
    pub server: String,
    /// Address of that server.
    pub address: String,
    /// Hosts of the other servers that have it.
    pub also: Vec<String>,
}

impl KeyDesk {
    /// The key servers that are asked when no others are named, in their order: those of the settings, else the ones
    /// that everybody uses.
    #[must_use]
    pub fn usual_servers(&self) -> Vec<String> {
        self.signatures().usual_servers()
    }

    /// Searches `key_servers` for a name, a mail address, a key id or a fingerprint.
    ///
    /// # Errors
    /// `invalid_address` about a server; why the first one is silent, when all are.
    pub async fn search(&self, key_servers: &[String], text: &str) -> Result<KeysFound, UiError> {
        let asked = servers::addresses(key_servers)?;
        let answers = asked
            .iter()
            .map(|server| servers::search(self.http(), server, text));
        let answers = join_all(answers).await;
        let mut found = KeysFound::default();
        for (server, answer) in asked.iter().zip(answers) {
            match answer {
                Ok(entries) => found.add(server, &entries),
                Err(error) => {
                    let host = servers::host(server.as_str());
                    tracing::info!(server = %host, code = ?error.code, "a key server does not answer");
                    found.silent.push((host, error));
                }
            }
        }
        if found.silent.len() == asked.len() {
            if let Some((_, error)) = found.silent.into_iter().next() {
                return Err(error);
            }
            return Ok(KeysFound::default());
        }
        Ok(found)
    }

    /// Fetches the key of this fingerprint from the first of `key_servers` that has it, and keeps it among those that
    /// have been met. That a server has it says nothing about whose it is.
    ///
    /// # Errors
    /// `invalid_address` about a server, `key_unusable` when `fingerprint` is none or no server has the key, and why a
    /// server is silent when it may have it.
    pub async fn fetch(
        &self,
        key_servers: &[String],
        fingerprint: &str,
    ) -> Result<KeyView, UiError> {
        let asked = servers::addresses(key_servers)?;
        let wanted = parse(fingerprint)?;
        let mut silent = None;
        for server in &asked {
            match servers::get(self.http(), server, &wanted).await {
                Ok(Some(found)) => {
                    let places = Arc::clone(self.places());
                    return apart(move |_| keep(&places, &found)).await;
                }
                Ok(None) => {}
                Err(error) => silent = silent.or(Some(error)),
            }
        }
        Err(silent.unwrap_or_else(|| errors::key(fingerprint, "not_published")))
    }

    async fn publication(&self, fingerprint: &str) -> Result<String, UiError> {
        let places = Arc::clone(self.places());
        let named = fingerprint.to_owned();
        apart(move |_| published_form(&places, &named)).await
    }

    /// SHA-256 of what would be published of each of these keys, lower-case digits, by which a change since the last
    /// time is noticed. Keys that are not here are left out.
    pub(crate) async fn publication_sums(
        &self,
        fingerprints: Vec<String>,
    ) -> Result<BTreeMap<String, String>, UiError> {
        let places = Arc::clone(self.places());
        apart(move |_| {
            let sums = fingerprints.into_iter().filter_map(|fingerprint| {
                let form = published_form(&places, &fingerprint).ok()?;
                Some((fingerprint, hex::encode(Sha256::digest(form.as_bytes()))))
            });
            Ok(sums.collect())
        })
        .await
    }
}

/// The form that publishes a key: its public part, and nothing that others have said about it.
fn published_form(places: &Places, fingerprint: &str) -> Result<String, UiError> {
    let key = certificate(places, &parse(fingerprint)?)?;
    publication(&key.own_statements()).map_err(|error| errors::signing(&error, fingerprint))
}

impl AppCore {
    /// Publishes a key of `desk`: on `key_server`, or on the one that belongs to the library `server_id`. Answers where.
    ///
    /// The sign-in of a connected library goes along only to the library's own key server, one under the same host
    /// and port.
    ///
    /// # Errors
    /// `key_unusable`, `invalid_address`, `not_offered` (`publish`) when the library has no key server or its key
    /// server has a sign-in of its own, and those of speaking to a server.
    pub async fn publish_key(
        &self,
        desk: &KeyDesk,
        fingerprint: &str,
        server_id: Option<&str>,
        key_server: Option<&str>,
    ) -> Result<String, UiError> {
        let form = desk.publication(fingerprint).await?;
        let address = match (key_server, server_id) {
            (Some(text), _) => servers::address(text)?,
            (None, Some(id)) => {
                let text = self.key_server(id).await;
                let text = text.ok_or_else(|| unpublishable(&self.servers.name(id)))?;
                servers::address(&text)?
            }
            (None, None) => return Err(errors::invalid("no key server is named")),
        };
        let url = Url::parse(&address.add()).map_err(|_| errors::address(address.as_str()))?;
        let (client, signed_in) = self.publisher(desk, server_id, &url).await?;
        let host = servers::host(address.as_str());
        let published = client.publish_key(&url, form).await;
        published.map_err(|error| match error {
            // Whoever asks for a sign-in that there is none for.
            Error::Unauthorized if !signed_in => unpublishable(&host),
            error => errors::client(&error, &Place::of(host, signed_in)),
        })?;
        Ok(address.as_str().to_owned())
    }

    /// Whoever sends a key to `url`, and whether a sign-in goes along.
    async fn publisher(
        &self,
        desk: &KeyDesk,
        server_id: Option<&str>,
        url: &Url,
    ) -> Result<(LibraryClient, bool), UiError> {
        let named = server_id.map(str::to_owned);
        let connected = named.into_iter().chain(self.servers.reachable_ids());
        for id in connected {
            let server = self.servers.reach(&id).await?;
            if server.endpoints.library.origin() == url.origin() {
                let session = self.servers.session(&id).await?;
                return match session.account {
                    Some(_) => Ok((session.client, true)),
                    None => Err(errors::sign_in_needed(&session.place(""))),
                };
            }
        }
        let endpoints = Endpoints::of_library(url.clone());
        let client = LibraryClient::new(desk.http().clone(), endpoints, Arc::new(Anonymous));
        let client = client.map_err(|error| {
            errors::client(&error, &Place::of(servers::host(url.as_str()), false))
        })?;
        Ok((client, false))
    }
}

impl KeysFound {
    fn add(&mut self, server: &ServerAddress, entries: &[Entry]) {
        for entry in entries {
            let found = found_key(entry, server);
            if let Some(known) = self.keys.iter_mut().find(|key| key.id == entry.id) {
                known.merge(found);
            } else if self.keys.len() < MOST_FOUND {
                self.keys.push(found);
            }
        }
    }
}

impl FoundKey {
    /// Takes over what another server says. It may be the only one that was told of a revocation.
    fn merge(&mut self, other: Self) {
        if other.server != self.server && !self.also.contains(&other.server) {
            self.also.push(other.server);
        }
        if other.standing == KeyStanding::Revoked {
            self.standing = other.standing;
        }
        if self.names.is_empty() {
            self.names = other.names;
        }
    }
}

fn found_key(entry: &Entry, server: &ServerAddress) -> FoundKey {
    let ended = entry.expires.is_some_and(|end| end <= Time::now());
    FoundKey {
        id: entry.id.clone(),
        names: entry.names.clone(),
        created: entry.created.and_then(views::moment),
        expires: entry.expires.and_then(views::moment),
        standing: if entry.revoked {
            KeyStanding::Revoked
        } else if ended || entry.disabled {
            KeyStanding::Expired
        } else {
            KeyStanding::Good
        },
        server: servers::host(server.as_str()),
        address: server.as_str().to_owned(),
        also: Vec::new(),
    }
}

/// Keeps a key that was fetched where it belongs: what is new about one that is trusted, such as a revocation, with
/// that one.
pub(super) fn keep(places: &Places, found: &Certificate) -> Result<KeyView, UiError> {
    let fingerprint = found.fingerprint();
    let failed = |error| errors::signing(&error, "");
    let own = places.own.public(KeyOrigin::Local).map_err(failed)?;
    let store = match own.get(&fingerprint) {
        Some(_) => &places.own,
        None => &places.fetched,
    };
    store.add(found).map_err(failed)?;
    let kept = store.public(KeyOrigin::Local).map_err(failed)?;
    let kept = kept.get(&fingerprint).unwrap_or(found);
    let secret = places.secret_key(&fingerprint)?;
    let protected = secret.map(|(_, key)| key.is_protected());
    Ok(views::key(kept, KeyPlace::Sifter, protected))
}

/// A key server that takes no keys from here.
fn unpublishable(server: &str) -> UiError {
    UiError::new(ErrorCode::NotOffered)
        .with("server", server)
        .with("what", "publish")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, revoked: bool, names: &[&str]) -> Entry {
        Entry {
            id: id.to_owned(),
            algorithm: None,
            bits: None,
            created: None,
            expires: None,
            revoked,
            disabled: false,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn a_key_on_several_servers_is_one_and_revoked_when_any_of_them_says_so() {
        let at = |text: &str| ServerAddress::parse(text).unwrap();
        let (one, other) = (at("http://one.example:1"), at("http://one.example:2"));
        let mut found = KeysFound::default();
        found.add(
            &one,
            &[entry("AB", false, &[]), entry("CD", true, &["Bob"])],
        );
        found.add(
            &other,
            &[entry("AB", true, &["Ada"]), entry("CD", false, &[])],
        );
        let [ada, bob] = found.keys.as_slice() else {
            panic!("{:?}", found.keys);
        };
        assert_eq!(
            (ada.server.as_str(), &ada.also),
            ("one.example:1", &vec!["one.example:2".to_owned()])
        );
        assert_eq!(ada.names, ["Ada"]);
        assert_eq!(
            (ada.standing, bob.standing),
            (KeyStanding::Revoked, KeyStanding::Revoked)
        );
    }

    #[test]
    fn one_answer_never_fills_more_than_a_search_shows() {
        let server = ServerAddress::parse("https://keys.example.org").unwrap();
        let many = (0..=MOST_FOUND).map(|n| entry(&format!("{n:X}"), false, &[]));
        let mut found = KeysFound::default();
        found.add(&server, &many.collect::<Vec<_>>());
        assert_eq!(found.keys.len(), MOST_FOUND);
    }
}
