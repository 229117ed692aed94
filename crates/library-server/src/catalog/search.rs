//! Search by part of a name, a tag, a description or the beginning of a hash.

use rusqlite::{Connection, params};
use sifter_library_api::search::SearchResults;
use sifter_library_api::{Arch, Entity};

use super::{collections, containers, contains_pattern, entities, images};
use crate::fault::Fault;

/// Most rows answered of each kind.
const LIMIT: usize = 200;

/// What to look for.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) text: String,
    /// Any of these; none given means any at all.
    pub(crate) archs: Vec<Arch>,
    pub(crate) signed_only: bool,
}

/// Everything the viewer may see that matches. Asking for an architecture or for signed images asks
/// for images only (published specification of the Cloud Library API).
pub(crate) fn run(
    connection: &Connection,
    viewer: &str,
    search: &Search,
) -> Result<SearchResults, Fault> {
    let pattern = contains_pattern(&search.text.to_lowercase());
    let mut results = SearchResults {
        image: find_images(connection, viewer, search, &pattern)?,
        ..Default::default()
    };
    if search.archs.is_empty() && !search.signed_only {
        results.entity = find_entities(connection, viewer, &pattern)?;
        results.collection = matching(
            connection,
            "SELECT collections.id FROM collections JOIN entities ON entities.id = entity_id
             WHERE collections.name LIKE ?2 ESCAPE '\\' AND (owner_id = ?1 OR NOT private)
             ORDER BY collections.name LIMIT ?3",
            viewer,
            &pattern,
            |id| Ok(collections::find_by_id(connection, viewer, id)?.map(|found| found.row)),
        )?;
        results.container = matching(
            connection,
            "SELECT container_id FROM places
             WHERE (container_name LIKE ?2 ESCAPE '\\'
                    OR lower(container_description) LIKE ?2 ESCAPE '\\')
               AND (owner_id = ?1 OR NOT hidden)
             ORDER BY container_name LIMIT ?3",
            viewer,
            &pattern,
            |id| Ok(containers::find_by_id(connection, viewer, id)?.map(|found| found.row)),
        )?;
    }
    Ok(results)
}

fn find_entities(
    connection: &Connection,
    viewer: &str,
    pattern: &str,
) -> Result<Vec<Entity>, Fault> {
    matching(
        connection,
        "SELECT id FROM entities WHERE name LIKE ?2 ESCAPE '\\' AND ?1 IS NOT NULL
         ORDER BY name LIMIT ?3",
        viewer,
        pattern,
        |id| Ok(entities::find(connection, viewer, id)?.map(|found| found.row)),
    )
}

fn find_images(
    connection: &Connection,
    viewer: &str,
    search: &Search,
    pattern: &str,
) -> Result<Vec<sifter_library_api::Image>, Fault> {
    let digest = search.text.strip_prefix("sha256.").unwrap_or(&search.text);
    let found: Vec<_> = connection
        .prepare_cached(
            "SELECT images.*, places.*
             FROM images JOIN places ON places.container_id = images.container_id
             WHERE uploaded AND (owner_id = ?1 OR NOT hidden) AND (NOT ?3 OR signed)
               AND (container_name LIKE ?2 ESCAPE '\\' OR collection_name LIKE ?2 ESCAPE '\\'
                    OR entity_name LIKE ?2 ESCAPE '\\'
                    OR lower(images.description) LIKE ?2 ESCAPE '\\'
                    OR lower(container_description) LIKE ?2 ESCAPE '\\'
                    OR substr(digest, 1, length(?4)) = ?4
                    OR EXISTS (SELECT 1 FROM tags WHERE image_id = images.id
                               AND tags.name LIKE ?2 ESCAPE '\\'))
             ORDER BY entity_name, collection_name, container_name, images.created_at",
        )?
        .query_map(
            params![viewer, pattern, search.signed_only, digest],
            images::read,
        )?
        .filter(|found| {
            let wanted = |arch: Option<Arch>| arch.is_some_and(|arch| search.archs.contains(&arch));
            search.archs.is_empty() || found.as_ref().map_or(true, |image| wanted(image.row.arch))
        })
        .take(LIMIT)
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|image| Ok(images::fill(connection, image)?.row))
        .collect()
}

/// Runs a query for ids and fetches a row for each.
fn matching<T>(
    connection: &Connection,
    sql: &str,
    viewer: &str,
    pattern: &str,
    fetch: impl Fn(&str) -> Result<Option<T>, Fault>,
) -> Result<Vec<T>, Fault> {
    let ids: Vec<String> = connection
        .prepare_cached(sql)?
        .query_map(params![viewer, pattern, LIMIT as i64], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    ids.iter().filter_map(|id| fetch(id).transpose()).collect()
}
