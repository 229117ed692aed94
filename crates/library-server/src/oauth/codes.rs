//! Authorization codes: 60 seconds, one use.

use rusqlite::{Connection, OptionalExtension as _, params};
use time::Duration;

use crate::clock::{Clock, stamp};
use crate::error::Error;
use crate::ids;
use crate::oauth::client::RedirectUri;
use crate::oauth::families;
use crate::oauth::pkce::{self, Challenge};

/// How long a code works: the browser only has to come back to the app.
const LIFE: Duration = Duration::seconds(60);

/// Makes a code for a new family.
pub(crate) fn issue(
    connection: &Connection,
    clock: &Clock,
    family_id: &str,
    redirect: &RedirectUri,
    challenge: &Challenge,
) -> Result<String, Error> {
    let code = ids::new_secret::<32>()?;
    connection.execute(
        "INSERT INTO oauth_codes (hash, family_id, redirect_uri, challenge, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            ids::secret_hash(&code),
            family_id,
            redirect.as_str(),
            challenge.as_str(),
            stamp(clock.now() + LIFE),
        ],
    )?;
    Ok(code)
}

struct Row {
    family_id: String,
    redirect_uri: String,
    challenge: String,
    expires_at: String,
    used: bool,
}

/// Spends a code; the id of its family, or `None` when it is not good.
///
/// A code that comes a second time has been stolen, before or after its first use, so the whole family
/// ends (RFC 6749 section 4.1.2). A code with a wrong verifier is in wrong hands too, and is spent.
pub(crate) fn redeem(
    connection: &Connection,
    clock: &Clock,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Result<Option<String>, Error> {
    let hash = ids::secret_hash(code);
    let row = connection
        .query_row(
            "SELECT family_id, redirect_uri, challenge, expires_at, used_at IS NOT NULL
             FROM oauth_codes WHERE hash = ?1",
            [&hash],
            |row| {
                Ok(Row {
                    family_id: row.get(0)?,
                    redirect_uri: row.get(1)?,
                    challenge: row.get(2)?,
                    expires_at: row.get(3)?,
                    used: row.get(4)?,
                })
            },
        )
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let now = clock.stamp();
    if row.used {
        tracing::warn!(family = %row.family_id, "an authorization code was used twice");
        families::revoke(connection, clock, &row.family_id)?;
        return Ok(None);
    }
    connection.execute(
        "UPDATE oauth_codes SET used_at = ?2 WHERE hash = ?1",
        params![hash, now],
    )?;
    let good = row.expires_at > now
        && row.redirect_uri == redirect_uri
        && pkce::verifies(verifier, &row.challenge);
    Ok(good.then_some(row.family_id))
}
