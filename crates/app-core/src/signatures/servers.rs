//! Asking key servers for the keys behind signatures.

use std::time::Duration;

use sifter_contract::{ErrorCode, Retry, UiError};
use sifter_library_client::Http;
use sifter_signing::hkp::{Entry, ServerAddress, parse_index};
use sifter_signing::openpgp::{
    Certificate, Fingerprint, Issuer, KeyOrigin, KeySource, Keyring, Unavailable,
};
use url::Url;

use crate::errors::{self, Place};
use crate::servers::host_text;

/// The key servers that are asked unless others are named: the one of Apptainer, the one of Singularity.
pub(super) const DEFAULT_SERVERS: [&str; 2] =
    ["https://keys.openpgp.org", "https://keys.sylabs.io"];
/// How long a key server may be silent.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer read, in bytes. Keys with many certifications by others have a few hundred kilobytes.
const LARGEST: u64 = 4 << 20;
/// The most different signers that are asked for. Images have one or two.
const MOST_ISSUERS: usize = 16;

/// What one key server has answered about all issuers.
pub(super) struct Answers {
    origin: KeyOrigin,
    found: Vec<Certificate>,
    silent: bool,
}

impl Answers {
    /// Which server it was, as people name it.
    pub(super) fn host(&self) -> String {
        match &self.origin {
            KeyOrigin::Server(address) => host(address),
            other => other.to_string(),
        }
    }

    pub(super) fn found(&self) -> &[Certificate] {
        &self.found
    }
}

impl KeySource for Answers {
    fn origin(&self) -> KeyOrigin {
        self.origin.clone()
    }

    fn find(&self, issuer: &Issuer) -> Result<Vec<Certificate>, Unavailable> {
        let found: Vec<Certificate> = self
            .found
            .iter()
            .filter(|certificate| certificate.is_issuer(issuer))
            .cloned()
            .collect();
        if found.is_empty() && self.silent {
            return Err(Unavailable {
                origin: self.origin(),
                source: None,
            });
        }
        Ok(found)
    }
}

/// Asks `servers` in their order for the keys of `issuers`, until one has them.
pub(super) async fn ask(
    http: &Http,
    servers: &[ServerAddress],
    issuers: &[Issuer],
) -> Vec<Answers> {
    if issuers.is_empty() {
        return Vec::new(); // nobody is asked, and nobody is named as asked
    }
    let mut missing: Vec<&Issuer> = issuers.iter().take(MOST_ISSUERS).collect();
    let mut answers = Vec::new();
    for server in servers {
        let mut answer = Answers {
            origin: KeyOrigin::Server(server.as_str().to_owned()),
            found: Vec::new(),
            silent: false,
        };
        let mut still = Vec::new();
        for issuer in missing {
            // A server that was silent once is not asked again.
            let found = if answer.silent {
                None
            } else {
                lookup(http, server, issuer).await
            };
            match found {
                Some(found) if !found.is_empty() => answer.found.extend(found),
                Some(_) => still.push(issuer),
                None => {
                    answer.silent = true;
                    still.push(issuer);
                }
            }
        }
        answers.push(answer);
        missing = still;
        if missing.is_empty() {
            break;
        }
    }
    answers
}

/// What a server has of one issuer; `None` when it gave no answer that makes sense.
async fn lookup(http: &Http, server: &ServerAddress, issuer: &Issuer) -> Option<Vec<Certificate>> {
    let Some(url) = server.get(issuer).and_then(|url| Url::parse(&url).ok()) else {
        return Some(Vec::new());
    };
    let answer = match http.fetch_public(&url, LARGEST).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::info!(server = server.as_str(), error = %errors::chain(&error), "a key server does not answer");
            return None;
        }
    };
    let Some(answer) = answer else {
        return Some(Vec::new());
    };
    let ring = Keyring::read(&answer, KeyOrigin::Server(server.as_str().to_owned())).ok()?;
    // Whatever a server sends, only the key that was asked for counts, and what it says itself.
    let found = ring.find(issuer).ok()?;
    Some(found.iter().map(Certificate::own_statements).collect())
}

/// A text as the address of a key server.
pub(crate) fn address(text: &str) -> Result<ServerAddress, UiError> {
    ServerAddress::parse(text).map_err(|_| errors::address(text))
}

/// Texts as the addresses of key servers, in their order.
pub(super) fn addresses(texts: &[String]) -> Result<Vec<ServerAddress>, UiError> {
    texts.iter().map(|text| address(text)).collect()
}

/// The host in the address of a key server, as people name the server; with its port where that is not the usual one.
pub(crate) fn host(address: &str) -> String {
    let url = Url::parse(address);
    url.map_or_else(|_| address.to_owned(), |url| host_text(&url))
}

/// `http` for asking key servers: one that says nothing for a while is passed over.
pub(super) fn client(http: Http) -> Http {
    http.with_idle_timeout(PATIENCE)
}

/// What a server finds for a text.
pub(super) async fn search(
    http: &Http,
    server: &ServerAddress,
    text: &str,
) -> Result<Vec<Entry>, UiError> {
    let answer = fetch(http, server, &server.search(text)).await?;
    let text = String::from_utf8_lossy(&answer).into_owned();
    Ok(parse_index(&text))
}

/// The key of this fingerprint on a server, if it is there.
pub(super) async fn get(
    http: &Http,
    server: &ServerAddress,
    fingerprint: &Fingerprint,
) -> Result<Option<Certificate>, UiError> {
    let answer = fetch(http, server, &server.get_fingerprint(fingerprint)).await?;
    let ring = Keyring::read(&answer, KeyOrigin::Server(server.as_str().to_owned()));
    let ring = ring.map_err(|error| {
        UiError::new(ErrorCode::InvalidAnswer)
            .with("server", host(server.as_str()))
            .retry(Retry::Yes)
            .details(errors::chain(&error))
    })?;
    Ok(ring.get(fingerprint).map(Certificate::own_statements))
}

/// What is at an address of a server; nothing when the server says so.
async fn fetch(http: &Http, server: &ServerAddress, url: &str) -> Result<Vec<u8>, UiError> {
    let url = Url::parse(url).map_err(|_| errors::address(server.as_str()))?;
    match http.fetch_public(&url, LARGEST).await {
        Ok(answer) => Ok(answer.unwrap_or_default()),
        Err(error) => Err(errors::client(&error, &place(server))),
    }
}

/// Where errors about a key server happen.
fn place(server: &ServerAddress) -> Place {
    Place::of(host(server.as_str()), false)
}
