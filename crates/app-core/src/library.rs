//! Browsing: entities, collections, containers with their table of images, and deleting an image.

mod commands;
mod matrix;
mod rows;

use std::cmp::Reverse;

use sifter_account::Account;
use sifter_contract::{
    CollectionPage, ContainerPage, EntityPage, EntityRow, ImageCell, LibraryPath, UiError,
};
use sifter_library_api::model::ArchTags;
use sifter_library_api::{
    Arch, CollectionName, Container, ContainerPath, EntityName, Image, LibraryRef, NameError,
};
use sifter_library_client::Error;

use crate::app::AppCore;
use crate::errors;
use crate::servers::Session;
use crate::transfers::reference;
use matrix::Matrix;
pub(crate) use rows::description;

/// The library that the `singularity` command line uses when none is named.
const DEFAULT_LIBRARY: &str = "https://library.sylabs.io";

impl AppCore {
    /// The entities of a server, the account's own first.
    pub(crate) async fn entities(&self, server_id: &str) -> Result<Vec<EntityRow>, UiError> {
        let session = self.servers.session(server_id).await?;
        let listed = match session.client.entities().await {
            Ok(rows) => rows,
            // A server that does not list shows at least the account's own entity.
            Err(error) if error.is_unsupported() => {
                own_entity(&session).await?.into_iter().collect()
            }
            Err(error) => return Err(errors::client(&error, &session.place(""))),
        };
        let mut rows: Vec<EntityRow> = listed
            .iter()
            .map(|entity| rows::entity(entity, session.login()))
            .collect();
        rows.sort_by(|a, b| (!a.mine, &a.name).cmp(&(!b.mine, &b.name)));
        Ok(rows)
    }

    /// One entity with its collections.
    pub(crate) async fn entity_page(
        &self,
        server_id: &str,
        name: &str,
    ) -> Result<EntityPage, UiError> {
        let entity: EntityName = parsed("entity", name)?;
        let session = self.servers.session(server_id).await?;
        let failed = |error: Error| errors::client(&error, &session.place(name));
        let (row, collections) = tokio::try_join!(
            session.client.entity(&entity),
            session.client.collections(&entity)
        )
        .map_err(failed)?;
        let mut collections: Vec<_> = collections.iter().map(rows::collection).collect();
        collections.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(EntityPage {
            entity: rows::entity(&row, session.login()),
            collections,
        })
    }

    /// One collection with its containers, newest first.
    pub(crate) async fn collection_page(
        &self,
        server_id: &str,
        entity: &str,
        collection: &str,
    ) -> Result<CollectionPage, UiError> {
        let entity_name: EntityName = parsed("entity", entity)?;
        let name: CollectionName = parsed("collection", collection)?;
        let session = self.servers.session(server_id).await?;
        let failed =
            |error: Error| errors::client(&error, &session.place(format!("{entity}/{collection}")));
        let (row, containers) = tokio::try_join!(
            session.client.collection(&entity_name, &name),
            session.client.containers(&entity_name, &name)
        )
        .map_err(failed)?;
        let mut containers: Vec<_> = containers.iter().map(rows::container).collect();
        containers
            .sort_by(|a, b| (Reverse(&a.updated), &a.name).cmp(&(Reverse(&b.updated), &b.name)));
        let mut collection = rows::collection(&row);
        collection.containers = u32::try_from(containers.len()).unwrap_or(u32::MAX);
        Ok(CollectionPage {
            entity: entity.to_owned(),
            collection,
            size: containers.iter().map(|container| container.size).sum(),
            containers,
        })
    }

    /// One container with its table of images.
    pub(crate) async fn container_page(
        &self,
        server_id: &str,
        path: LibraryPath,
    ) -> Result<ContainerPage, UiError> {
        let container_path = full_path(&path)?;
        let session = self.servers.session(server_id).await?;
        let failed =
            |error: Error| errors::client(&error, &session.place(container_path.to_string()));
        let (container, images) = tokio::try_join!(
            session.client.container(&container_path),
            session.client.images(&container_path)
        )
        .map_err(failed)?;
        let tags = tags_of(&session, &container, &images).await;
        let tags = tags.map_err(failed)?;
        let table = Matrix::new(&tags, &images);
        let library = &session.server.endpoints.library;
        let is_default = library.as_str().trim_end_matches('/') == DEFAULT_LIBRARY;
        let stamps = &container.stamps;
        let owner = stamps
            .owner
            .clone()
            .or_else(|| Some(stamps.created_by.clone()));
        Ok(ContainerPage {
            description: rows::description(&container.description),
            private: container.private,
            owner: owner.filter(|owner| !owner.is_empty()),
            size: images.iter().map(|image| image.size).sum(),
            image_count: u32::try_from(images.len()).unwrap_or(u32::MAX),
            downloads: container.download_count,
            archs: table.archs,
            tags: table.tags,
            untagged: table.untagged,
            commands: commands::flavours(&path, library, is_default),
            reference: reference(&path, None),
            writable: !container.read_only
                && may_write(session.account.as_ref(), &path, &container),
            path,
        })
    }

    /// Deletes one image by tag or digest.
    pub(crate) async fn delete_image(
        &self,
        server_id: &str,
        path: &LibraryPath,
        tag: &str,
        arch: &str,
    ) -> Result<(), UiError> {
        let reference = image_reference(path, tag)?;
        let arch: Arch = arch
            .parse()
            .map_err(|error| errors::name("arch", arch, &error))?;
        let session = self.servers.session(server_id).await?;
        session
            .client
            .delete_image(&reference, arch)
            .await
            .map_err(|error| errors::client(&error, &session.place(reference.path())))?;
        self.servers
            .images_changed(server_id, &self.tasks, &self.stop);
        Ok(())
    }

    /// One image as a cell of the table.
    pub(crate) async fn image_cell(
        &self,
        session: &Session,
        reference: &LibraryRef,
        arch: Option<Arch>,
    ) -> Result<(Image, ImageCell), UiError> {
        let image = session
            .client
            .image(reference, arch)
            .await
            .map_err(|error| errors::client(&error, &session.place(reference.to_string())))?;
        let arch = image.arch.or(arch).map_or("", Arch::as_str);
        let cell = matrix::cell(&image, arch);
        Ok((image, cell))
    }
}

async fn own_entity(session: &Session) -> Result<Option<sifter_library_api::Entity>, UiError> {
    let Some(name) = session
        .login()
        .and_then(|login| login.to_lowercase().parse().ok())
    else {
        return Ok(None);
    };
    match session.client.entity(&name).await {
        Ok(entity) => Ok(Some(entity)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(errors::client(&error, &session.place(name.to_string()))),
    }
}

/// The tags per architecture; a container's own row often brings them. A library whose tags belong to no
/// architecture has one image for each: that of the image it names.
pub(crate) async fn tags_of(
    session: &Session,
    container: &Container,
    images: &[Image],
) -> Result<ArchTags, Error> {
    if !container.arch_tags.is_empty() {
        return Ok(container.arch_tags.clone());
    }
    match session.client.arch_tags(&container.id).await {
        Err(error) if error.is_unsupported() => {}
        answer => return answer,
    }
    let flat = if container.image_tags.is_empty() {
        match session.client.tags_v1(&container.id).await {
            Err(error) if error.is_unsupported() => return Ok(ArchTags::new()),
            answer => answer?,
        }
    } else {
        container.image_tags.clone()
    };
    let mut tags = ArchTags::new();
    for (tag, id) in flat {
        let image = images.iter().find(|image| image.id == id);
        let arch = image.and_then(|image| image.arch).map_or("", Arch::as_str);
        tags.entry(arch.to_owned()).or_default().insert(tag, id);
    }
    Ok(tags)
}

/// A guess for drawing buttons; the server decides when they are pressed.
fn may_write(account: Option<&Account>, path: &LibraryPath, container: &Container) -> bool {
    account.is_some_and(|account| {
        let login = account.login.as_str();
        login.eq_ignore_ascii_case(&path.entity)
            || container.stamps.owner.as_deref() == Some(login)
            || container.stamps.created_by == login
    })
}

fn parsed<T: std::str::FromStr<Err = NameError>>(field: &str, text: &str) -> Result<T, UiError> {
    text.parse()
        .map_err(|error| errors::name(field, text, &error))
}

/// A path of three checked names.
pub(crate) fn full_path(path: &LibraryPath) -> Result<ContainerPath, UiError> {
    Ok(ContainerPath {
        entity: parsed("entity", &path.entity)?,
        collection: parsed("collection", &path.collection)?,
        container: parsed("container", &path.container)?,
    })
}

/// The reference of one image. Entity and collection may be empty where the server has defaults.
pub(crate) fn image_reference(path: &LibraryPath, tag: &str) -> Result<LibraryRef, UiError> {
    let names = [&path.entity, &path.collection, &path.container];
    let names: Vec<&str> = names
        .into_iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    let text = format!("library:///{}:{tag}", names.join("/"));
    text.parse()
        .map_err(|error| errors::reference(&text, &error))
}
