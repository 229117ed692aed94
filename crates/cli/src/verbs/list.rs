//! `list [REF]`: the level below a place.

use serde::Serialize;
use sifter_app_core::Reference;
use sifter_contract::requests::{CollectionRef, ContainerRef, EntityRef, ServerRef};
use sifter_contract::{
    Api as _, CollectionPage, ContainerPage, EntityPage, EntityRow, ImageCell, UiError,
};

use super::{Call, On};
use crate::failure::Failure;
use crate::format::{size, table};
use crate::session::{Session, usage};

/// A level of a library.
#[derive(Serialize)]
#[serde(untagged)]
enum Level {
    Library(Library),
    Entity(EntityPage),
    Collection(CollectionPage),
    Container(Box<ContainerPage>),
}

/// The top: who has something there, and what is one's own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Library {
    entities: Vec<EntityRow>,
    /// The entities of the signed-in account with their collections.
    own: Vec<EntityPage>,
}

pub(super) async fn run(call: &Call<'_>, reference: Option<&Reference>) -> Result<(), Failure> {
    if reference.is_some_and(|reference| !reference.tags.is_empty()) {
        return Err(usage(
            "nothing lies below a tag; leave it out, or use \"inspect\"",
        ));
    }
    let names = reference
        .map(|reference| reference.names.as_slice())
        .unwrap_or_default();
    let (server, level) = call
        .with(reference, async |session| {
            let level = level(session, names).await?;
            Ok((session.server.host.clone(), level))
        })
        .await?;
    let result = On {
        server: &server,
        result: &level,
    };
    call.output.result(&result, || text(&level))
}

async fn level(session: &Session, names: &[String]) -> Result<Level, UiError> {
    let core = session.core();
    let server_id = session.server.id.clone();
    Ok(match names {
        [] => Level::Library(library(session).await?),
        [entity] => {
            let entity = entity.clone();
            Level::Entity(core.library_entity(EntityRef { server_id, entity }).await?)
        }
        [entity, collection] => {
            let request = CollectionRef {
                server_id,
                entity: entity.clone(),
                collection: collection.clone(),
            };
            Level::Collection(core.library_collection(request).await?)
        }
        [entity, collection, container, ..] => {
            let path = sifter_contract::LibraryPath {
                entity: entity.clone(),
                collection: collection.clone(),
                container: container.clone(),
            };
            let page = core
                .library_container(ContainerRef { server_id, path })
                .await?;
            Level::Container(Box::new(page))
        }
    })
}

async fn library(session: &Session) -> Result<Library, UiError> {
    let server_id = &session.server.id;
    let request = ServerRef {
        server_id: server_id.clone(),
    };
    let entities = session.core().library_entities(request).await?;
    let mut own = Vec::new();
    for row in entities.iter().filter(|row| row.mine) {
        let request = EntityRef {
            server_id: server_id.clone(),
            entity: row.name.clone(),
        };
        own.push(session.core().library_entity(request).await?);
    }
    Ok(Library { entities, own })
}

fn text(level: &Level) -> String {
    match level {
        Level::Library(library) => {
            let mut rows = Vec::new();
            for entity in &library.entities {
                rows.push([
                    entity.name.clone(),
                    String::new(),
                    entity.description.clone(),
                ]);
                let own = library
                    .own
                    .iter()
                    .find(|page| page.entity.name == entity.name);
                rows.extend(own.into_iter().flat_map(collections));
            }
            table(&rows)
        }
        Level::Entity(page) => table(&collections(page)),
        Level::Collection(page) => {
            let rows = page.containers.iter().map(|row| {
                [
                    format!("{}/{}/{}", page.entity, page.collection.name, row.name),
                    row.newest_tag.clone().unwrap_or_default(),
                    row.archs.join(","),
                    size(row.size),
                    first_line(&row.description),
                ]
            });
            table(&rows.collect::<Vec<_>>())
        }
        Level::Container(page) => container(page),
    }
}

fn collections(page: &EntityPage) -> Vec<[String; 3]> {
    let rows = page.collections.iter().map(|row| {
        let containers = match row.containers {
            1 => "1 container".to_owned(),
            many => format!("{many} containers"),
        };
        [
            format!("{}/{}", page.entity.name, row.name),
            containers,
            first_line(&row.description),
        ]
    });
    rows.collect()
}

/// The images of a container, one a line: tags, architecture, size, hash.
pub(super) fn container(page: &ContainerPage) -> String {
    let mut rows = Vec::new();
    for row in &page.tags {
        let mut tags = vec![row.tag.clone()];
        tags.extend(row.aliases.iter().cloned());
        rows.extend(row.images.iter().map(|cell| image(&tags.join(","), cell)));
    }
    rows.extend(page.untagged.iter().map(|cell| image("-", cell)));
    table(&rows)
}

fn image(tags: &str, cell: &ImageCell) -> [String; 4] {
    [
        tags.to_owned(),
        cell.arch.clone(),
        size(cell.size),
        cell.digest.clone(),
    ]
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
