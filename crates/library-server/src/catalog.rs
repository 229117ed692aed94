//! What the library holds, as SQL: entities, collections, containers, images, tags.
//!
//! Functions take a connection (or a transaction) and the id of the user who looks; rows the user may
//! not see are simply not there. Nothing here knows HTTP beyond the [`Fault`](crate::fault::Fault)s that
//! say why something is refused.

pub(crate) mod collections;
pub(crate) mod containers;
pub(crate) mod entities;
pub(crate) mod images;
pub(crate) mod search;
pub(crate) mod tags;
pub(crate) mod uploads;
pub(crate) mod usage;

use rusqlite::Row;
use sifter_library_api::{Stamps, WireTime};

/// A row beside the id of the user it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Owned<T> {
    pub(crate) owner_id: String,
    pub(crate) row: T,
}

impl<T> Owned<T> {
    /// Whether this user may change the row.
    pub(crate) fn belongs_to(&self, user_id: &str) -> bool {
        self.owner_id == user_id
    }
}

/// Longest description kept, in bytes.
pub(crate) const DESCRIPTION_LIMIT: usize = 64 << 10;

/// Reads the columns `created_by`, `created_at`, `updated_by`, `updated_at` of a row.
fn stamps(row: &Row<'_>) -> rusqlite::Result<Stamps> {
    let updated_by: String = row.get("updated_by")?;
    let created_by: String = row.get("created_by")?;
    Ok(Stamps {
        owner: Some(created_by.clone()),
        created_by,
        created_at: WireTime::parse(&row.get::<_, String>("created_at")?),
        updated_by: Some(updated_by).filter(|name| !name.is_empty()),
        updated_at: WireTime::parse(&row.get::<_, String>("updated_at")?),
        ..Stamps::default()
    })
}

/// Reads a column that counts something. SQLite has signed integers only; ours are never negative.
fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A size as SQLite keeps it.
pub(crate) fn to_column(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere.
pub(crate) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
