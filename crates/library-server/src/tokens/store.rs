//! Access tokens in the database: looked up at every request, made, listed and ended by their owner.
//!
//! Kept as the SHA-256 of the text. What is listed are the tokens people made; those of a sign-in belong
//! to a family and end with it.

use rusqlite::{Connection, OptionalExtension as _, params};
use sifter_library_api::{AccessTokenInfo, MadeAccessToken, WireTime};
use time::Duration;

use crate::clock::{Clock, stamp};
use crate::error::Error;
use crate::ids;
use crate::oauth::Identity;

/// What every named token begins with, so that a scanner for lost secrets can find it.
const MARK: &str = "sifter_";
/// How much of the text is kept to recognise a token by, the mark included. Of 1536 random bits it gives
/// away 36.
const PREFIX: usize = 13;
/// How exact "last used" is: a row is written at most this often.
const USE_GRAIN: Duration = Duration::minutes(1);
/// How long an expired token stays in the list.
const KEEP_EXPIRED: Duration = Duration::days(30);

/// What a new token shall be.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    /// Separated by spaces; empty for everything its owner may.
    pub(crate) scopes: &'a str,
    pub(crate) expires_at: WireTime,
}

/// Makes a token.
pub(crate) fn issue(
    connection: &Connection,
    clock: &Clock,
    user_id: &str,
    wanted: &Wanted<'_>,
) -> Result<MadeAccessToken, Error> {
    // 192 random bytes are 256 characters of base64.
    let secret = format!("{MARK}{}", ids::new_secret::<192>()?);
    let info = AccessTokenInfo {
        id: ids::new_id()?,
        name: wanted.name.to_owned(),
        prefix: secret.chars().take(PREFIX).collect(),
        scopes: words(wanted.scopes),
        created_at: WireTime::parse(&clock.stamp()),
        last_used_at: WireTime::NEVER,
        expires_at: wanted.expires_at,
    };
    connection.execute(
        "INSERT INTO access_tokens (hash, user_id, name, scopes, created_at, expires_at, id, prefix)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            ids::secret_hash(&secret),
            user_id,
            info.name,
            wanted.scopes,
            clock.stamp(),
            wanted.expires_at.get().map(stamp),
            info.id,
            info.prefix,
        ],
    )?;
    Ok(MadeAccessToken {
        info,
        token: secret.into(),
    })
}

/// The tokens a person has made and not ended, newest first.
pub(crate) fn list(connection: &Connection, user_id: &str) -> Result<Vec<AccessTokenInfo>, Error> {
    let mut tokens = connection.prepare_cached(
        "SELECT id, name, prefix, scopes, created_at, last_used_at, expires_at FROM access_tokens
         WHERE user_id = ?1 AND family_id IS NULL AND revoked_at IS NULL
         ORDER BY created_at DESC, id",
    )?;
    let found = tokens.query_map([user_id], |row| {
        let time = |column| -> rusqlite::Result<WireTime> {
            let text: Option<String> = row.get(column)?;
            Ok(text.map_or(WireTime::NEVER, |text| WireTime::parse(&text)))
        };
        Ok(AccessTokenInfo {
            id: row.get(0)?,
            name: row.get(1)?,
            prefix: row.get(2)?,
            scopes: words(&row.get::<_, String>(3)?),
            created_at: time(4)?,
            last_used_at: time(5)?,
            expires_at: time(6)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Ends a token of this person. `false` when they have no such token.
pub(crate) fn revoke(connection: &Connection, user_id: &str, id: &str) -> Result<bool, Error> {
    let ended = connection.execute(
        "DELETE FROM access_tokens WHERE id = ?1 AND user_id = ?2 AND family_id IS NULL",
        params![id, user_id],
    )?;
    Ok(ended == 1)
}

/// Who the token with this hash speaks for, unless it is unknown, expired or revoked. Notes the use.
pub(crate) fn verify(
    connection: &Connection,
    clock: &Clock,
    hash: &[u8; 32],
) -> Result<Option<Identity>, Error> {
    let now = clock.now();
    let found = connection
        .prepare_cached(
            "SELECT users.id, users.login, access_tokens.scopes, family_id IS NOT NULL, last_used_at
             FROM access_tokens JOIN users ON users.id = access_tokens.user_id
             WHERE access_tokens.hash = ?1 AND revoked_at IS NULL
               AND (expires_at IS NULL OR expires_at > ?2)",
        )?
        .query_row(params![hash, stamp(now)], |row| {
            let identity = Identity {
                user_id: row.get(0)?,
                login: row.get(1)?,
                scopes: words(&row.get::<_, String>(2)?),
                signed_in: row.get(3)?,
            };
            Ok((identity, row.get::<_, Option<String>>(4)?))
        })
        .optional()?;
    let Some((identity, last_used)) = found else {
        return Ok(None);
    };
    let is_old = last_used.is_none_or(|last| last <= stamp(now - USE_GRAIN));
    if !identity.signed_in && is_old {
        let noted = connection
            .prepare_cached("UPDATE access_tokens SET last_used_at = ?2 WHERE hash = ?1")?
            .execute(params![hash, stamp(now)]);
        // A disk without room must not lock people out.
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a token could not be noted");
        }
    }
    Ok(Some(identity))
}

/// Forgets tokens that expired a while ago.
pub(crate) fn forget_expired(connection: &Connection, clock: &Clock) -> Result<(), Error> {
    connection.execute(
        "DELETE FROM access_tokens WHERE family_id IS NULL AND expires_at <= ?1",
        [stamp(clock.now() - KEEP_EXPIRED)],
    )?;
    Ok(())
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::ops::Deref;

    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::people;
    use crate::test_bed::TestBed;

    struct Rig {
        bed: TestBed,
        user: String,
    }

    impl Deref for Rig {
        type Target = TestBed;

        fn deref(&self) -> &TestBed {
            &self.bed
        }
    }

    impl Rig {
        fn new() -> Self {
            let bed = TestBed::new();
            let user = people::sign_in(&bed.connection, &bed.clock, "ada", "").unwrap();
            Self { bed, user: user.id }
        }

        fn issue(&self, expires_at: WireTime) -> MadeAccessToken {
            let wanted = Wanted {
                name: "ci",
                scopes: "",
                expires_at,
            };
            issue(&self.connection, &self.clock, &self.user, &wanted).unwrap()
        }

        fn use_it(&self, token: &MadeAccessToken) -> bool {
            let hash = ids::secret_hash(token.token.expose_secret());
            verify(&self.connection, &self.clock, &hash)
                .unwrap()
                .is_some()
        }

        fn last_used(&self) -> WireTime {
            list(&self.connection, &self.user).unwrap()[0].last_used_at
        }
    }

    #[test]
    fn last_used_is_exact_to_the_minute_and_written_no_oftener() {
        let rig = Rig::new();
        let token = rig.issue(WireTime::NEVER);
        assert_eq!(rig.last_used(), WireTime::NEVER);
        assert!(rig.use_it(&token));
        let first = rig.last_used();
        assert_ne!(first, WireTime::NEVER);
        rig.wait(59);
        let before = rig.connection.total_changes();
        assert!(rig.use_it(&token));
        assert_eq!(rig.last_used(), first);
        assert_eq!(rig.connection.total_changes(), before, "nothing written");
        rig.wait(1);
        assert!(rig.use_it(&token));
        assert!(rig.last_used() > first);
    }

    #[test]
    fn an_expired_token_works_no_more_and_leaves_the_list_a_month_later() {
        let rig = Rig::new();
        let token = rig.issue((rig.clock.now() + Duration::hours(1)).into());
        rig.wait(3599);
        assert!(rig.use_it(&token));
        rig.wait(1);
        assert!(!rig.use_it(&token));
        forget_expired(&rig.connection, &rig.clock).unwrap();
        assert_eq!(list(&rig.connection, &rig.user).unwrap().len(), 1);
        rig.wait(KEEP_EXPIRED.whole_seconds());
        forget_expired(&rig.connection, &rig.clock).unwrap();
        assert!(list(&rig.connection, &rig.user).unwrap().is_empty());
    }
}
