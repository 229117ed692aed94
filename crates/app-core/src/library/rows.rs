//! Entities, collections and containers as rows of a list.

use std::collections::BTreeSet;

use sifter_contract::{CollectionRow, ContainerRow, EntityRow};
use sifter_library_api::model::is_no_description;
use sifter_library_api::{Collection, Container, Entity, Tag};

use crate::clock::rfc3339;
use crate::library::matrix::version_key;

/// A description, or nothing where the official client wrote that there is none.
pub(crate) fn description(text: &str) -> String {
    if is_no_description(text) {
        String::new()
    } else {
        text.to_owned()
    }
}

/// An entity; `login` is the account's, whose entity has the same name.
pub(crate) fn entity(entity: &Entity, login: Option<&str>) -> EntityRow {
    let own = login.is_some_and(|login| {
        login.eq_ignore_ascii_case(&entity.name)
            || entity
                .stamps
                .owner
                .as_deref()
                .is_some_and(|owner| owner == login)
            || entity.stamps.created_by == login
    });
    EntityRow {
        name: entity.name.clone(),
        description: description(&entity.description),
        mine: own,
    }
}

/// A collection.
pub(crate) fn collection(collection: &Collection) -> CollectionRow {
    CollectionRow {
        name: collection.name.clone(),
        description: description(&collection.description),
        containers: u32::try_from(collection.containers.len()).unwrap_or(u32::MAX),
        private: collection.private,
    }
}

/// A container. Its newest tag is the highest version, for its images' dates are not known in a list.
pub(crate) fn container(container: &Container) -> ContainerRow {
    let tags: BTreeSet<&str> = container
        .arch_tags
        .values()
        .flat_map(|tags| tags.keys())
        .chain(container.image_tags.keys())
        .map(String::as_str)
        .collect();
    let newest = tags
        .iter()
        .max_by_key(|tag| (**tag != Tag::LATEST, version_key(tag)))
        .map(|tag| (*tag).to_owned());
    let stamps = &container.stamps;
    ContainerRow {
        name: container.name.clone(),
        description: description(&container.description),
        more_tags: u32::try_from(tags.len().saturating_sub(1)).unwrap_or(u32::MAX),
        newest_tag: newest,
        archs: container
            .arch_tags
            .keys()
            .filter(|arch| !arch.is_empty())
            .cloned()
            .collect(),
        size: container.size,
        updated: stamps
            .updated_at
            .get()
            .max(stamps.created_at.get())
            .and_then(rfc3339),
        downloads: container.download_count,
        private: container.private,
        signed: None,
    }
}

#[cfg(test)]
mod tests {
    use sifter_library_api::ImageId;

    use super::*;

    #[test]
    fn a_container_is_represented_by_its_highest_version() {
        let mut row = Container {
            name: "x".into(),
            ..Container::default()
        };
        for (arch, tag) in [
            ("amd64", "1.9"),
            ("amd64", "1.10"),
            ("amd64", "latest"),
            ("arm64", "1.9"),
        ] {
            row.arch_tags
                .entry(arch.into())
                .or_default()
                .insert(tag.into(), ImageId::new("i"));
        }
        let row = container(&row);
        assert_eq!(row.newest_tag.as_deref(), Some("1.10"));
        assert_eq!(row.more_tags, 2);
        assert_eq!(row.archs, ["amd64", "arm64"]);
    }

    #[test]
    fn the_words_for_no_description_are_not_shown() {
        let row = entity(
            &Entity {
                name: "ada".into(),
                description: "no description".into(),
                ..Entity::default()
            },
            Some("Ada"),
        );
        assert_eq!(row.description, "");
        assert!(row.mine);
    }
}
