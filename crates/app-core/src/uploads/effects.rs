//! What setting tags will do, told before it is done.

use std::collections::BTreeMap;

use sifter_contract::TagEffect;
use sifter_library_api::model::ArchTags;
use sifter_library_api::{Image, Tag};

/// The effect of each tag on a container whose tags and images are known. `arch` is the architecture of
/// the new image, as the library spells it; empty when the image does not say.
pub(crate) fn effects(
    tags: &[String],
    arch: &str,
    there: &ArchTags,
    images: &[Image],
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
        effects.push(match there.get(arch).and_then(|tags| tags.get(tag)) {
            Some(id) => TagEffect::Moves {
                tag: tag.clone(),
                from: digests.get(id.as_str()).cloned().unwrap_or_default(),
            },
            None => TagEffect::New { tag: tag.clone() },
        });
        for (other, tags) in there {
            if other != arch && tags.contains_key(tag) {
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
    use sifter_library_api::{ImageHash, ImageId};

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
        let found = effects(&tags, "amd64", &there, &[old]);
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
}
