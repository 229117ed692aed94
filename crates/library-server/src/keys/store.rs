//! Published keys in the database.

use rusqlite::{Connection, OptionalExtension as _, params};
use sifter_signing::hkp::Entry;
use sifter_signing::openpgp::{Certificate, Fingerprint, KeyOrigin, Keyring};

use crate::error::Error;

/// A key as it is written down.
pub(crate) struct Row {
    fingerprint: Fingerprint,
    certificate: Vec<u8>,
    entry: Entry,
    handles: Vec<(Fingerprint, [u8; 8])>,
}

impl Row {
    /// Everything that the copy in the database, if there is one, and a publication say.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the copy in the database is no key.
    pub(crate) fn of(known: Option<&[u8]>, published: &Certificate) -> Result<Self, Error> {
        let key = match known {
            Some(bytes) => read(bytes)?.merged(published),
            None => published.clone(),
        };
        Ok(Self {
            fingerprint: key.fingerprint(),
            certificate: key.to_bytes().map_err(|_| Error::Corrupt("key"))?,
            entry: Entry::of(&key),
            handles: key.signing_keys(),
        })
    }
}

/// A key as the database has it.
pub(crate) fn read(bytes: &[u8]) -> Result<Certificate, Error> {
    let ring = Keyring::read(bytes, KeyOrigin::Local).ok();
    ring.and_then(|ring| ring.certificates().first().cloned())
        .ok_or(Error::Corrupt("key"))
}

/// The key with this fingerprint, binary.
pub(crate) fn find(
    connection: &Connection,
    fingerprint: &Fingerprint,
) -> Result<Option<Vec<u8>>, Error> {
    let found = connection
        .query_row(
            "SELECT certificate FROM keys WHERE fingerprint = ?1",
            [fingerprint.as_bytes()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found)
}

/// How many keys a person has published first.
pub(crate) fn count_of(connection: &Connection, user: &str) -> Result<usize, Error> {
    let count: u32 = connection.query_row(
        "SELECT count(*) FROM keys WHERE added_by = ?1",
        [user],
        |row| row.get(0),
    )?;
    Ok(count as usize)
}

/// Writes a key down, in place of what was known of it.
pub(crate) fn put(
    connection: &Connection,
    row: &Row,
    user: &str,
    stamp: &str,
) -> Result<(), Error> {
    let fingerprint = row.fingerprint.as_bytes();
    let entry = &row.entry;
    connection.execute(
        "INSERT INTO keys (fingerprint, certificate, algorithm, bits, created, expires, revoked,
                           added_by, added_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
         ON CONFLICT (fingerprint) DO UPDATE SET
             certificate = excluded.certificate, expires = excluded.expires,
             revoked = excluded.revoked, updated_at = excluded.updated_at",
        params![
            fingerprint,
            row.certificate,
            entry.algorithm.unwrap_or(0),
            entry.bits.unwrap_or(0),
            entry.created.map_or(0, |time| time.0),
            entry.expires.map(|time| time.0),
            entry.revoked,
            user,
            stamp,
        ],
    )?;
    connection.execute(
        "DELETE FROM key_handles WHERE fingerprint = ?1",
        [fingerprint],
    )?;
    for (position, (handle, key_id)) in row.handles.iter().enumerate() {
        connection.execute(
            "INSERT OR IGNORE INTO key_handles (handle, key_id, is_primary, fingerprint)
             VALUES (?1, ?2, ?3, ?4)",
            params![handle.as_bytes(), key_id, position == 0, fingerprint],
        )?;
    }
    connection.execute(
        "DELETE FROM key_names WHERE fingerprint = ?1",
        [fingerprint],
    )?;
    for (position, name) in entry.names.iter().enumerate() {
        connection.execute(
            "INSERT INTO key_names (fingerprint, position, name, address) VALUES (?1, ?2, ?3, ?4)",
            params![
                fingerprint,
                i64::try_from(position).unwrap_or(i64::MAX),
                name,
                address(name)
            ],
        )?;
    }
    Ok(())
}

/// The mail address in a name: what stands in angle brackets, or all of it.
fn address(name: &str) -> String {
    let inside = name
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(address, _)| address);
    inside.unwrap_or(name).trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_stands_in_brackets() {
        assert_eq!(address("Ada (home) <Ada@Example.org>"), "ada@example.org");
        assert_eq!(address("ada@example.org"), "ada@example.org");
        assert_eq!(address("Ada <broken"), "ada <broken");
    }
}
