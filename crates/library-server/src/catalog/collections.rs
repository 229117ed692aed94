//! Collections: the second component of a reference.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sifter_library_api::{Collection, CollectionName, ContainerId};

use super::{Owned, entities, stamps, usage};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::ids;
use crate::oauth::Identity;

const SELECT: &str = "SELECT collections.*, entities.name AS entity_name, entities.owner_id
     FROM collections JOIN entities ON entities.id = collections.entity_id";

/// The collection with this id.
pub(crate) fn find_by_id(
    connection: &Connection,
    viewer: &str,
    id: &str,
) -> Result<Option<Owned<Collection>>, Fault> {
    let found = connection
        .prepare_cached(&format!(
            "{SELECT} WHERE collections.id = ?2 AND (owner_id = ?1 OR NOT private)"
        ))?
        .query_row([viewer, id], read)
        .optional()?;
    found
        .map(|collection| fill(connection, viewer, collection))
        .transpose()
}

/// The collection with this name in an entity.
pub(crate) fn find(
    connection: &Connection,
    viewer: &str,
    entity: &str,
    name: &str,
) -> Result<Option<Owned<Collection>>, Fault> {
    let found = connection
        .prepare_cached(&format!(
            "{SELECT} WHERE entities.name = ?2 AND collections.name = ?3
             AND (owner_id = ?1 OR NOT private)"
        ))?
        .query_row([viewer, entity, name], read)
        .optional()?;
    found
        .map(|collection| fill(connection, viewer, collection))
        .transpose()
}

/// The collections of an entity, by name.
pub(crate) fn list(
    connection: &Connection,
    viewer: &str,
    entity: &str,
) -> Result<Vec<Collection>, Fault> {
    let entity = entities::get(connection, viewer, entity)?;
    let found: Vec<Owned<Collection>> = connection
        .prepare_cached(&format!(
            "{SELECT} WHERE entity_id = ?2 AND (owner_id = ?1 OR NOT private)
             ORDER BY collections.name"
        ))?
        .query_map([viewer, entity.row.id.as_str()], read)?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|collection| Ok(fill(connection, viewer, collection)?.row))
        .collect()
}

/// Makes a collection, or answers the existing one.
pub(crate) fn create(
    connection: &Connection,
    clock: &Clock,
    caller: &Identity,
    wanted: &Collection,
) -> Result<Collection, Fault> {
    let name = CollectionName::new(wanted.name.as_str()).map_err(|why| Fault::InvalidName {
        what: "collection",
        why,
    })?;
    let entity = entities::get(connection, &caller.user_id, wanted.entity.as_str())?;
    if !entity.belongs_to(&caller.user_id) {
        return Err(Fault::NotYours("the entity"));
    }
    let existing = find(connection, &caller.user_id, &entity.row.name, name.as_str())?;
    if let Some(existing) = existing {
        return Ok(existing.row);
    }
    let id = ids::new_id()?;
    connection.execute(
        "INSERT INTO collections (id, entity_id, name, description, private, custom_data,
                                  created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        params![
            id,
            entity.row.id.as_str(),
            name.as_str(),
            wanted.description,
            wanted.private || entity.row.default_private,
            wanted.custom_data,
            caller.login,
            clock.stamp()
        ],
    )?;
    let made = find_by_id(connection, &caller.user_id, &id)?;
    Ok(made.ok_or(Fault::NotFound("collection"))?.row)
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Owned<Collection>> {
    Ok(Owned {
        owner_id: row.get("owner_id")?,
        row: Collection {
            stamps: stamps(row)?,
            id: row.get::<_, String>("id")?.into(),
            name: row.get("name")?,
            description: row.get("description")?,
            entity: row.get::<_, String>("entity_id")?.into(),
            private: row.get("private")?,
            custom_data: row.get("custom_data")?,
            entity_name: Some(row.get("entity_name")?),
            ..Collection::default()
        },
    })
}

fn fill(
    connection: &Connection,
    viewer: &str,
    mut collection: Owned<Collection>,
) -> Result<Owned<Collection>, Fault> {
    let id = collection.row.id.as_str().to_owned();
    collection.row.size = usage::of_collection(connection, &id)?;
    collection.row.containers = connection
        .prepare_cached(
            "SELECT container_id FROM places
             WHERE collection_id = ?2 AND (owner_id = ?1 OR NOT hidden) ORDER BY container_name",
        )?
        .query_map([viewer, &id], |row| {
            Ok(ContainerId::new(row.get::<_, String>(0)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(collection)
}
