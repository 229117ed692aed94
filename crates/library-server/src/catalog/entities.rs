//! Entities: users and groups, the first component of a reference.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sifter_library_api::{CollectionId, Entity, EntityName};

use super::{Owned, count, stamps, usage};
use crate::clock::Clock;
use crate::config::Owner;
use crate::fault::Fault;
use crate::ids;
use crate::oauth::Identity;

/// The entity with this name or id.
pub(crate) fn find(
    connection: &Connection,
    viewer: &str,
    name_or_id: &str,
) -> Result<Option<Owned<Entity>>, Fault> {
    let found = connection
        .prepare_cached(
            "SELECT * FROM entities WHERE name = ?1 OR id = ?1 ORDER BY name = ?1 DESC LIMIT 1",
        )?
        .query_row([name_or_id], read)
        .optional()?;
    found
        .map(|entity| fill(connection, viewer, entity))
        .transpose()
}

/// The entity with this name or id, or 404.
pub(crate) fn get(
    connection: &Connection,
    viewer: &str,
    key: &str,
) -> Result<Owned<Entity>, Fault> {
    find(connection, viewer, key)?.ok_or(Fault::NotFound("entity"))
}

/// All entities, by name.
pub(crate) fn list(connection: &Connection, viewer: &str) -> Result<Vec<Entity>, Fault> {
    let found: Vec<Owned<Entity>> = connection
        .prepare_cached("SELECT * FROM entities ORDER BY name")?
        .query_map([], read)?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|entity| Ok(fill(connection, viewer, entity)?.row))
        .collect()
}

/// Makes an entity, or answers the existing one when it is the caller's already.
///
/// People make the entity that carries their own name; the owner of the library makes any.
pub(crate) fn create(
    connection: &Connection,
    clock: &Clock,
    owner: &Owner,
    caller: &Identity,
    wanted: &Entity,
) -> Result<Entity, Fault> {
    let name = EntityName::new(wanted.name.as_str()).map_err(|why| Fault::InvalidName {
        what: "entity",
        why,
    })?;
    if let Some(existing) = find(connection, &caller.user_id, name.as_str())? {
        let mine = existing.belongs_to(&caller.user_id);
        return if mine {
            Ok(existing.row)
        } else {
            Err(Fault::NotYours("the entity"))
        };
    }
    if !caller.owns_library(owner) && caller.login != name.as_str() {
        return Err(Fault::NotYours("this entity name"));
    }
    let id = ids::new_id()?;
    connection.execute(
        "INSERT INTO entities (id, name, description, owner_id, default_private, custom_data,
                               created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
        params![
            id,
            name.as_str(),
            wanted.description,
            caller.user_id,
            wanted.default_private,
            wanted.custom_data,
            caller.login,
            clock.stamp()
        ],
    )?;
    Ok(get(connection, &caller.user_id, &id)?.row)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Owned<Entity>> {
    let quota: Option<i64> = row.get("quota")?;
    Ok(Owned {
        owner_id: row.get("owner_id")?,
        row: Entity {
            stamps: stamps(row)?,
            id: row.get::<_, String>("id")?.into(),
            name: row.get("name")?,
            description: row.get("description")?,
            quota: if quota.is_some() {
                count(row, "quota")?
            } else {
                0
            },
            default_private: row.get("default_private")?,
            custom_data: row.get("custom_data")?,
            ..Entity::default()
        },
    })
}

fn fill(
    connection: &Connection,
    viewer: &str,
    mut entity: Owned<Entity>,
) -> Result<Owned<Entity>, Fault> {
    let id = entity.row.id.as_str().to_owned();
    let sees_hidden = entity.belongs_to(viewer);
    entity.row.size = usage::of_entity(connection, &id)?;
    entity.row.collections = connection
        .prepare_cached(
            "SELECT id FROM collections WHERE entity_id = ?1 AND (?2 OR NOT private) ORDER BY name",
        )?
        .query_map(params![id, sees_hidden], |row| {
            Ok(CollectionId::new(row.get::<_, String>(0)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(entity)
}
