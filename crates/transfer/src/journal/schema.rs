//! The tables, and how older journals become current ones.

use rusqlite::Connection;

use crate::error::Error;

/// Each entry brings the journal from the version of its index to the next.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE transfers (
        id          TEXT PRIMARY KEY,
        position    INTEGER NOT NULL,
        status      TEXT NOT NULL,      -- JSON of Status
        created_at  INTEGER NOT NULL,   -- milliseconds since 1970
        started_at  INTEGER,
        finished_at INTEGER,
        request     TEXT NOT NULL,      -- JSON of Request, written by the queue
        checkpoint  TEXT NOT NULL       -- JSON of Checkpoint, written by the run
    ) STRICT;

    -- Acknowledged parts of uploads (with their ETag) and finished ranges of downloads.
    CREATE TABLE parts (
        transfer TEXT NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
        number   INTEGER NOT NULL,
        etag     TEXT NOT NULL,
        PRIMARY KEY (transfer, number)
    ) STRICT, WITHOUT ROWID;

    -- What files hashed to, so that the same bytes are read once.
    CREATE TABLE hashes (
        identity TEXT PRIMARY KEY,      -- JSON of SourceIdentity
        hashes   TEXT NOT NULL,         -- JSON of FileHashes
        used_at  INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Part sizes that servers chose, to compute part digests in the first pass.
    CREATE TABLE part_sizes (
        server    TEXT PRIMARY KEY,
        part_size INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Uploads given up whose servers have not been told yet.
    CREATE TABLE abandoned (
        id      INTEGER PRIMARY KEY,
        upload  TEXT NOT NULL           -- JSON of AbandonedUpload
    ) STRICT;
"];

/// Sets the connection up and migrates. Fails on a journal from the future rather than guess.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // macOS keeps what is synchronised in the drive's cache otherwise; elsewhere this says nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(Error::JournalTooNew { found, known });
    }
    for (version, migration) in (1_i64..).zip(MIGRATIONS) {
        if version > found {
            let transaction = connection.transaction()?;
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Journal;
    use crate::error::Error;

    #[test]
    fn a_journal_from_a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        journal
            .connection()
            .pragma_update(None, "user_version", 99)
            .unwrap();
        drop(journal);
        assert!(matches!(
            Journal::open(folder.path()),
            Err(Error::JournalTooNew { found: 99, .. })
        ));
    }

    #[test]
    fn a_second_engine_on_the_same_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let first = Journal::open(folder.path()).unwrap();
        assert!(matches!(
            Journal::open(folder.path()),
            Err(Error::InUse { .. })
        ));
        drop(first);
        assert!(
            Journal::open(folder.path()).is_ok(),
            "the lock goes with its owner"
        );
    }
}
