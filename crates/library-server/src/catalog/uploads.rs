//! Uploads that have begun: what was promised and which parts have been acknowledged.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{count, to_column};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::ids;
use crate::oauth::Identity;

/// Largest file taken, in bytes: 16 TiB, past which common file systems give up too.
pub(crate) const LARGEST_FILE: u64 = 16 << 40;
/// Most parts of one upload (the limit of S3).
const MOST_PARTS: u64 = 10_000;
/// Part sizes are chosen between these, aiming at a few hundred parts.
const SMALLEST_PART: u64 = 16 << 20;
const LARGEST_PART: u64 = 4 << 30;
const AIM: u64 = 512;

/// One upload that has begun and is not complete. A single PUT is an upload of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) image_id: String,
    pub(crate) size: u64,
    pub(crate) part_size: u64,
    pub(crate) total_parts: u32,
    /// Lower-case hexadecimal MD5 the client promised for the file; empty when it did not.
    pub(crate) md5: String,
    /// Lower-case hexadecimal SHA-256 of the file: what the image is named.
    pub(crate) digest: String,
}

impl Upload {
    /// Offset and length of a part, in bytes; `None` for a number the upload does not have.
    pub(crate) fn part(&self, number: u32) -> Option<(u64, u64)> {
        let index = u64::from(number.checked_sub(1)?);
        let offset = index.checked_mul(self.part_size)?;
        let rest = self.size.checked_sub(offset).filter(|rest| *rest > 0)?;
        Some((offset, rest.min(self.part_size)))
    }
}

/// Bytes per part for a file of `size`.
pub(crate) fn choose_part_size(size: u64) -> u64 {
    (size / AIM)
        .next_power_of_two()
        .clamp(SMALLEST_PART, LARGEST_PART)
}

/// Whether a file of this many bytes may be announced at all.
pub(crate) fn check_size(size: u64) -> Result<(), Fault> {
    if size == 0 || size > LARGEST_FILE {
        return Err(Fault::Invalid("filesize must be between 1 byte and 16 TiB"));
    }
    Ok(())
}

/// Begins an upload. `part_size` is `None` for a single PUT.
pub(crate) fn begin(
    connection: &Connection,
    clock: &Clock,
    caller: &Identity,
    image: &str,
    size: u64,
    part_size: Option<u64>,
    md5: &str,
) -> Result<Upload, Fault> {
    check_size(size)?;
    let multipart = part_size.is_some();
    let part_size = part_size.unwrap_or(size).max(1);
    let total_parts = size.div_ceil(part_size);
    if total_parts > MOST_PARTS {
        return Err(Fault::Invalid("too many parts"));
    }
    let id = ids::new_id()?;
    connection.execute(
        "INSERT INTO uploads (id, image_id, multipart, size, part_size, total_parts, md5,
                              created_by, created_at, touched_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
        params![
            id,
            image,
            multipart,
            to_column(size),
            to_column(part_size),
            to_column(total_parts),
            md5,
            caller.login,
            clock.stamp()
        ],
    )?;
    find(connection, &id)?.ok_or(Fault::UploadGone)
}

/// The upload with this id.
pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Upload>, Fault> {
    let upload = connection
        .prepare_cached(
            "SELECT uploads.*, images.digest FROM uploads
             JOIN images ON images.id = uploads.image_id WHERE uploads.id = ?1",
        )?
        .query_row([id], read)
        .optional()?;
    Ok(upload)
}

/// The latest single PUT of an image whose bytes have arrived.
pub(crate) fn arrived_single(
    connection: &Connection,
    image: &str,
) -> Result<Option<Upload>, Fault> {
    let upload = connection
        .prepare_cached(
            "SELECT uploads.*, images.digest FROM uploads
             JOIN images ON images.id = uploads.image_id
             JOIN upload_parts ON upload_parts.upload_id = uploads.id
             WHERE image_id = ?1 AND NOT multipart
             ORDER BY upload_parts.received_at DESC, uploads.id LIMIT 1",
        )?
        .query_row([image], read)
        .optional()?;
    Ok(upload)
}

/// SHA-256 (lower-case hexadecimal) of every acknowledged part, by number.
pub(crate) fn parts(connection: &Connection, id: &str) -> Result<BTreeMap<u32, String>, Fault> {
    let parts = connection
        .prepare_cached("SELECT number, sha256 FROM upload_parts WHERE upload_id = ?1")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(parts)
}

/// Writes down that a part is on disk.
pub(crate) fn acknowledge(
    connection: &Connection,
    clock: &Clock,
    id: &str,
    number: u32,
    sha256: &str,
) -> Result<(), Fault> {
    let now = clock.stamp();
    let touched = connection.execute(
        "UPDATE uploads SET touched_at = ?2 WHERE id = ?1",
        [id, &now],
    )?;
    if touched == 0 {
        return Err(Fault::UploadGone);
    }
    connection.execute(
        "INSERT INTO upload_parts (upload_id, number, sha256, received_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (upload_id, number) DO UPDATE
         SET sha256 = excluded.sha256, received_at = excluded.received_at",
        params![id, number, sha256, now],
    )?;
    Ok(())
}

/// Takes an acknowledgement back, before other bytes are written over the part.
pub(crate) fn withdraw(connection: &Connection, id: &str, number: u32) -> Result<(), Fault> {
    connection.execute(
        "DELETE FROM upload_parts WHERE upload_id = ?1 AND number = ?2",
        params![id, number],
    )?;
    Ok(())
}

/// Forgets an upload and its parts.
pub(crate) fn forget(connection: &Connection, id: &str) -> Result<(), Fault> {
    connection.execute("DELETE FROM uploads WHERE id = ?1", [id])?;
    Ok(())
}

/// Ids of the uploads of an image.
pub(crate) fn of_image(connection: &Connection, image: &str) -> Result<Vec<String>, Fault> {
    select_ids(
        connection,
        "SELECT id FROM uploads WHERE image_id = ?1",
        image,
    )
}

/// Ids of uploads nothing has come for since `before` (a stored time).
pub(crate) fn untouched_since(connection: &Connection, before: &str) -> Result<Vec<String>, Fault> {
    select_ids(
        connection,
        "SELECT id FROM uploads WHERE touched_at <= ?1",
        before,
    )
}

fn select_ids(connection: &Connection, sql: &str, key: &str) -> Result<Vec<String>, Fault> {
    let ids = connection
        .prepare_cached(sql)?
        .query_map([key], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Upload> {
    Ok(Upload {
        id: row.get("id")?,
        image_id: row.get("image_id")?,
        size: count(row, "size")?,
        part_size: count(row, "part_size")?,
        total_parts: row.get("total_parts")?,
        md5: row.get("md5")?,
        digest: row.get("digest")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(size: u64, part_size: u64) -> Upload {
        Upload {
            id: String::new(),
            image_id: String::new(),
            size,
            part_size,
            total_parts: u32::try_from(size.div_ceil(part_size)).unwrap(),
            md5: String::new(),
            digest: String::new(),
        }
    }

    #[test]
    fn parts_cover_the_file_and_no_more() {
        let upload = upload(25, 10);
        assert_eq!(upload.part(1), Some((0, 10)));
        assert_eq!(upload.part(3), Some((20, 5)));
        assert_eq!(upload.part(4), None);
        assert_eq!(upload.part(0), None);
        assert_eq!(upload.part(u32::MAX), None);
    }

    #[test]
    fn part_sizes_stay_within_what_is_answered() {
        for size in [1, 5 << 20, 64 << 20, 10 << 30, 20 << 30, LARGEST_FILE] {
            let part = choose_part_size(size);
            assert!((SMALLEST_PART..=LARGEST_PART).contains(&part));
            assert!(size.div_ceil(part) <= MOST_PARTS, "{size}");
        }
    }
}
