//! Images: one file in a container, named by the SHA-256 of its bytes.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sifter_library_api::{Image, ImageHash, Tag};

use super::{DESCRIPTION_LIMIT, Owned, containers, count, stamps, tags, to_column};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::ids;
use crate::oauth::Identity;

/// Images whose bytes have not arrived are shown to their owner only.
const SELECT: &str = "SELECT images.*, places.*
     FROM images JOIN places ON places.container_id = images.container_id
     WHERE (owner_id = ?1 OR (NOT hidden AND uploaded))";

/// What stands behind the colon of a reference.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Tag(Tag),
    Hash(ImageHash),
}

/// What the library learns from the file itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Learned {
    pub(crate) size: u64,
    pub(crate) arch: Option<&'static str>,
    pub(crate) signed: bool,
    pub(crate) encrypted: bool,
    /// Upper-case hexadecimal.
    pub(crate) fingerprints: Vec<String>,
}

/// The image with this id.
pub(crate) fn find_by_id(
    connection: &Connection,
    viewer: &str,
    id: &str,
) -> Result<Option<Owned<Image>>, Fault> {
    let found = connection
        .prepare_cached(&format!("{SELECT} AND images.id = ?2"))?
        .query_row([viewer, id], read)
        .optional()?;
    found.map(|image| fill(connection, image)).transpose()
}

/// The image with this id, which the caller may change.
pub(crate) fn get_own(
    connection: &Connection,
    caller: &Identity,
    id: &str,
) -> Result<Owned<Image>, Fault> {
    let image = find_by_id(connection, &caller.user_id, id)?.ok_or(Fault::NotFound("image"))?;
    if image.belongs_to(&caller.user_id) {
        Ok(image)
    } else {
        Err(Fault::NotYours("the image"))
    }
}

/// The image that a tag or hash of a container names. A hash says which file it is whatever the
/// architecture, so the latter counts for tags only.
pub(crate) fn get(
    connection: &Connection,
    viewer: &str,
    container: &str,
    target: &Target,
    arch: &str,
) -> Result<Owned<Image>, Fault> {
    let id = match target {
        Target::Tag(tag) => tags::image_of(connection, container, tag, arch)?,
        Target::Hash(hash) => id_of_hash(connection, container, hash)?,
    };
    let id = id.ok_or(Fault::NotFound("image"))?;
    find_by_id(connection, viewer, &id)?.ok_or(Fault::NotFound("image"))
}

/// Id of the entity an image is in.
pub(crate) fn entity_of(connection: &Connection, image: &str) -> Result<String, Fault> {
    connection
        .prepare_cached(
            "SELECT entity_id FROM images JOIN places ON places.container_id = images.container_id
             WHERE images.id = ?1",
        )?
        .query_row([image], |row| row.get(0))
        .optional()?
        .ok_or(Fault::NotFound("image"))
}

/// Size of an image's bytes, if it still is that content and they are there.
pub(crate) fn size_of(
    connection: &Connection,
    image: &str,
    digest: &str,
) -> Result<Option<u64>, Fault> {
    let size = connection
        .prepare_cached("SELECT size FROM images WHERE id = ?1 AND digest = ?2 AND uploaded")?
        .query_row([image, digest], |row| count(row, "size"))
        .optional()?;
    Ok(size)
}

fn id_of_hash(
    connection: &Connection,
    container: &str,
    hash: &ImageHash,
) -> Result<Option<String>, Fault> {
    let Some(digest) = hash.sha256_hex() else {
        return Ok(None);
    };
    let id = connection
        .prepare_cached("SELECT id FROM images WHERE container_id = ?1 AND digest = ?2")?
        .query_row([container, &digest], |row| row.get(0))
        .optional()?;
    Ok(id)
}

/// The images of a container whose bytes are there, oldest first.
pub(crate) fn list(
    connection: &Connection,
    viewer: &str,
    container: &str,
) -> Result<Vec<Image>, Fault> {
    let found: Vec<Owned<Image>> = connection
        .prepare_cached(&format!(
            "{SELECT} AND images.container_id = ?2 AND uploaded
             ORDER BY images.created_at, images.id"
        ))?
        .query_map([viewer, container], read)?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|image| Ok(fill(connection, image)?.row))
        .collect()
}

/// Makes an image row, or answers the existing one.
///
/// When the library holds these bytes already in an image the caller can see, the new image is complete
/// at once. Bytes the caller cannot see must be sent again: knowing a hash is not knowing the file.
pub(crate) fn create(
    connection: &Connection,
    clock: &Clock,
    caller: &Identity,
    wanted: &Image,
) -> Result<Image, Fault> {
    let digest = wanted
        .hash
        .and_then(|hash| hash.sha256_hex())
        .ok_or(Fault::Invalid(
            "hash must be sha256. and 64 hexadecimal digits",
        ))?;
    if wanted.description.len() > DESCRIPTION_LIMIT {
        return Err(Fault::Invalid("the description is too long"));
    }
    let container = containers::get_by_id(connection, &caller.user_id, wanted.container.as_str())?;
    if !container.belongs_to(&caller.user_id) {
        return Err(Fault::NotYours("the container"));
    }
    if container.row.read_only {
        return Err(Fault::ReadOnly);
    }
    let container = container.row.id.as_str();
    let now = clock.stamp();
    connection.execute(
        "INSERT INTO images (id, container_id, digest, description, custom_data,
                             created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (container_id, digest) DO NOTHING",
        params![
            ids::new_id()?,
            container,
            digest,
            wanted.description,
            wanted.custom_data,
            caller.login,
            now
        ],
    )?;
    connection.execute(
        "UPDATE images SET uploaded = 1, size = known.size, arch = known.arch, signed = known.signed,
                           encrypted = known.encrypted, fingerprints = known.fingerprints
         FROM (SELECT other.* FROM images AS other
               JOIN places ON places.container_id = other.container_id
               WHERE other.digest = ?2 AND other.uploaded AND (owner_id = ?3 OR NOT hidden)
               LIMIT 1) AS known
         WHERE images.container_id = ?1 AND images.digest = ?2 AND NOT images.uploaded",
        [container, &digest, &caller.user_id],
    )?;
    let id: String = connection
        .prepare_cached("SELECT id FROM images WHERE container_id = ?1 AND digest = ?2")?
        .query_row([container, &digest], |row| row.get(0))?;
    Ok(get_own(connection, caller, &id)?.row)
}

/// Writes down that the bytes of an image are stored, and what they are.
pub(crate) fn complete(
    connection: &Connection,
    clock: &Clock,
    caller: &Identity,
    image: &str,
    digest: &str,
    learned: &Learned,
) -> Result<(), Fault> {
    let now = clock.stamp();
    connection.execute(
        "INSERT INTO blobs (digest, size, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![digest, to_column(learned.size), now],
    )?;
    let fingerprints = serde_json::Value::from(learned.fingerprints.clone()).to_string();
    connection.execute(
        "UPDATE images SET uploaded = 1, size = ?2, arch = ?3, signed = ?4, encrypted = ?5,
                           fingerprints = ?6, updated_by = ?7, updated_at = ?8
         WHERE id = ?1",
        params![
            image,
            to_column(learned.size),
            learned.arch.unwrap_or_default(),
            learned.signed,
            learned.encrypted,
            fingerprints,
            caller.login,
            now
        ],
    )?;
    Ok(())
}

/// Removes an image and its tags. Answers the digest of its bytes when no other image has them.
pub(crate) fn delete(connection: &Connection, image: &Image) -> Result<Option<String>, Fault> {
    connection.execute("DELETE FROM images WHERE id = ?1", [image.id.as_str()])?;
    let Some(digest) = image.hash.and_then(|hash| hash.sha256_hex()) else {
        return Ok(None);
    };
    let wanted = connection
        .prepare_cached("SELECT 1 FROM images WHERE digest = ?1 AND uploaded")?
        .exists([&digest])?;
    if wanted {
        return Ok(None);
    }
    connection.execute("DELETE FROM blobs WHERE digest = ?1", [&digest])?;
    Ok(Some(digest))
}

/// Removes image rows whose bytes never came: made before `before` (a stored time), no upload under way.
pub(crate) fn forget_promises(connection: &Connection, before: &str) -> Result<(), Fault> {
    connection.execute(
        "DELETE FROM images WHERE NOT uploaded AND created_at <= ?1
         AND id NOT IN (SELECT image_id FROM uploads)",
        [before],
    )?;
    Ok(())
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Owned<Image>> {
    let digest: String = row.get("digest")?;
    let arch: String = row.get("arch")?;
    let uploaded: bool = row.get("uploaded")?;
    let fingerprints: String = row.get("fingerprints")?;
    Ok(Owned {
        owner_id: row.get("owner_id")?,
        row: Image {
            stamps: stamps(row)?,
            id: row.get::<_, String>("id")?.into(),
            hash: ImageHash::from_sha256_hex(&digest).ok(),
            description: row.get("description")?,
            container: row.get::<_, String>("container_id")?.into(),
            size: count(row, "size")?,
            uploaded,
            signed: if uploaded {
                Some(row.get("signed")?)
            } else {
                None
            },
            encrypted: if uploaded {
                Some(row.get("encrypted")?)
            } else {
                None
            },
            arch: arch.parse().ok(),
            fingerprints: serde_json::from_str(&fingerprints).unwrap_or_default(),
            custom_data: row.get("custom_data")?,
            entity: row.get::<_, String>("entity_id")?.into(),
            entity_name: Some(row.get("entity_name")?),
            collection: row.get::<_, String>("collection_id")?.into(),
            collection_name: Some(row.get("collection_name")?),
            container_name: Some(row.get("container_name")?),
            container_description: Some(row.get("container_description")?),
            container_stars: count(row, "stars")?,
            container_downloads: count(row, "download_count")?,
            ..Image::default()
        },
    })
}

pub(super) fn fill(
    connection: &Connection,
    mut image: Owned<Image>,
) -> Result<Owned<Image>, Fault> {
    image.row.tags = tags::of_image(connection, image.row.id.as_str())?;
    Ok(image)
}
