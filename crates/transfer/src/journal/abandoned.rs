//! Uploads given up whose servers still have to be told, also after a restart.

use serde::{Deserialize, Serialize};

use super::Journal;
use super::transfers::json;
use crate::error::Error;
use crate::remote::PushSession;
use crate::request::{AccountKey, ServerKey};

/// An upload that a server should forget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AbandonedUpload {
    pub(crate) server: ServerKey,
    pub(crate) account: Option<AccountKey>,
    pub(crate) session: PushSession,
}

impl Journal {
    /// Notes an upload to be aborted and answers its number.
    pub(crate) fn abandon(&self, upload: &AbandonedUpload) -> Result<i64, Error> {
        let connection = self.connection();
        connection.execute(
            "INSERT INTO abandoned (upload) VALUES (?1)",
            [json(upload)?],
        )?;
        Ok(connection.last_insert_rowid())
    }

    /// The uploads whose servers were not told yet.
    pub(crate) fn abandoned(&self) -> Result<Vec<(i64, AbandonedUpload)>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT id, upload FROM abandoned")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
        let mut uploads = Vec::new();
        for row in rows {
            let (number, text) = row?;
            match serde_json::from_str(&text) {
                Ok(upload) => uploads.push((number, upload)),
                // One unreadable row must not keep the others from being told.
                Err(error) => tracing::warn!(%error, "skipped an upload that cannot be read"),
            }
        }
        Ok(uploads)
    }

    /// Strikes an upload off.
    pub(crate) fn settle_abandoned(&self, number: i64) -> Result<(), Error> {
        self.connection()
            .execute("DELETE FROM abandoned WHERE id = ?1", [number])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::PushShape;

    #[test]
    fn an_unreadable_row_does_not_hide_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        journal
            .connection()
            .execute("INSERT INTO abandoned (upload) VALUES ('{}')", [])
            .unwrap();
        let upload = AbandonedUpload {
            server: ServerKey::new("s"),
            account: None,
            session: PushSession {
                without: Vec::new(),
                shape: PushShape::Single,
                resume: String::new(),
            },
        };
        let number = journal.abandon(&upload).unwrap();
        assert_eq!(journal.abandoned().unwrap(), [(number, upload)]);
    }
}
