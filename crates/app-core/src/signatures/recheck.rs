//! Asking again about keys that are known: whoever loses a key takes it back on a key server, and nobody sends word.
//!
//! Each key has a day on which it is due. Keys are asked about by fingerprint; of the answer only what the key itself
//! has signed is taken over, so that a key server can bring news but not change anything.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration as Wait;

use serde::{Deserialize, Serialize};
use sifter_contract::{KeyStanding, KeyView, UiError};
use sifter_library_client::Http;
use sifter_signing::hkp::ServerAddress;
use sifter_signing::openpgp::{Certificate, Fingerprint, KeyOrigin};
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use super::exchange::keep;
use super::places::Places;
use super::{Signatures, apart, servers};
use crate::app::AppCore;
use crate::errors;
use crate::files;

/// How long an answer about a key counts.
const EVERY: Duration = Duration::DAY;
/// How long to wait after key servers were silent.
const AGAIN: Duration = Duration::hours(1);
/// Keys asked about at a time; the others come next.
const MOST_AT_A_TIME: usize = 25;
/// Keys asked about when somebody wants to know of all of them now.
const MOST_AT_ONCE: usize = 500;
/// How long after the start the first keys are asked about.
const AFTER_START: Wait = Wait::from_secs(5 * 60);
/// The shortest time between two rounds.
const SHORTEST: Wait = Wait::from_secs(60);
/// The longest that one timer waits; a wall clock that was set is noticed then.
const LONGEST: Wait = Wait::from_secs(24 * 60 * 60);

/// The file: when each key is due, in seconds since 1970, by fingerprints.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Due(BTreeMap<String, i64>);

/// What asking again has brought.
#[derive(Debug, Clone, Default)]
pub struct Recheck {
    /// How many keys were asked about.
    pub asked: usize,
    /// The keys that turned out to be taken back.
    pub revoked: Vec<KeyView>,
    /// When to ask next, if there is anything to ask about.
    pub next: Option<OffsetDateTime>,
}

impl Signatures {
    /// Asks `key_servers` about the keys of others that are due at `now`, a key at most once a day; or with `all` about
    /// everyone's.
    ///
    /// # Errors
    /// `storage_failed` and `key_unusable` about Sifter's own keys, `invalid_address` about a server. That servers are
    /// silent is no error.
    pub async fn recheck(
        &self,
        key_servers: &[String],
        now: OffsetDateTime,
        all: bool,
    ) -> Result<Recheck, UiError> {
        let asked = servers::addresses(key_servers)?;
        let places = Arc::clone(&self.places);
        let (mut due, keys) = apart(move |_| Ok((read(&places)?, watched(&places)?))).await?;
        due.keep_only(&keys);
        let mut done = Recheck::default();
        if !asked.is_empty() {
            let wanted = keys.iter().filter(|key| all || due.is_due(key, now));
            let most = if all { MOST_AT_ONCE } else { MOST_AT_A_TIME };
            let wanted: Vec<&Fingerprint> = wanted.take(most).collect();
            let mut silent = HashSet::new();
            for key in wanted {
                done.asked += 1;
                let (answered, found) = ask(&self.http, &asked, &mut silent, key).await;
                due.set(key, now + if answered { EVERY } else { AGAIN });
                if let Some(found) = found {
                    let places = Arc::clone(&self.places);
                    let kept = apart(move |_| keep(&places, &found)).await?;
                    if kept.standing == KeyStanding::Revoked {
                        tracing::warn!(key = %kept.fingerprint, "a key has been taken back by its owner");
                        done.revoked.push(kept);
                    }
                }
            }
            done.next = keys.iter().map(|key| due.of(key).unwrap_or(now)).min();
        }
        let places = Arc::clone(&self.places);
        apart(move |_| write(&places, &due)).await?;
        Ok(done)
    }
}

impl AppCore {
    /// Asks about keys as they are due, for as long as the app runs.
    pub(crate) fn watch_keys(self: &Arc<Self>) {
        let watch = watch(Arc::downgrade(self), self.stop.clone());
        self.tasks.spawn(watch);
    }
}

async fn watch(core: Weak<AppCore>, stop: CancellationToken) {
    let mut wait = AFTER_START;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        // Only for the round: nothing is kept running by a timer.
        let Some(core) = core.upgrade() else { return };
        wait = tokio::select! {
            () = stop.cancelled() => return,
            wait = round(&core) => wait,
        };
    }
}

/// Asks about what is due. Answers how long to wait then.
async fn round(core: &AppCore) -> Wait {
    let next = match core.recheck_keys(false).await {
        Ok((_, next)) => next,
        Err(error) => {
            tracing::warn!(code = ?error.code, details = %error.details, "keys were not asked about");
            None
        }
    };
    // Without keys there is nothing to do, but there may be some tomorrow.
    let left = next.and_then(|next| Wait::try_from(next - OffsetDateTime::now_utc()).ok());
    left.unwrap_or(LONGEST).clamp(SHORTEST, LONGEST)
}

/// Whether any server has answered, and the key as it is there.
async fn ask<'s>(
    http: &Http,
    asked: &'s [ServerAddress],
    silent: &mut HashSet<&'s ServerAddress>,
    key: &Fingerprint,
) -> (bool, Option<Certificate>) {
    let mut answered = false;
    let mut found: Option<Certificate> = None;
    // All of them: the owner may have told one server only.
    for server in asked {
        // A server that was silent once is not asked again in this round.
        if silent.contains(server) {
            continue;
        }
        match servers::get(http, server, key).await {
            Ok(copy) => {
                answered = true;
                found = match (found, copy) {
                    (Some(found), Some(copy)) => Some(found.merged(&copy)),
                    (found, copy) => found.or(copy),
                };
            }
            Err(error) => {
                tracing::info!(server = server.as_str(), code = ?error.code, "a key server does not answer");
                silent.insert(server);
            }
        }
    }
    (answered, found)
}

/// The keys of others in Sifter, as far as they have not been taken back.
fn watched(places: &Places) -> Result<Vec<Fingerprint>, UiError> {
    let failed = |error| errors::signing(&error, "");
    let mine = places.own.secret().map_err(failed)?;
    let own = places.own.public(KeyOrigin::Local).map_err(failed)?;
    let met = places.known_to_servers();
    // A key that is trusted was met first, and only one of the two copies learns of a revocation.
    let all: Vec<&Certificate> = (own.certificates().iter())
        .chain(met.certificates())
        .collect();
    let revoked: HashSet<Fingerprint> = (all.iter())
        .filter(|key| key.revoked().is_some())
        .map(|key| key.fingerprint())
        .collect();
    let mut keys: Vec<Fingerprint> = (all.iter())
        .map(|key| key.fingerprint())
        .filter(|key| !revoked.contains(key))
        .filter(|key| !mine.iter().any(|secret| secret.fingerprint() == *key))
        .collect();
    keys.sort();
    keys.dedup();
    Ok(keys)
}

impl Due {
    fn of(&self, key: &Fingerprint) -> Option<OffsetDateTime> {
        let seconds = self.0.get(&key.to_string()).copied()?;
        OffsetDateTime::from_unix_timestamp(seconds).ok()
    }

    /// A time further away than any that is ever set comes from a clock that was wrong.
    fn is_due(&self, key: &Fingerprint, now: OffsetDateTime) -> bool {
        self.of(key)
            .is_none_or(|due| due <= now || due > now + EVERY)
    }

    fn set(&mut self, key: &Fingerprint, due: OffsetDateTime) {
        self.0.insert(key.to_string(), due.unix_timestamp());
    }

    fn keep_only(&mut self, keys: &[Fingerprint]) {
        self.0
            .retain(|text, _| keys.iter().any(|key| key.to_string() == *text));
    }
}

/// What cannot be understood counts for nothing: at worst keys are asked about once more.
fn read(places: &Places) -> Result<Due, UiError> {
    let text = files::read(&places.due).map_err(|error| errors::storage(&error))?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

fn write(places: &Places, due: &Due) -> Result<(), UiError> {
    if *due == read(places)? {
        return Ok(());
    }
    let text = serde_json::to_string_pretty(due).map_err(|error| errors::storage(&error))?;
    files::replace(&places.due, &text).map_err(|error| errors::storage(&error))
}

#[cfg(test)]
mod tests;
