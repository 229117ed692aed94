//! The way down to an image, each step made when it is missing.

use serde::de::DeserializeOwned;
use sifter_library_api::{
    Arch, Collection, Container, ContainerId, ContainerPath, Entity, Image, ImageHash, LibraryRef,
    Target,
};

use super::LibraryClient;
use super::names::{Row, container_segment, sound};
use crate::error::Error;

impl LibraryClient {
    /// Finds a container, making it and the entity and collection above it where they are missing.
    ///
    /// # Errors
    /// [`Error::Forbidden`] or [`Error::Unauthorized`] when the account may not make one of them; any
    /// other [`Error`].
    pub async fn find_or_create_container(&self, path: &ContainerPath) -> Result<Container, Error> {
        self.way_down(path, false).await
    }

    /// Like [`find_or_create_container`](Self::find_or_create_container), but a container that has to be
    /// made is asked to be private. See [`Container::private`] whether it is: not every library listens.
    ///
    /// # Errors
    /// As above.
    pub async fn find_or_create_private_container(
        &self,
        path: &ContainerPath,
    ) -> Result<Container, Error> {
        self.way_down(path, true).await
    }

    async fn way_down(&self, path: &ContainerPath, private: bool) -> Result<Container, Error> {
        let entity = match self.entity(&path.entity).await {
            Err(Error::NotFound) => {
                let row = Entity::to_create(&path.entity);
                self.create("v1/entities", &row, self.entity(&path.entity))
                    .await?
            }
            found => found?,
        };
        let found = self.collection(&path.entity, &path.collection).await;
        let collection = match found {
            Err(Error::NotFound) => {
                let row = Collection::to_create(&path.collection, entity.id);
                let again = self.collection(&path.entity, &path.collection);
                self.create("v1/collections", &row, again).await?
            }
            found => found?,
        };
        match self.container(path).await {
            Err(Error::NotFound) => {
                let row = Container {
                    private,
                    ..Container::to_create(&path.container, collection.id)
                };
                self.create("v1/containers", &row, self.container(path))
                    .await
            }
            found => found,
        }
    }

    /// Finds the image with this content in a container, or makes its row. Ask
    /// [`Image::is_uploaded`] whether the bytes have to be sent.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn find_or_create_image(
        &self,
        path: &ContainerPath,
        container: &ContainerId,
        hash: ImageHash,
        arch: Arch,
        description: &str,
    ) -> Result<Image, Error> {
        container_segment(container)?;
        let reference = LibraryRef::new(path.clone(), Target::Hash(hash));
        match self.image(&reference, Some(arch)).await {
            Err(Error::NotFound) => {
                let row = Image::to_create(hash, container.clone(), description);
                self.create("v1/images", &row, self.image(&reference, Some(arch)))
                    .await
            }
            found => found,
        }
    }

    /// Makes a row. Somebody may have made it a moment ago: then it is fetched again.
    async fn create<T: Row + DeserializeOwned + serde::Serialize + Sync>(
        &self,
        path: &str,
        row: &T,
        again: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        match self.post::<T>(path, row).await {
            Ok(row) => sound(row),
            Err(Error::Conflict(error)) => match again.await {
                Err(Error::NotFound) => Err(Error::Conflict(error)),
                found => found,
            },
            Err(error) => Err(error),
        }
    }
}
