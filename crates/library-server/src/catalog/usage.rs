//! How much is stored, and how much may be.
//!
//! A file counts once in an entity however many of its containers hold it.

use rusqlite::Connection;
use sifter_library_api::upload::Quota;

use super::count;
use crate::config::Config;
use crate::fault::Fault;

const DISTINCT: &str = "SELECT coalesce(sum(size), 0) AS bytes FROM (
         SELECT DISTINCT images.digest, images.size
         FROM images JOIN places ON places.container_id = images.container_id
         WHERE images.uploaded AND";

/// Bytes stored in an entity.
pub(crate) fn of_entity(connection: &Connection, id: &str) -> Result<u64, Fault> {
    sum(connection, "entity_id", id)
}

/// Bytes stored in a collection.
pub(crate) fn of_collection(connection: &Connection, id: &str) -> Result<u64, Fault> {
    sum(connection, "collection_id", id)
}

/// Bytes stored in a container.
pub(crate) fn of_container(connection: &Connection, id: &str) -> Result<u64, Fault> {
    sum(connection, "places.container_id", id)
}

fn sum(connection: &Connection, column: &str, id: &str) -> Result<u64, Fault> {
    let bytes = connection
        .prepare_cached(&format!("{DISTINCT} {column} = ?1)"))?
        .query_row([id], |row| count(row, "bytes"))?;
    Ok(bytes)
}

/// What an entity uses and may use; a total of 0 means no limit.
pub(crate) fn quota(
    connection: &Connection,
    config: &Config,
    entity_id: &str,
) -> Result<Quota, Fault> {
    let own: Option<i64> = connection
        .prepare_cached("SELECT quota FROM entities WHERE id = ?1")?
        .query_row([entity_id], |row| row.get(0))?;
    let own = own.and_then(|bytes| u64::try_from(bytes).ok());
    Ok(Quota {
        quota_total: own.or(config.quota_bytes).unwrap_or(0),
        quota_usage: of_entity(connection, entity_id)?,
    })
}

/// Refuses when a new file of `size` bytes would take the entity past its quota.
pub(crate) fn ensure_room(
    connection: &Connection,
    config: &Config,
    entity_id: &str,
    digest: &str,
    size: u64,
) -> Result<(), Fault> {
    let quota = quota(connection, config, entity_id)?;
    let Some(limit) = quota.limit() else {
        return Ok(());
    };
    let stored_here = connection
        .prepare_cached(
            "SELECT 1 FROM images JOIN places ON places.container_id = images.container_id
             WHERE entity_id = ?1 AND digest = ?2 AND uploaded",
        )?
        .exists([entity_id, digest])?;
    let more = if stored_here { 0 } else { size };
    let fits = quota
        .quota_usage
        .checked_add(more)
        .is_some_and(|sum| sum <= limit);
    if fits {
        Ok(())
    } else {
        Err(Fault::QuotaExceeded)
    }
}
