//! What setting tags will do, told before it is done.

use std::collections::BTreeMap;

use sifter_contract::TagEffect;
use sifter_library_api::model::ArchTags;
use sifter_library_api::{Image, ImageId, Tag};

/// The effect of each tag on a container whose tags and images are known. `arch` is the architecture of
/// the new image, as the library spells it; empty when the image does not say. Without `arch_tags` the
/// library keeps one image for a tag, of whatever architecture.
pub(crate) fn effects(
    tags: &[String],
    arch: &str,
    there: &ArchTags,
    images: &[Image],
    arch_tags: bool,
) -> Vec<TagEffect> {
    let digests: BTreeMap<&str, String> = images
        .iter()
        .filter_map(|image| Some((image.id.as_str(), image.hash?.to_string())))
        .collect();
    let mut effects = Vec::new();
    for tag in tags {
        if tag.parse::<Tag>().is_err() {
            effects.push(TagEffect::Invalid { tag: tag.clone() });
            continue;
        }
        let named = |id: &ImageId| digests.get(id.as_str()).cloned().unwrap_or_default();
        let elsewhere = || {
            let mut others = there.iter().filter(|(other, _)| *other != arch);
            others.find_map(|(other, tags)| Some((other, tags.get(tag)?)))
        };
        effects.push(match there.get(arch).and_then(|tags| tags.get(tag)) {
            Some(id) => TagEffect::Moves {
                tag: tag.clone(),
                from: named(id),
            },
            None => match elsewhere().filter(|_| !arch_tags) {
                Some((other, id)) => TagEffect::MovesEverywhere {
                    tag: tag.clone(),
                    from: named(id),
                    arch: other.clone(),
                },
                None => TagEffect::New { tag: tag.clone() },
            },
        });
        for (other, tags) in there {
            if arch_tags && other != arch && tags.contains_key(tag) {
                effects.push(TagEffect::StaysElsewhere {
                    tag: tag.clone(),
                    arch: other.clone(),
                });
            }
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use sifter_library_api::ImageHash;

    use super::*;

    #[test]
    fn each_tag_tells_whether_it_is_new_moves_or_stays_elsewhere() {
        let mut there = ArchTags::new();
        there
            .entry("amd64".into())
            .or_default()
            .insert("latest".into(), ImageId::new("a"));
        there
            .entry("arm64".into())
            .or_default()
            .insert("latest".into(), ImageId::new("b"));
        let old = Image {
            id: ImageId::new("a"),
            hash: Some(ImageHash::Sha256([7; 32])),
            ..Image::default()
        };
        let tags = ["1.0", "latest", "No Good"].map(str::to_owned);
        let found = effects(&tags, "amd64", &there, &[old], true);
        assert_eq!(
            found,
            [
                TagEffect::New { tag: "1.0".into() },
                TagEffect::Moves {
                    tag: "latest".into(),
                    from: format!("sha256.{}", "07".repeat(32))
                },
                TagEffect::StaysElsewhere {
                    tag: "latest".into(),
                    arch: "arm64".into()
                },
                TagEffect::Invalid {
                    tag: "No Good".into()
                },
            ]
        );
    }

    #[test]
    fn without_tags_per_architecture_a_tag_moves_for_all() {
        let mut there = ArchTags::new();
        there
            .entry("arm64".into())
            .or_default()
            .insert("latest".into(), ImageId::new("b"));
        let old = Image {
            id: ImageId::new("b"),
            hash: Some(ImageHash::Sha256([9; 32])),
            ..Image::default()
        };
        let tags = ["1.0", "latest"].map(str::to_owned);
        let found = effects(&tags, "amd64", &there, std::slice::from_ref(&old), false);
        let from = format!("sha256.{}", "09".repeat(32));
        let moves = TagEffect::MovesEverywhere {
            tag: "latest".into(),
            from: from.clone(),
            arch: "arm64".into(),
        };
        assert_eq!(found, [TagEffect::New { tag: "1.0".into() }, moves]);
        let same = effects(&tags, "arm64", &there, &[old], false);
        let tag = "latest".into();
        assert_eq!(same[1..], [TagEffect::Moves { tag, from }]);
    }
}
