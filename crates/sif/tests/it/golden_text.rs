//! Header, list and info print what siftool prints for the reference images.

use std::path::Path;

use sifter_sif::{Image, header_text, info_text, list_text};

use crate::vectors::vector;

const IMAGES: [(&str, &str); 11] = [
    ("Empty", "empty"),
    ("OneGroup", "one-group"),
    ("OneGroupSignedLegacy", "one-group-signed-legacy"),
    ("OneGroupSignedLegacyAll", "one-group-signed-legacy-all"),
    ("OneGroupSignedLegacyGroup", "one-group-signed-legacy-group"),
    ("OneGroupSignedPGP", "one-group-signed-pgp"),
    ("TwoGroups", "two-groups"),
    ("TwoGroupsSignedLegacy", "two-groups-signed-legacy"),
    ("TwoGroupsSignedLegacyAll", "two-groups-signed-legacy-all"),
    (
        "TwoGroupsSignedLegacyGroup",
        "two-groups-signed-legacy-group",
    ),
    ("TwoGroupsSignedPGP", "two-groups-signed-pgp"),
];

fn expected(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join("siftool-golden").join(name)).unwrap()
}

#[test]
fn header_and_list_equal_those_of_siftool() {
    let Some(root) = vector("") else { return };
    for (golden, file) in IMAGES {
        let image = Image::open(root.join(format!("sylabs-sif/images/{file}.sif"))).unwrap();
        let header = expected(&root, &format!("Test_command_getHeader.{golden}.txt"));
        assert_eq!(header_text(image.header()), header, "{file}");
        let list = expected(&root, &format!("Test_command_getList.{golden}.txt"));
        assert_eq!(list_text(&image), list, "{file}");
    }
}

#[test]
fn info_equals_that_of_siftool() {
    let Some(root) = vector("") else { return };
    let image = Image::open(root.join("sylabs-sif/images/one-group-signed-pgp.sif")).unwrap();
    for (id, name) in [(1, "One"), (2, "Two"), (3, "Three")] {
        let info = expected(&root, &format!("Test_command_getInfo.{name}.txt"));
        assert_eq!(info_text(image.object(id).unwrap()), info);
    }
}
