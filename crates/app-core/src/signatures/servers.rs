//! Asking key servers for the keys behind signatures.

use std::time::Duration;

use sifter_library_client::Http;
use sifter_signing::hkp::ServerAddress;
use sifter_signing::openpgp::{Certificate, Issuer, KeyOrigin, KeySource, Keyring, Unavailable};
use url::Url;

use crate::errors;

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
        let KeyOrigin::Server(address) = &self.origin else {
            return self.origin.to_string();
        };
        let url = Url::parse(address).ok();
        let host = url.as_ref().and_then(Url::host_str);
        host.unwrap_or(address).to_owned()
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
    let http = http.clone().with_idle_timeout(PATIENCE);
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
                lookup(&http, server, issuer).await
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
    // Whatever a server sends, only the key that was asked for counts.
    ring.find(issuer).ok()
}
