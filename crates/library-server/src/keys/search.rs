//! Finding published keys: by fingerprint, by key id, by name or mail address.

use rusqlite::{Connection, Row, ToSql};
use sifter_signing::hkp::Entry;
use sifter_signing::openpgp::Time;

use crate::catalog::contains_pattern;
use crate::error::Error;
use crate::fault::Fault;

/// Longest text searched for, in bytes.
const LONGEST: usize = 512;

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// The fingerprint of a key or of a subkey that signs.
    Fingerprint(Vec<u8>),
    /// The eight bytes of a key id.
    KeyId([u8; 8]),
    /// Up to four bytes: the end of a key id, or all of one that began with zeros.
    ShortId([u8; 4]),
    /// A name or mail address, whole.
    Name(String),
    /// A part of a name or mail address.
    Part(String),
}

impl Term {
    /// Reads what a client searches for. Digits count as such only behind `0x`; official clients write key ids
    /// without the zeros at their beginning.
    pub(crate) fn parse(text: &str, exact: bool) -> Result<Self, Fault> {
        let text = text.trim();
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        if let Some(digits) = digits {
            return digits_of(digits).ok_or(Fault::Invalid(
                "behind 0x there must be a fingerprint or a key id",
            ));
        }
        if text.is_empty() {
            return Err(Fault::Invalid("there is nothing to search for"));
        }
        if text.len() > LONGEST {
            return Err(Fault::Invalid("the text to search for is too long"));
        }
        let text = text.to_owned();
        Ok(if exact {
            Self::Name(text)
        } else {
            Self::Part(text)
        })
    }

    fn clause(&self) -> &'static str {
        match self {
            Self::Fingerprint(_) => {
                "fingerprint IN (SELECT fingerprint FROM key_handles WHERE handle = ?1)"
            }
            Self::KeyId(_) => {
                "fingerprint IN (SELECT fingerprint FROM key_handles WHERE key_id = ?1)"
            }
            Self::ShortId(_) => {
                "fingerprint IN (SELECT fingerprint FROM key_handles
                                 WHERE substr(key_id, 5) = ?1 AND is_primary)"
            }
            Self::Name(_) => {
                "fingerprint IN (SELECT fingerprint FROM key_names
                                 WHERE address = lower(?1) OR name = ?1)"
            }
            Self::Part(_) => {
                "fingerprint IN (SELECT fingerprint FROM key_names WHERE name LIKE ?1 ESCAPE '\\')"
            }
        }
    }

    fn value(&self) -> Box<dyn ToSql> {
        match self {
            Self::Fingerprint(bytes) => Box::new(bytes.clone()),
            Self::KeyId(bytes) => Box::new(bytes.to_vec()),
            Self::ShortId(bytes) => Box::new(bytes.to_vec()),
            Self::Name(text) => Box::new(text.clone()),
            Self::Part(text) => Box::new(contains_pattern(text)),
        }
    }
}

fn digits_of(digits: &str) -> Option<Term> {
    let padded = match digits.len() {
        1..=8 => format!("{digits:0>8}"),
        9..=16 => format!("{digits:0>16}"),
        40 | 64 => digits.to_owned(),
        _ => return None,
    };
    let bytes = hex::decode(padded).ok()?;
    Some(match bytes.len() {
        4 => Term::ShortId(bytes.try_into().ok()?),
        8 => Term::KeyId(bytes.try_into().ok()?),
        _ => Term::Fingerprint(bytes),
    })
}

/// The keys that are found, binary, at most `most`.
pub(crate) fn certificates(
    connection: &Connection,
    term: &Term,
    most: u32,
) -> Result<Vec<Vec<u8>>, Error> {
    let sql = format!(
        "SELECT certificate FROM keys WHERE {} ORDER BY fingerprint LIMIT ?2",
        term.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params![term.value(), most], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is told about the keys that are found, in the order of their fingerprints: at most `most` behind the
/// fingerprint `after`.
pub(crate) fn entries(
    connection: &Connection,
    term: &Term,
    after: &[u8],
    most: u32,
) -> Result<Vec<Entry>, Error> {
    let sql = format!(
        "SELECT fingerprint, algorithm, bits, created, expires, revoked FROM keys
         WHERE {} AND fingerprint > ?2 ORDER BY fingerprint LIMIT ?3",
        term.clause()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(rusqlite::params![term.value(), after, most], entry)?;
    let mut found = Vec::new();
    for row in rows {
        let (fingerprint, mut entry) = row?;
        entry.names = names(connection, &fingerprint)?;
        found.push(entry);
    }
    Ok(found)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(Vec<u8>, Entry)> {
    let fingerprint: Vec<u8> = row.get("fingerprint")?;
    let entry = Entry {
        id: hex::encode_upper(&fingerprint),
        algorithm: Some(row.get("algorithm")?),
        bits: Some(row.get("bits")?),
        created: Some(Time(row.get("created")?)),
        expires: row.get::<_, Option<i64>>("expires")?.map(Time),
        revoked: row.get("revoked")?,
        disabled: false,
        names: Vec::new(),
    };
    Ok((fingerprint, entry))
}

fn names(connection: &Connection, fingerprint: &[u8]) -> Result<Vec<String>, Error> {
    let mut statement = connection
        .prepare_cached("SELECT name FROM key_names WHERE fingerprint = ?1 ORDER BY position")?;
    let rows = statement.query_map([fingerprint], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_ids_are_read_with_and_without_their_zeros() {
        let fingerprint = "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84";
        let parse = |text: &str| Term::parse(text, true).unwrap();
        assert_eq!(
            parse(&format!("0x{fingerprint}")),
            Term::Fingerprint(hex::decode(fingerprint).unwrap())
        );
        assert_eq!(
            parse("0xa0b0c0d0e0f0102"),
            Term::KeyId([0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 1, 2])
        );
        assert_eq!(parse("0X7ff7ba84"), Term::ShortId([0x7f, 0xf7, 0xba, 0x84]));
        assert_eq!(
            parse(" ada@example.org "),
            Term::Name("ada@example.org".into())
        );
        assert_eq!(parse("7ff7ba84"), Term::Name("7ff7ba84".into()));
        assert_eq!(
            Term::parse("ada", false).unwrap(),
            Term::Part("ada".to_owned())
        );
        for bad in [
            "",
            "  ",
            "0x",
            "0xg",
            "0x12345678901234567",
            &"x".repeat(513),
        ] {
            assert!(Term::parse(bad, false).is_err(), "{bad}");
        }
    }
}
