//! The tags × architectures table of a container.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use sifter_contract::{ArchColumn, ImageCell, TagRow};
use sifter_library_api::model::ArchTags;
use sifter_library_api::{Arch, Image, Tag};

use crate::clock::rfc3339;

/// A column for images whose architecture nobody knows.
const UNKNOWN_ARCH: &str = "unknown";

/// The table, ready to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Matrix {
    /// Columns: this computer's architecture first, then by name.
    pub(crate) archs: Vec<ArchColumn>,
    /// Rows, newest first.
    pub(crate) tags: Vec<TagRow>,
    /// Images that no tag names, newest first.
    pub(crate) untagged: Vec<ImageCell>,
}

impl Matrix {
    /// Joins a container's tags with its images.
    pub(crate) fn new(tags: &ArchTags, images: &[Image]) -> Self {
        let by_id: BTreeMap<&str, &Image> = images
            .iter()
            .map(|image| (image.id.as_str(), image))
            .collect();
        // tag -> arch -> image
        let mut table: BTreeMap<&str, BTreeMap<&str, &Image>> = BTreeMap::new();
        for (arch, tags) in tags {
            for (tag, id) in tags {
                if let Some(&image) = by_id.get(id.as_str()) {
                    table.entry(tag).or_default().insert(column_of(arch), image);
                }
            }
        }
        let tagged: BTreeSet<&str> = table
            .values()
            .flat_map(|row| row.values().map(|image| image.id.as_str()))
            .collect();
        let mut untagged: Vec<ImageCell> = images
            .iter()
            .filter(|image| !tagged.contains(image.id.as_str()))
            .map(|image| cell(image, image.arch.map_or(UNKNOWN_ARCH, Arch::as_str)))
            .collect();
        untagged.sort_by_key(|cell| Reverse(cell.created.clone()));
        let archs = table
            .values()
            .flat_map(|row| row.keys().copied())
            .chain(untagged.iter().map(|cell| cell.arch.as_str()))
            .collect::<BTreeSet<&str>>();
        let native = Arch::of_this_machine().map_or(UNKNOWN_ARCH, Arch::as_str);
        let mut archs: Vec<ArchColumn> = archs
            .into_iter()
            .map(|arch| ArchColumn {
                arch: arch.to_owned(),
                native: arch == native,
            })
            .collect();
        archs.sort_by_key(|column| (!column.native, column.arch == UNKNOWN_ARCH));
        Self {
            archs,
            tags: join_aliases(table),
            untagged,
        }
    }
}

fn column_of(arch: &str) -> &str {
    if arch.is_empty() { UNKNOWN_ARCH } else { arch }
}

/// The images of one tag by architecture.
type Cells<'a> = BTreeMap<&'a str, &'a Image>;

/// Makes one row of all tags that name the same images on every architecture.
fn join_aliases(table: BTreeMap<&str, Cells<'_>>) -> Vec<TagRow> {
    let mut joined: BTreeMap<Vec<_>, (Vec<&str>, Cells<'_>)> = BTreeMap::new();
    for (tag, row) in table {
        let key = row
            .iter()
            .map(|(arch, image)| (*arch, image.id.as_str()))
            .collect();
        joined
            .entry(key)
            .or_insert_with(|| (Vec::new(), row))
            .0
            .push(tag);
    }
    let mut rows: Vec<TagRow> = joined
        .into_values()
        .map(|(mut tags, row)| {
            // A row is called by its version; `latest` is the alias of whatever it points to.
            tags.sort_by_key(|tag| (*tag == Tag::LATEST, Reverse(version_key(tag))));
            let mut tags = tags.into_iter().map(str::to_owned);
            let images: Vec<ImageCell> = row
                .into_iter()
                .map(|(arch, image)| cell(image, arch))
                .collect();
            TagRow {
                tag: tags.next().unwrap_or_default(),
                aliases: tags.collect(),
                moved: images
                    .iter()
                    .filter_map(|image| image.created.clone())
                    .max(),
                images,
            }
        })
        .collect();
    rows.sort_by(|a, b| (&b.moved, version_key(&b.tag)).cmp(&(&a.moved, version_key(&a.tag))));
    rows
}

/// Orders `1.9` before `1.10`: numbers by value, words after numbers.
pub(crate) fn version_key(tag: &str) -> Vec<(u64, String)> {
    tag.trim_start_matches('v')
        .split(['.', '-', '_'])
        .map(|part| {
            part.parse().map_or_else(
                |_| (0, part.to_owned()),
                |number: u64| (number, String::new()),
            )
        })
        .collect()
}

/// One image as a cell.
pub(crate) fn cell(image: &Image, arch: &str) -> ImageCell {
    ImageCell {
        arch: arch.to_owned(),
        digest: image.hash.map(|hash| hash.to_string()).unwrap_or_default(),
        size: image.size,
        signed: image.signed,
        encrypted: image.encrypted,
        created: image.stamps.created_at.get().and_then(rfc3339),
        created_by: Some(image.stamps.created_by.clone()).filter(|name| !name.is_empty()),
        description: image.description.clone(),
        fingerprints: image.fingerprints.clone(),
        uploaded: image.is_uploaded(),
    }
}

#[cfg(test)]
mod tests {
    use sifter_library_api::{ImageId, WireTime};

    use super::*;

    fn image(id: &str, arch: Arch, day: u32) -> Image {
        let mut image = Image {
            id: ImageId::new(id),
            arch: Some(arch),
            size: 7,
            uploaded: true,
            ..Image::default()
        };
        image.stamps.created_at = WireTime::parse(&format!("2026-01-{day:02}T00:00:00Z"));
        image
    }

    fn tags(rows: &[(&str, &str, &str)]) -> ArchTags {
        let mut tags = ArchTags::new();
        for (arch, tag, id) in rows {
            tags.entry((*arch).to_owned())
                .or_default()
                .insert((*tag).to_owned(), ImageId::new(*id));
        }
        tags
    }

    #[test]
    fn tags_with_the_same_images_share_a_row_named_by_the_version() {
        let images = [
            image("a", Arch::Amd64, 2),
            image("b", Arch::Arm64, 2),
            image("c", Arch::Amd64, 1),
        ];
        let tags = tags(&[
            ("amd64", "latest", "a"),
            ("arm64", "latest", "b"),
            ("amd64", "1.21", "a"),
            ("arm64", "1.21", "b"),
            ("amd64", "1.20", "c"),
        ]);
        let matrix = Matrix::new(&tags, &images);
        assert_eq!(matrix.tags.len(), 2);
        assert_eq!(matrix.tags[0].tag, "1.21");
        assert_eq!(matrix.tags[0].aliases, ["latest"]);
        assert_eq!(matrix.tags[0].images.len(), 2);
        assert_eq!(matrix.tags[1].tag, "1.20", "older rows come later");
        assert!(matrix.untagged.is_empty());
    }

    #[test]
    fn tags_that_differ_on_one_architecture_keep_their_own_rows() {
        let images = [image("a", Arch::Amd64, 2), image("b", Arch::Arm64, 2)];
        let tags = tags(&[
            ("amd64", "latest", "a"),
            ("arm64", "latest", "b"),
            ("amd64", "1.21", "a"),
        ]);
        assert_eq!(Matrix::new(&tags, &images).tags.len(), 2);
    }

    #[test]
    fn an_image_without_a_tag_is_listed_apart() {
        let images = [image("a", Arch::Amd64, 2), image("b", Arch::S390x, 1)];
        let matrix = Matrix::new(&tags(&[("amd64", "1", "a")]), &images);
        assert_eq!(matrix.untagged.len(), 1);
        assert_eq!(matrix.untagged[0].arch, "s390x");
        assert!(
            matrix.archs.iter().any(|column| column.arch == "s390x"),
            "its column exists too"
        );
    }

    #[test]
    fn a_tag_of_an_image_that_the_server_did_not_list_is_left_out() {
        assert_eq!(
            Matrix::new(&tags(&[("amd64", "1", "gone")]), &[]),
            Matrix::default()
        );
    }

    #[test]
    fn rows_of_the_same_day_are_ordered_by_version() {
        let images = [
            image("a", Arch::Amd64, 1),
            image("b", Arch::Amd64, 1),
            image("c", Arch::Amd64, 1),
        ];
        let matrix = Matrix::new(
            &tags(&[
                ("amd64", "1.9", "a"),
                ("amd64", "1.10", "b"),
                ("amd64", "1.2", "c"),
            ]),
            &images,
        );
        let order: Vec<&str> = matrix.tags.iter().map(|row| row.tag.as_str()).collect();
        assert_eq!(order, ["1.10", "1.9", "1.2"]);
    }
}
