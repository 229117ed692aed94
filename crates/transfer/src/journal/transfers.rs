//! Rows of transfers.

use std::path::PathBuf;

use rusqlite::{Row, named_params, params};
use time::OffsetDateTime;

use super::{Checkpoint, Journal, Record, Request, Status, Times};
use crate::digest::Sha256Digest;
use crate::error::Error;
use crate::request::TransferId;

/// Transfers that are asked for a file with certain bytes.
const MOST_FILES: u32 = 8;

impl Journal {
    /// Every transfer, in the order of the queue.
    pub(crate) fn load(&self) -> Result<Vec<Record>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT id, position, status, created_at, started_at, finished_at, request, checkpoint
             FROM transfers ORDER BY position",
        )?;
        let rows = statement.query_map([], RawRecord::read)?;
        let mut records = Vec::new();
        for row in rows {
            match row?.parse() {
                Ok(record) => records.push(record),
                // One unreadable row must not take the others with it.
                Err(error) => tracing::warn!(%error, "skipped a transfer that cannot be read"),
            }
        }
        Ok(records)
    }

    /// Files that had these bytes when they were pushed or pulled, the latest first. They may have
    /// changed or gone since.
    pub(crate) fn files_with(&self, digest: &Sha256Digest) -> Result<Vec<PathBuf>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT id, position, status, created_at, started_at, finished_at, request, checkpoint
             FROM transfers WHERE json_extract(checkpoint, '$.digest') = ?1
             ORDER BY finished_at DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![digest.to_string(), MOST_FILES], RawRecord::read)?;
        let mut paths = Vec::new();
        for row in rows {
            let Ok(record) = row?.parse() else { continue };
            let path = match record.request {
                Request::Push(push) => Some(push.file),
                Request::Pull(_) if record.checkpoint.quarantined => None,
                Request::Pull(_) => record.checkpoint.file,
            };
            paths.extend(path.filter(|path| !paths.contains(path)));
        }
        Ok(paths)
    }

    /// Adds a transfer.
    pub(crate) fn insert(&self, record: &Record) -> Result<(), Error> {
        self.connection().execute(
            "INSERT INTO transfers
                 (id, position, status, created_at, started_at, finished_at, request, checkpoint)
             VALUES (:id, :position, :status, :created, :started, :finished, :request, :checkpoint)",
            named_params! {
                ":id": record.id.to_string(),
                ":position": record.position,
                ":status": json(&record.status)?,
                ":created": to_millis(record.times.created_at),
                ":started": record.times.started_at.map(to_millis),
                ":finished": record.times.finished_at.map(to_millis),
                ":request": json(&record.request)?,
                ":checkpoint": json(&record.checkpoint)?,
            },
        )?;
        Ok(())
    }

    /// Stores what the queue decides: status, times and the (possibly amended) request.
    pub(crate) fn update_status(
        &self,
        id: TransferId,
        status: &Status,
        times: Times,
        request: &Request,
    ) -> Result<(), Error> {
        self.connection().execute(
            "UPDATE transfers SET status = ?2, started_at = ?3, finished_at = ?4, request = ?5
             WHERE id = ?1",
            params![
                id.to_string(),
                json(status)?,
                times.started_at.map(to_millis),
                times.finished_at.map(to_millis),
                json(request)?,
            ],
        )?;
        Ok(())
    }

    /// Stores how far a run came.
    pub(crate) fn update_checkpoint(
        &self,
        id: TransferId,
        checkpoint: &Checkpoint,
    ) -> Result<(), Error> {
        self.connection().execute(
            "UPDATE transfers SET checkpoint = ?2 WHERE id = ?1",
            params![id.to_string(), json(checkpoint)?],
        )?;
        Ok(())
    }

    /// Stores how far a run came, and that none of its parts count any more, in one step.
    pub(crate) fn start_over(&self, id: TransferId, checkpoint: &Checkpoint) -> Result<(), Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM parts WHERE transfer = ?1", [id.to_string()])?;
        transaction.execute(
            "UPDATE transfers SET checkpoint = ?2 WHERE id = ?1",
            params![id.to_string(), json(checkpoint)?],
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Stores the order of the queue.
    pub(crate) fn update_positions(&self, order: &[(TransferId, i64)]) -> Result<(), Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (id, position) in order {
            transaction.execute(
                "UPDATE transfers SET position = ?2 WHERE id = ?1",
                params![id.to_string(), position],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Forgets transfers and their parts.
    pub(crate) fn remove(&self, ids: &[TransferId]) -> Result<(), Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for id in ids {
            transaction.execute("DELETE FROM transfers WHERE id = ?1", [id.to_string()])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Forgets history and cached hashes from before `limit`.
    pub(crate) fn prune(&self, limit: OffsetDateTime) -> Result<(), Error> {
        let connection = self.connection();
        connection.execute(
            "DELETE FROM transfers WHERE finished_at < ?1
             AND json_extract(status, '$.status') IN ('done', 'cancelled')",
            [to_millis(limit)],
        )?;
        connection.execute("DELETE FROM hashes WHERE used_at < ?1", [to_millis(limit)])?;
        Ok(())
    }
}

/// A row before its texts are read.
struct RawRecord {
    id: String,
    position: i64,
    status: String,
    times: (i64, Option<i64>, Option<i64>),
    request: String,
    checkpoint: String,
}

impl RawRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            position: row.get(1)?,
            status: row.get(2)?,
            times: (row.get(3)?, row.get(4)?, row.get(5)?),
            request: row.get(6)?,
            checkpoint: row.get(7)?,
        })
    }

    fn parse(self) -> Result<Record, Error> {
        let (created, started, finished) = self.times;
        Ok(Record {
            id: serde_json::from_value(self.id.into()).map_err(Error::JournalContent)?,
            position: self.position,
            status: serde_json::from_str(&self.status).map_err(Error::JournalContent)?,
            times: Times {
                created_at: from_millis(created),
                started_at: started.map(from_millis),
                finished_at: finished.map(from_millis),
            },
            request: serde_json::from_str(&self.request).map_err(Error::JournalContent)?,
            checkpoint: serde_json::from_str(&self.checkpoint).map_err(Error::JournalContent)?,
        })
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::JournalContent)
}

pub(super) fn to_millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn from_millis(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
