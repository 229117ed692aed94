//! Tags: one image per name and architecture. The v1 view leaves the architecture out.

use rusqlite::{Connection, OptionalExtension as _, params};
use sifter_library_api::model::{ArchTags, TagMap};
use sifter_library_api::{Arch, ImageId, Tag};

use crate::clock::Clock;
use crate::fault::Fault;
use crate::oauth::Identity;

/// The architecture that a tag without one means first, as on the servers of the field.
const PREFERRED_ARCH: &str = "amd64";

/// `{arch: {tag: image}}`.
pub(crate) fn by_arch(connection: &Connection, container: &str) -> Result<ArchTags, Fault> {
    let mut tags = ArchTags::new();
    let mut query = connection
        .prepare_cached("SELECT arch, name, image_id FROM tags WHERE container_id = ?1")?;
    let mut rows = query.query([container])?;
    while let Some(row) = rows.next()? {
        let (arch, name, image): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        tags.entry(arch)
            .or_default()
            .insert(name, ImageId::new(image));
    }
    Ok(tags)
}

/// `{tag: image}`; where architectures differ, the preferred one and then the latest change wins.
pub(crate) fn flat(connection: &Connection, container: &str) -> Result<TagMap, Fault> {
    let mut query = connection.prepare_cached(
        "SELECT name, image_id FROM tags WHERE container_id = ?1
         ORDER BY arch = ?2, updated_at, arch",
    )?;
    // Later rows replace earlier ones.
    let tags = query
        .query_map([container, PREFERRED_ARCH], |row| {
            Ok((row.get(0)?, ImageId::new(row.get::<_, String>(1)?)))
        })?
        .collect::<Result<_, _>>()?;
    Ok(tags)
}

/// The image a tag names. An empty architecture takes the preferred one, else the latest change.
pub(crate) fn image_of(
    connection: &Connection,
    container: &str,
    tag: &Tag,
    arch: &str,
) -> Result<Option<String>, Fault> {
    let id = connection
        .prepare_cached(
            "SELECT image_id FROM tags
             WHERE container_id = ?1 AND name = ?2 AND (arch = ?3 OR ?3 = '')
             ORDER BY arch = ?4 DESC, updated_at DESC, arch LIMIT 1",
        )?
        .query_row([container, tag.as_str(), arch, PREFERRED_ARCH], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(id)
}

/// The tags that name an image, each once.
pub(crate) fn of_image(connection: &Connection, image: &str) -> Result<Vec<String>, Fault> {
    let tags = connection
        .prepare_cached("SELECT DISTINCT name FROM tags WHERE image_id = ?1 ORDER BY name")?
        .query_map([image], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(tags)
}

/// Points a tag at an image of the same container. Without an architecture the image's own is taken.
pub(crate) fn set(
    connection: &Connection,
    clock: &Clock,
    caller: &Identity,
    container: &str,
    arch: Option<&str>,
    tag: &str,
    image: &str,
) -> Result<(), Fault> {
    let tag = Tag::new(tag).map_err(|why| Fault::InvalidName { what: "tag", why })?;
    let (known_arch, uploaded): (String, bool) = connection
        .prepare_cached("SELECT arch, uploaded FROM images WHERE id = ?1 AND container_id = ?2")?
        .query_row([image, container], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(Fault::NotFound("image"))?;
    if !uploaded {
        return Err(Fault::NotUploaded);
    }
    let arch = match arch {
        Some(arch) => arch,
        None if known_arch.is_empty() => PREFERRED_ARCH,
        None => &known_arch,
    };
    let arch: Arch = arch
        .parse()
        .map_err(|_| Fault::Invalid("unknown architecture"))?;
    connection.execute(
        "INSERT INTO tags (container_id, arch, name, image_id, updated_by, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (container_id, arch, name) DO UPDATE
         SET image_id = excluded.image_id, updated_by = excluded.updated_by,
             updated_at = excluded.updated_at",
        params![
            container,
            arch.as_str(),
            tag.as_str(),
            image,
            caller.login,
            clock.stamp()
        ],
    )?;
    if known_arch.is_empty() {
        // A data image says no architecture; the person who tagged it did.
        connection.execute(
            "UPDATE images SET arch = ?2 WHERE id = ?1",
            [image, arch.as_str()],
        )?;
    }
    Ok(())
}

/// Removes a tag, of one architecture or of all.
pub(crate) fn remove(
    connection: &Connection,
    container: &str,
    arch: Option<&str>,
    tag: &str,
) -> Result<(), Fault> {
    connection.execute(
        "DELETE FROM tags WHERE container_id = ?1 AND name = ?2 AND (?3 IS NULL OR arch = ?3)",
        params![container, tag, arch],
    )?;
    Ok(())
}
