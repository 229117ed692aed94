//! Acknowledged parts and finished ranges.

use std::collections::BTreeSet;

use rusqlite::params;

use super::Journal;
use crate::error::Error;
use crate::remote::CompletedPart;
use crate::request::TransferId;

impl Journal {
    /// The parts recorded for a transfer, by number.
    pub(crate) fn parts(&self, id: TransferId) -> Result<Vec<CompletedPart>, Error> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT number, etag FROM parts WHERE transfer = ?1 ORDER BY number")?;
        let rows = statement.query_map([id.to_string()], |row| {
            Ok(CompletedPart {
                number: row.get(0)?,
                etag: row.get(1)?,
            })
        })?;
        rows.map(|row| row.map_err(Error::from)).collect()
    }

    /// Forgets some parts of a transfer.
    pub(crate) fn forget_parts(
        &self,
        id: TransferId,
        numbers: &BTreeSet<u32>,
    ) -> Result<(), Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for number in numbers {
            transaction.execute(
                "DELETE FROM parts WHERE transfer = ?1 AND number = ?2",
                params![id.to_string(), number],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Records parts that a server acknowledged, or ranges that are on disk.
    pub(crate) fn record_parts(
        &self,
        id: TransferId,
        parts: &[CompletedPart],
    ) -> Result<(), Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT OR REPLACE INTO parts (transfer, number, etag) VALUES (?1, ?2, ?3)",
            )?;
            for part in parts {
                statement.execute(params![id.to_string(), part.number, part.etag])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}
