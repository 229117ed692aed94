//! Containers: the last component of a reference, which holds images and tags.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sifter_library_api::{Container, ContainerName, ImageId};

use super::{Owned, collections, count, stamps, tags, usage};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::ids;
use crate::oauth::Identity;

/// Entity and collection that references of one or two names mean, as on Sylabs Cloud.
const DEFAULT_ENTITY: &str = "library";
pub(crate) const DEFAULT_COLLECTION: &str = "default";

const SELECT: &str = "SELECT containers.*, entity_id, entity_name, collection_name, owner_id
     FROM containers JOIN places ON places.container_id = containers.id
     WHERE (owner_id = ?1 OR NOT hidden)";

/// A container named in a path; the parts that were left out are `None`.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) entity: Option<String>,
    pub(crate) collection: Option<String>,
    pub(crate) container: String,
}

/// The container with this id.
pub(crate) fn find_by_id(
    connection: &Connection,
    viewer: &str,
    id: &str,
) -> Result<Option<Owned<Container>>, Fault> {
    let found = connection
        .prepare_cached(&format!("{SELECT} AND containers.id = ?2"))?
        .query_row([viewer, id], read)
        .optional()?;
    found
        .map(|container| fill(connection, container))
        .transpose()
}

/// The container with this id, or 404.
pub(crate) fn get_by_id(
    connection: &Connection,
    viewer: &str,
    id: &str,
) -> Result<Owned<Container>, Fault> {
    find_by_id(connection, viewer, id)?.ok_or(Fault::NotFound("container"))
}

/// The container at this address. Without an entity it is looked for in `library` and then among the
/// viewer's own.
pub(crate) fn find(
    connection: &Connection,
    viewer: &str,
    address: &Address,
) -> Result<Option<Owned<Container>>, Fault> {
    let collection = address.collection.as_deref().unwrap_or(DEFAULT_COLLECTION);
    let found = connection
        .prepare_cached(&format!(
            "{SELECT} AND collection_name = ?2 AND containers.name = ?3
             AND (entity_name = ?4 OR (?4 IS NULL AND (entity_name = ?5 OR owner_id = ?1)))
             ORDER BY entity_name = ?5 DESC, entity_name LIMIT 1"
        ))?
        .query_row(
            params![
                viewer,
                collection,
                address.container,
                address.entity,
                DEFAULT_ENTITY
            ],
            read,
        )
        .optional()?;
    found
        .map(|container| fill(connection, container))
        .transpose()
}

/// The container at this address, or 404.
pub(crate) fn get(
    connection: &Connection,
    viewer: &str,
    address: &Address,
) -> Result<Owned<Container>, Fault> {
    find(connection, viewer, address)?.ok_or(Fault::NotFound("container"))
}

/// The containers of a collection, by name.
pub(crate) fn list(
    connection: &Connection,
    viewer: &str,
    entity: &str,
    collection: &str,
) -> Result<Vec<Container>, Fault> {
    let collection = collections::find(connection, viewer, entity, collection)?
        .ok_or(Fault::NotFound("collection"))?;
    let found: Vec<Owned<Container>> = connection
        .prepare_cached(&format!(
            "{SELECT} AND containers.collection_id = ?2 ORDER BY containers.name"
        ))?
        .query_map([viewer, collection.row.id.as_str()], read)?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|container| Ok(fill(connection, container)?.row))
        .collect()
}

/// Makes a container, or answers the existing one.
pub(crate) fn create(
    connection: &Connection,
    clock: &Clock,
    caller: &Identity,
    wanted: &Container,
) -> Result<Container, Fault> {
    let name = ContainerName::new(wanted.name.as_str()).map_err(|why| Fault::InvalidName {
        what: "container",
        why,
    })?;
    let collection =
        collections::find_by_id(connection, &caller.user_id, wanted.collection.as_str())?
            .ok_or(Fault::NotFound("collection"))?;
    if !collection.belongs_to(&caller.user_id) {
        return Err(Fault::NotYours("the collection"));
    }
    let address = Address {
        entity: collection.row.entity_name.clone(),
        collection: Some(collection.row.name.clone()),
        container: name.to_string(),
    };
    if let Some(existing) = find(connection, &caller.user_id, &address)? {
        return Ok(existing.row);
    }
    let id = ids::new_id()?;
    connection.execute(
        "INSERT INTO containers (id, collection_id, name, description, full_description, private,
                                 read_only, custom_data, created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        params![
            id,
            collection.row.id.as_str(),
            name.as_str(),
            wanted.description,
            wanted.full_description,
            wanted.private,
            wanted.read_only,
            wanted.custom_data,
            caller.login,
            clock.stamp()
        ],
    )?;
    Ok(get_by_id(connection, &caller.user_id, &id)?.row)
}

/// Notes that an image of the container was asked for.
pub(crate) fn count_download(connection: &Connection, id: &str) -> Result<(), Fault> {
    connection.execute(
        "UPDATE containers SET download_count = download_count + 1 WHERE id = ?1",
        [id],
    )?;
    Ok(())
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Owned<Container>> {
    Ok(Owned {
        owner_id: row.get("owner_id")?,
        row: Container {
            stamps: stamps(row)?,
            id: row.get::<_, String>("id")?.into(),
            name: row.get("name")?,
            description: row.get("description")?,
            full_description: row.get("full_description")?,
            collection: row.get::<_, String>("collection_id")?.into(),
            download_count: count(row, "download_count")?,
            stars: count(row, "stars")?,
            private: row.get("private")?,
            read_only: row.get("read_only")?,
            custom_data: row.get("custom_data")?,
            entity: row.get::<_, String>("entity_id")?.into(),
            entity_name: Some(row.get("entity_name")?),
            collection_name: Some(row.get("collection_name")?),
            ..Container::default()
        },
    })
}

fn fill(
    connection: &Connection,
    mut container: Owned<Container>,
) -> Result<Owned<Container>, Fault> {
    let id = container.row.id.as_str().to_owned();
    container.row.size = usage::of_container(connection, &id)?;
    container.row.arch_tags = tags::by_arch(connection, &id)?;
    container.row.image_tags = tags::flat(connection, &id)?;
    container.row.images = connection
        .prepare_cached(
            "SELECT id FROM images WHERE container_id = ?1 AND uploaded ORDER BY created_at, id",
        )?
        .query_map([&id], |row| Ok(ImageId::new(row.get::<_, String>(0)?)))?
        .collect::<Result<_, _>>()?;
    Ok(container)
}
