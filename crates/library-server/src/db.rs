//! SQLite on a thread of its own, with an async door.
//!
//! All statements run one after another on one connection, so a closure given to [`Db::call`] sees no
//! half-made change of another. The file is in WAL mode because the command-line tool opens it beside a
//! running server.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tokio::sync::oneshot;

use crate::error::Error;

/// Applied in order; the file's `user_version` counts how many it has. Never edit one that was released.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_library.sql"),
    include_str!("../migrations/0002_oauth.sql"),
    include_str!("../migrations/0003_people_and_tokens.sql"),
    include_str!("../migrations/0004_keys.sql"),
];

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the database thread. The thread ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Db {
    jobs: mpsc::Sender<Job>,
}

impl Db {
    /// Opens (and migrates) the database file and starts its thread.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut connection = connect(path)?;
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::Builder::new()
            .name("library-db".into())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    job(&mut connection);
                }
            })
            .map_err(Error::disk(path))?;
        Ok(Self { jobs })
    }

    /// Runs `work` on the database thread. Dropping the future does not undo work already queued.
    pub(crate) async fn call<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // The asker may have gone away (a closed connection); the work is done all the same.
            let _gone = answer.send(work(connection));
        });
        self.jobs.send(job).map_err(|_| E::from(Error::Stopping))?;
        answered.await.map_err(|_| E::from(Error::Stopping))?
    }

    /// Like [`Db::call`], inside one transaction that is rolled back when `work` fails.
    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.call(move |connection| {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(Error::from)?;
            let value = work(&transaction)?;
            transaction.commit().map_err(Error::from)?;
            Ok(value)
        })
        .await
    }
}

/// Opens one connection with the pragmas every user of the file needs, and migrates it.
pub(crate) fn connect(path: &Path) -> Result<Connection, Error> {
    make_private(path)?;
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A part is acknowledged only after its row is on disk, also across a power cut.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    migrate(&mut connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(Error::NewerSchema { found, known });
    }
    for script in MIGRATIONS.iter().skip(found as usize) {
        transaction.execute_batch(script)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

/// Creates the file before SQLite does, so that it (and its WAL, which copies the mode) is ours alone.
fn make_private(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
        .open(path)
        .map(drop)
        .map_err(Error::disk(PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_twice_migrates_once_and_keeps_data() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        let first = connect(&path).unwrap();
        first
            .execute("INSERT INTO settings VALUES ('a', x'01')", [])
            .unwrap();
        drop(first);
        let second = connect(&path).unwrap();
        let kept: Vec<u8> = second
            .query_row("SELECT value FROM settings WHERE name = 'a'", [], |r| {
                r.get(0)
            })
            .unwrap();
        assert_eq!(kept, [1]);
    }

    #[test]
    fn tokens_made_before_they_had_ids_get_one_and_still_work() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        let old = Connection::open(&path).unwrap();
        for script in &MIGRATIONS[..2] {
            old.execute_batch(script).unwrap();
        }
        old.pragma_update(None, "user_version", 2).unwrap();
        old.execute_batch(
            "INSERT INTO users (id, login, created_at) VALUES ('u', 'ada', '2026-01-01T00:00:00Z');
             INSERT INTO oauth_families VALUES ('f', 'u', 'c', '', '2026-01-01T00:00:00Z', NULL);
             INSERT INTO access_tokens (hash, user_id, name, created_at, family_id)
             VALUES (x'01', 'u', 'one', '2026-01-01T00:00:00Z', NULL),
                    (x'02', 'u', 'two', '2026-01-01T00:00:00Z', NULL),
                    (x'03', 'u', 'Sifter', '2026-01-01T00:00:00Z', 'f');",
        )
        .unwrap();
        drop(old);
        let migrated = connect(&path).unwrap();
        let ids: Vec<Option<String>> = migrated
            .prepare("SELECT id FROM access_tokens ORDER BY hash")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(ids[0].as_ref().is_some_and(|id| id.len() == 24), "{ids:?}");
        assert!(ids[1].is_some() && ids[0] != ids[1], "{ids:?}");
        assert_eq!(ids[2], None, "a token of a sign-in is listed nowhere");
    }

    #[test]
    fn a_database_from_the_future_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        connect(&path)
            .unwrap()
            .pragma_update(None, "user_version", 999)
            .unwrap();
        assert!(matches!(
            connect(&path),
            Err(Error::NewerSchema { found: 999, .. })
        ));
    }

    #[tokio::test]
    async fn a_failed_write_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&dir.path().join("library.db")).unwrap();
        let failed: Result<(), Error> = db
            .write(|c| {
                c.execute("INSERT INTO settings VALUES ('a', x'01')", [])?;
                Err(Error::Corrupt("test"))
            })
            .await;
        assert!(failed.is_err());
        let rows: i64 = db
            .call(|c| {
                Ok::<_, Error>(c.query_row("SELECT count(*) FROM settings", [], |r| r.get(0))?)
            })
            .await
            .unwrap();
        assert_eq!(rows, 0);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_database() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        let _open = connect(&path).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o077,
            0
        );
    }
}
