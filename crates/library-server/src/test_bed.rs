//! An empty database and a clock that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::Connection;
use time::OffsetDateTime;

use crate::clock::Clock;
use crate::db;

/// Stands still at a moment of 2023 until it is moved.
pub(crate) struct TestBed {
    pub(crate) connection: Connection,
    pub(crate) clock: Clock,
    hand: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl TestBed {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = db::connect(&folder.path().join("library.db")).unwrap();
        let hand = Arc::new(AtomicI64::new(1_700_000_000));
        let read = Arc::clone(&hand);
        let clock = Clock::from_fn(move || {
            OffsetDateTime::from_unix_timestamp(read.load(Ordering::SeqCst)).unwrap()
        });
        Self {
            connection,
            clock,
            hand,
            _folder: folder,
        }
    }

    /// Lets `seconds` pass.
    pub(crate) fn wait(&self, seconds: i64) {
        self.hand.fetch_add(seconds, Ordering::SeqCst);
    }
}
