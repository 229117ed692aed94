//! Families of tokens: one per sign-in. Whatever proves that a secret of the family is in wrong hands
//! ends all of it (RFC 9700 section 4.14).

use rusqlite::{Connection, OptionalExtension as _, params};
use time::Duration;

use crate::clock::{Clock, stamp};
use crate::error::Error;
use crate::ids;
use crate::oauth::client::CLIENT_ID;

/// How long an access token works.
pub(crate) const ACCESS_LIFE: Duration = Duration::minutes(15);
/// How long a refresh token works when it is not used; each use starts it anew.
pub(crate) const REFRESH_LIFE: Duration = Duration::days(30);

/// A live family.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) scopes: String,
}

/// Begins a family for a person who has just signed in.
pub(crate) fn begin(
    connection: &Connection,
    clock: &Clock,
    user_id: &str,
    scopes: &str,
) -> Result<String, Error> {
    forget_dead(connection, clock)?;
    let id = ids::new_id()?;
    connection.execute(
        "INSERT INTO oauth_families (id, user_id, client_id, scopes, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, user_id, CLIENT_ID, scopes, clock.stamp()],
    )?;
    Ok(id)
}

/// The family, unless it was revoked.
pub(crate) fn find_live(connection: &Connection, id: &str) -> Result<Option<Family>, Error> {
    let family = connection
        .query_row(
            "SELECT id, user_id, scopes FROM oauth_families WHERE id = ?1 AND revoked_at IS NULL",
            [id],
            |row| {
                Ok(Family {
                    id: row.get(0)?,
                    user_id: row.get(1)?,
                    scopes: row.get(2)?,
                })
            },
        )
        .optional()?;
    Ok(family)
}

/// Ends a family: its codes, refresh tokens and access tokens work no more.
pub(crate) fn revoke(connection: &Connection, clock: &Clock, id: &str) -> Result<(), Error> {
    let now = clock.stamp();
    connection.execute(
        "UPDATE oauth_families SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
        params![id, now],
    )?;
    connection.execute(
        "UPDATE access_tokens SET revoked_at = ?2 WHERE family_id = ?1 AND revoked_at IS NULL",
        params![id, now],
    )?;
    Ok(())
}

/// Issues an access token to a family.
pub(crate) fn issue_access(
    connection: &Connection,
    clock: &Clock,
    family: &Family,
) -> Result<String, Error> {
    // 192 random bytes are 256 characters: the official command line takes 200 to 4096.
    let secret = ids::new_secret::<192>()?;
    let now = clock.now();
    connection.execute(
        "INSERT INTO access_tokens (hash, user_id, name, scopes, created_at, expires_at, family_id)
         VALUES (?1, ?2, 'Sifter', ?3, ?4, ?5, ?6)",
        params![
            ids::secret_hash(&secret),
            family.user_id,
            family.scopes,
            stamp(now),
            stamp(now + ACCESS_LIFE),
            family.id,
        ],
    )?;
    Ok(secret)
}

/// Forgets what can no longer be used nor recognised as reused: expired tokens, and families whose
/// last refresh token has expired.
fn forget_dead(connection: &Connection, clock: &Clock) -> Result<(), Error> {
    let now = clock.stamp();
    connection.execute(
        "DELETE FROM access_tokens WHERE family_id IS NOT NULL AND expires_at <= ?1",
        [&now],
    )?;
    connection.execute(
        "DELETE FROM oauth_refresh_tokens WHERE expires_at <= ?1",
        [&now],
    )?;
    connection.execute(
        "DELETE FROM oauth_families
         WHERE NOT EXISTS (SELECT 1 FROM oauth_refresh_tokens WHERE family_id = oauth_families.id)
           AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE family_id = oauth_families.id)
           AND NOT EXISTS (SELECT 1 FROM oauth_codes
                           WHERE family_id = oauth_families.id AND expires_at > ?1)",
        [&now],
    )?;
    Ok(())
}
