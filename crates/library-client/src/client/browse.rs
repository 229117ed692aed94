//! Looking around: entities, collections, containers, images of a container.
//!
//! The published API fetches rows by name. Hinkskalle and the local library also list the rows below
//! a row (see `sifter_library_api::extensions`); where that is missing, lists are put together from
//! the ids and tags of the row above, a bounded number of requests at a time.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sifter_library_api::{
    Arch, Collection, CollectionName, Container, ContainerPath, Entity, EntityName, Image,
    LibraryRef, Tag, Target, extensions,
};

use super::LibraryClient;
use super::names::{Row, clean_tags, only_sound, sound};
use crate::error::Error;

/// How many rows are looked up one by one where a server cannot list them.
const MAX_LOOK_UPS: usize = 500;
/// How many of these look-ups run at a time.
const LOOK_UPS_AT_ONCE: usize = 8;

impl LibraryClient {
    /// The entities the account may see.
    ///
    /// # Errors
    /// [`Error::NotFound`] or another [unsupported](Error::is_unsupported) error where the server
    /// does not list entities; any other [`Error`].
    pub async fn entities(&self) -> Result<Vec<Entity>, Error> {
        let rows: Option<Vec<Entity>> = self.list(extensions::ENTITIES).await?;
        rows.map(only_sound).ok_or(Error::NotFound)
    }

    /// One entity, with its storage in `size` and `quota`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn entity(&self, name: &EntityName) -> Result<Entity, Error> {
        sound(self.get(&format!("v1/entities/{name}"), &[]).await?)
    }

    /// The collections of an entity.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn collections(&self, entity: &EntityName) -> Result<Vec<Collection>, Error> {
        if let Some(rows) = self.list(&extensions::collections_of(entity)).await? {
            return Ok(only_sound(rows));
        }
        let ids = self.entity(entity).await?.collections;
        let ids = ids.into_iter().filter(|id| id.is_usable());
        self.look_up(ids.map(|id| format!("v1/collections/{id}")).collect())
            .await
    }

    /// One collection.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn collection(
        &self,
        entity: &EntityName,
        name: &CollectionName,
    ) -> Result<Collection, Error> {
        sound(
            self.get(&format!("v1/collections/{entity}/{name}"), &[])
                .await?,
        )
    }

    /// The containers of a collection.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn containers(
        &self,
        entity: &EntityName,
        collection: &CollectionName,
    ) -> Result<Vec<Container>, Error> {
        if let Some(rows) = self
            .list(&extensions::containers_of(entity, collection))
            .await?
        {
            return Ok(only_sound(rows));
        }
        let ids = self.collection(entity, collection).await?.containers;
        let ids = ids.into_iter().filter(|id| id.is_usable());
        self.look_up(ids.map(|id| format!("v1/containers/{id}")).collect())
            .await
    }

    /// One container, with its tags per architecture where the server fills them in.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn container(&self, path: &ContainerPath) -> Result<Container, Error> {
        sound(self.get(&format!("v1/containers/{path}"), &[]).await?)
    }

    /// The images of a container, with their tags. Where the server does not list images, those that
    /// no tag points to are missing.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn images(&self, path: &ContainerPath) -> Result<Vec<Image>, Error> {
        if let Some(rows) = self.list::<Image>(&extensions::images_of(path)).await? {
            return Ok(only_sound(rows).into_iter().map(clean_tags).collect());
        }
        let container = self.container(path).await?;
        let by_arch = container.arch_tags.iter().flat_map(|(arch, tags)| {
            tags.keys().filter_map(move |tag| {
                let arch: Arch = arch.parse().ok()?;
                Some((Some(arch), Tag::new(tag.as_str()).ok()?))
            })
        });
        // Libraries of before 2019 know no architectures here.
        let without = container.arch_tags.is_empty();
        let without = container.image_tags.keys().filter(|_| without);
        let without = without.filter_map(|tag| Some((None, Tag::new(tag.as_str()).ok()?)));
        let cells: Vec<_> = by_arch.chain(without).take(MAX_LOOK_UPS).collect();
        let found: Vec<Option<(Tag, Image)>> = stream::iter(cells)
            .map(|(arch, tag)| async move {
                let target = Target::Tags(vec![tag.clone()]);
                let reference = LibraryRef::new(path.clone(), target);
                match self.image(&reference, arch).await {
                    Ok(mut image) => {
                        image.arch = image.arch.or(arch);
                        Ok(Some((tag, image)))
                    }
                    // Moved or removed since the container was read, or not a SIF.
                    Err(Error::NotFound | Error::OciImageInstead) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .buffered(LOOK_UPS_AT_ONCE)
            .try_collect()
            .await?;
        let mut images: Vec<Image> = Vec::new();
        for (tag, mut image) in found.into_iter().flatten() {
            match images.iter_mut().find(|known| known.id == image.id) {
                Some(known) if known.tags.iter().any(|known| known == tag.as_str()) => {}
                Some(known) => known.tags.push(tag.into()),
                None => {
                    image.tags = vec![tag.into()];
                    images.push(image);
                }
            }
        }
        Ok(images)
    }

    /// Asks for a list; `None` when the server has no such call, or answers with something else (the
    /// same path names a single row on a server that does not list).
    async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Option<Vec<T>>, Error> {
        match self.get::<Value>(path, &[]).await {
            Ok(rows @ Value::Array(_)) => serde_json::from_value(rows)
                .map(Some)
                .map_err(|source| Error::invalid_because("a row of the list is malformed", source)),
            Ok(_) => Ok(None),
            Err(error) if error.is_unsupported() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Fetches rows one by one, leaving out those that are gone or not visible.
    async fn look_up<T: DeserializeOwned + Row>(
        &self,
        paths: Vec<String>,
    ) -> Result<Vec<T>, Error> {
        let rows: Vec<Option<T>> = stream::iter(paths.into_iter().take(MAX_LOOK_UPS))
            .map(|path| async move {
                match self.get(&path, &[]).await {
                    Ok(row) => Ok(Some(row)),
                    Err(
                        Error::NotFound
                        | Error::Forbidden(_)
                        | Error::ScopeMissing { .. }
                        | Error::Unauthorized,
                    ) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .buffered(LOOK_UPS_AT_ONCE)
            .try_collect()
            .await?;
        Ok(only_sound(rows.into_iter().flatten().collect()))
    }
}
