//! What an upload would do: levels it makes, tags it moves, space it takes, and what stands in its way.

use std::collections::HashSet;

use futures_util::future::join_all;
use sifter_contract::requests::Upload;
use sifter_contract::{ErrorCode, Quota, Retry, UiError, UploadItem, UploadItemPlan, UploadPlan};
use sifter_library_api::model::ArchTags;
use sifter_library_api::{Collection, Container, ContainerPath, Image};
use sifter_library_client::{ApiLevel, Error};

use crate::app::AppCore;
use crate::errors;
use crate::library::{full_path, tags_of};
use crate::servers::{Learned, Session, quota_of};
use crate::uploads::effects::effects;
use crate::uploads::ways;

/// What a destination holds now.
#[derive(Default)]
struct There {
    container: Option<Container>,
    /// Whether what is above the container keeps strangers out of it.
    hidden: bool,
    tags: ArchTags,
    images: Vec<Image>,
    creates: Vec<String>,
}

impl AppCore {
    /// What the upload would do. Asks the server, changes nothing.
    pub(crate) async fn upload_plan(&self, upload: &Upload) -> Result<UploadPlan, UiError> {
        let session = self.servers.session(&upload.server_id).await?;
        let known = self.servers.capabilities(&upload.server_id);
        let level = ways::level(&session, &known).await;
        let planned = upload
            .items
            .iter()
            .map(|item| self.plan_item(&session, level, &upload.sheet_id, item));
        let (mut items, sizes): (Vec<UploadItemPlan>, Vec<u64>) =
            join_all(planned).await.into_iter().unzip();
        create_once(&mut items);
        // Looking at the images there may have shown more of the server.
        let known = self.servers.capabilities(&upload.server_id);
        let bytes = sizes.iter().sum();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        let tags = upload.items.iter().flat_map(|item| &item.tags);
        let notes = ways::notes(level, &known, largest > self.multipart_above, tags);
        let before = match upload
            .items
            .first()
            .and_then(|item| item.path.entity.parse().ok())
        {
            Some(entity) if session.account.is_some() => quota_of(&session.client, &entity).await,
            _ => None,
        };
        let after = before.map(|quota| Quota {
            used: quota.used.saturating_add(bytes),
            ..quota
        });
        let problem = if session.account.is_none() {
            Some(
                UiError::new(ErrorCode::SignInNeeded)
                    .with("server", session.server.name.as_str())
                    .retry(Retry::AfterSignIn),
            )
        } else {
            before.and_then(|quota| too_large(&session, quota, bytes))
        };
        Ok(UploadPlan {
            items,
            bytes,
            notes,
            quota_before: before,
            quota_after: after,
            problem,
        })
    }

    /// The plan of one file, and its bytes.
    async fn plan_item(
        &self,
        session: &Session,
        level: ApiLevel,
        sheet_id: &str,
        item: &UploadItem,
    ) -> (UploadItemPlan, u64) {
        let mut plan = UploadItemPlan {
            file_id: item.file_id.clone(),
            tags: Vec::new(),
            creates: Vec::new(),
            public: !item.private,
            problem: None,
        };
        let facts = match self.item_file(sheet_id, item).await {
            Ok((_, facts)) => facts,
            Err(problem) => {
                plan.problem = Some(problem);
                return (plan, 0);
            }
        };
        let there = match look(session, item).await {
            Ok(there) => there,
            Err(problem) => {
                plan.problem = Some(problem);
                There::default()
            }
        };
        if there.images.iter().any(sets_latest) {
            let seen = |learned: &mut Learned| learned.only_asked_tags = Some(false);
            self.servers.learn(&session.server.id, seen).await;
        }
        let arch = facts.arch.as_deref().unwrap_or_default();
        plan.tags = effects(
            &item.tags,
            arch,
            &there.tags,
            &there.images,
            level.arch_tags,
        );
        plan.creates = there.creates;
        plan.public = match &there.container {
            Some(container) => !container.private && !there.hidden,
            None => !item.private && !there.hidden,
        };
        let refused = refusal(
            session,
            item,
            facts.arch.is_none(),
            there.container.as_ref(),
        );
        plan.problem = plan.problem.or(refused);
        (plan, facts.size)
    }
}

/// Whether an image is Hinkskalle's, which has a word of its own for whether the bytes are there. It sets
/// `latest` after every upload.
fn sets_latest(image: &Image) -> bool {
    image.upload_state.is_some()
}

/// A level that several items need is created by the first of them.
fn create_once(items: &mut [UploadItemPlan]) {
    let mut created = HashSet::new();
    for item in items {
        item.creates.retain(|level| created.insert(level.clone()));
    }
}

/// What keeps an item from being sent, whatever the server says later.
fn refusal(
    session: &Session,
    item: &UploadItem,
    arch_unknown: bool,
    container: Option<&Container>,
) -> Option<UiError> {
    let bad_tag = item.tags.iter().find_map(|tag| {
        let error = tag.parse::<sifter_library_api::Tag>().err()?;
        Some(errors::name("tag", tag, &error))
    });
    if bad_tag.is_some() {
        return bad_tag;
    }
    if arch_unknown {
        // Tags belong to an architecture, and this image does not name one.
        return Some(
            UiError::new(ErrorCode::NotOffered)
                .with("server", session.server.name.as_str())
                .with("what", "architecture"),
        );
    }
    if container.is_some_and(|container| container.read_only) {
        return Some(
            UiError::new(ErrorCode::Forbidden)
                .with("server", session.server.name.as_str())
                .with("owner", item.path.entity.as_str()),
        );
    }
    None
}

async fn look(session: &Session, item: &UploadItem) -> Result<There, UiError> {
    let path = full_path(&item.path)?;
    let failed = |error: Error| errors::client(&error, &session.place(path.to_string()));
    let (container, collection) = tokio::join!(
        session.client.container(&path),
        session.client.collection(&path.entity, &path.collection)
    );
    let Some(container) = found(container).map_err(failed)? else {
        let collection = found(collection).map_err(failed)?;
        return missing(session, &path, collection).await.map_err(failed);
    };
    let images = session.client.images(&path).await.map_err(failed)?;
    let tags = tags_of(session, &container, &images).await;
    Ok(There {
        // Somebody may see a container and not the collection it is in.
        hidden: collection.is_ok_and(|collection| collection.private),
        tags: tags.map_err(failed)?,
        container: Some(container),
        images,
        creates: Vec::new(),
    })
}

/// What has to be made before the container, which is known to be missing: the levels, from the top.
async fn missing(
    session: &Session,
    path: &ContainerPath,
    collection: Option<Collection>,
) -> Result<There, Error> {
    let mut creates = Vec::new();
    let hidden = match collection {
        Some(collection) => collection.private,
        None => {
            let entity = found(session.client.entity(&path.entity).await)?;
            if entity.is_none() {
                creates.push(path.entity.to_string());
            }
            creates.push(format!("{}/{}", path.entity, path.collection));
            // What is made there begins private.
            entity.is_some_and(|entity| entity.default_private)
        }
    };
    creates.push(path.to_string());
    Ok(There {
        hidden,
        creates,
        ..There::default()
    })
}

/// A row that may be missing.
fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(row) => Ok(Some(row)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn too_large(session: &Session, quota: Quota, bytes: u64) -> Option<UiError> {
    let left = quota.total.saturating_sub(quota.used);
    (quota.total > 0 && bytes > left).then(|| {
        UiError::new(ErrorCode::QuotaExceeded)
            .with("server", session.server.name.as_str())
            .with("needs", bytes)
            .with("left", left)
            .with("total", quota.total)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_created_by_the_first_item_that_needs_it() {
        let item = |levels: &[&str]| UploadItemPlan {
            file_id: String::new(),
            tags: Vec::new(),
            creates: levels.iter().map(ToString::to_string).collect(),
            public: true,
            problem: None,
        };
        let mut items = [
            item(&["ada/tools", "ada/tools/x"]),
            item(&["ada/tools", "ada/tools/x"]),
            item(&["ada/tools", "ada/tools/y"]),
        ];
        create_once(&mut items);
        let created: Vec<_> = items.iter().map(|item| item.creates.clone()).collect();
        assert_eq!(
            created,
            [
                vec!["ada/tools", "ada/tools/x"],
                vec![],
                vec!["ada/tools/y"]
            ]
        );
    }
}
