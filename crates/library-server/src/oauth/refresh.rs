//! Refresh tokens: each works once and names its successor.
//!
//! A client may crash, or lose the answer, between our rotation and its storing of the new token. So for
//! a short grace the old token brings the *same* successor again, as long as nobody has used that. After
//! that, an old token is a stolen one and ends the family.
//!
//! Only hashes are kept, yet the successor has to be told again. It is therefore stored masked with a
//! hash of the old token: 32 random bytes XOR 32 bytes that only the bearer of the old token can compute.
//! Each mask is used once, for a token is rotated once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::clock::{Clock, stamp};
use crate::error::Error;
use crate::ids;
use crate::oauth::families::{self, REFRESH_LIFE};

/// How long a rotated token brings its successor again.
pub(crate) const GRACE: Duration = Duration::seconds(45);

/// Issues the first refresh token of a family.
pub(crate) fn issue(
    connection: &Connection,
    clock: &Clock,
    family_id: &str,
) -> Result<String, Error> {
    let token = URL_SAFE_NO_PAD.encode(ids::random::<32>()?);
    keep(connection, clock, family_id, &token)?;
    Ok(token)
}

fn keep(connection: &Connection, clock: &Clock, family: &str, token: &str) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO oauth_refresh_tokens (hash, family_id, expires_at) VALUES (?1, ?2, ?3)",
        params![
            ids::secret_hash(token),
            family,
            stamp(clock.now() + REFRESH_LIFE)
        ],
    )?;
    Ok(())
}

struct Row {
    family_id: String,
    expires_at: String,
    rotated_at: Option<String>,
    successor: Option<[u8; 32]>,
    /// The successor has been used itself, so its bearer did receive it.
    successor_used: bool,
}

/// Trades a token for its successor: the family and the new token, or `None` when it is not good.
pub(crate) fn rotate(
    connection: &Connection,
    clock: &Clock,
    token: &str,
) -> Result<Option<(String, String)>, Error> {
    let hash = ids::secret_hash(token);
    let row = connection
        .query_row(
            "SELECT old.family_id, old.expires_at, old.rotated_at, old.successor,
                    new.rotated_at IS NOT NULL
             FROM oauth_refresh_tokens AS old
             LEFT JOIN oauth_refresh_tokens AS new ON new.hash = old.successor_hash
             WHERE old.hash = ?1",
            [&hash],
            |row| {
                Ok(Row {
                    family_id: row.get(0)?,
                    expires_at: row.get(1)?,
                    rotated_at: row.get(2)?,
                    successor: row.get(3)?,
                    successor_used: row.get(4)?,
                })
            },
        )
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.expires_at <= clock.stamp() {
        return Ok(None);
    }
    let Some(rotated_at) = &row.rotated_at else {
        let successor = ids::random::<32>()?;
        let text = URL_SAFE_NO_PAD.encode(successor);
        connection.execute(
            "UPDATE oauth_refresh_tokens SET rotated_at = ?2, successor = ?3, successor_hash = ?4
             WHERE hash = ?1",
            params![
                hash,
                clock.stamp(),
                masked(successor, token),
                ids::secret_hash(&text)
            ],
        )?;
        keep(connection, clock, &row.family_id, &text)?;
        return Ok(Some((row.family_id, text)));
    };
    let rotated_at = OffsetDateTime::parse(rotated_at, &Rfc3339);
    let in_grace = rotated_at.is_ok_and(|at| clock.now() <= at + GRACE);
    match row.successor {
        Some(successor) if in_grace && !row.successor_used => Ok(Some((
            row.family_id,
            URL_SAFE_NO_PAD.encode(masked(successor, token)),
        ))),
        _ => {
            tracing::warn!(family = %row.family_id, "a refresh token was used again");
            families::revoke(connection, clock, &row.family_id)?;
            Ok(None)
        }
    }
}

/// The family a token belongs to, for revocation.
pub(crate) fn family_of(connection: &Connection, token: &str) -> Result<Option<String>, Error> {
    let family = connection
        .query_row(
            "SELECT family_id FROM oauth_refresh_tokens WHERE hash = ?1",
            [ids::secret_hash(token)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(family)
}

/// Masks a successor with the token before it, or takes the mask off.
fn masked(mut successor: [u8; 32], token: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"sifter refresh token successor\0");
    hash.update(token.as_bytes());
    for (byte, mask) in successor.iter_mut().zip(hash.finalize()) {
        *byte ^= mask;
    }
    successor
}
