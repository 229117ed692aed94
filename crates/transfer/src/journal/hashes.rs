//! What files hashed to, and the part sizes servers chose.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::transfers::{json, to_millis};
use super::{Journal, SourceIdentity};
use crate::digest::{Md5Digest, Sha256Digest};
use crate::error::Error;
use crate::request::ServerKey;

/// The digests of one pass over a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileHashes {
    pub(crate) sha256: Sha256Digest,
    pub(crate) md5: Option<Md5Digest>,
    /// The part size that `parts` was computed with; 0 without parts.
    pub(crate) part_size: u64,
    /// SHA-256 of each part.
    pub(crate) parts: Vec<Sha256Digest>,
}

impl Journal {
    /// The hashes of a file that did not change since they were computed.
    pub(crate) fn cached_hashes(
        &self,
        identity: &SourceIdentity,
        now: OffsetDateTime,
    ) -> Result<Option<FileHashes>, Error> {
        let key = json(identity)?;
        let connection = self.connection();
        let found: Option<String> = connection
            .query_row(
                "SELECT hashes FROM hashes WHERE identity = ?1",
                [&key],
                |row| row.get(0),
            )
            .optional()?;
        let Some(found) = found else { return Ok(None) };
        connection.execute(
            "UPDATE hashes SET used_at = ?2 WHERE identity = ?1",
            params![key, to_millis(now)],
        )?;
        // A row that does not read is as good as none: the file is hashed again.
        Ok(serde_json::from_str(&found).ok())
    }

    /// Remembers the hashes of a file.
    pub(crate) fn cache_hashes(
        &self,
        identity: &SourceIdentity,
        hashes: &FileHashes,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        self.connection().execute(
            "INSERT OR REPLACE INTO hashes (identity, hashes, used_at) VALUES (?1, ?2, ?3)",
            params![json(identity)?, json(hashes)?, to_millis(now)],
        )?;
        Ok(())
    }

    /// Forgets the hashes of a file whose bytes turned out different.
    pub(crate) fn forget_hashes(&self, identity: &SourceIdentity) -> Result<(), Error> {
        self.connection()
            .execute("DELETE FROM hashes WHERE identity = ?1", [json(identity)?])?;
        Ok(())
    }

    /// The part size a server chose last.
    pub(crate) fn part_size(&self, server: &ServerKey) -> Result<Option<u64>, Error> {
        let size: Option<i64> = self
            .connection()
            .query_row(
                "SELECT part_size FROM part_sizes WHERE server = ?1",
                [server.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        Ok(size
            .and_then(|size| u64::try_from(size).ok())
            .filter(|size| *size > 0))
    }

    /// Remembers the part size a server chose.
    pub(crate) fn remember_part_size(
        &self,
        server: &ServerKey,
        part_size: u64,
    ) -> Result<(), Error> {
        self.connection().execute(
            "INSERT OR REPLACE INTO part_sizes (server, part_size) VALUES (?1, ?2)",
            params![
                server.as_str(),
                i64::try_from(part_size).unwrap_or(i64::MAX)
            ],
        )?;
        Ok(())
    }
}
