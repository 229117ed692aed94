//! The objects of two images, as their descriptors tell of them. Their data is not read.

use std::collections::BTreeMap;

use sifter_contract::{
    ChangeKind, ImageObject, KindSizes, ObjectChange, ObjectChanges, ObjectKind,
};

/// The kinds in the order in which a person reads them.
const KINDS: [ObjectKind; 6] = [
    ObjectKind::Definition,
    ObjectKind::Metadata,
    ObjectKind::FileSystem,
    ObjectKind::Signature,
    ObjectKind::Sbom,
    ObjectKind::Other,
];

/// How much of each kind there is in either.
pub(super) fn sizes(left: &[ImageObject], right: &[ImageObject]) -> Vec<KindSizes> {
    let sum = |objects: &[ImageObject], kind: ObjectKind| {
        let of_kind = objects.iter().filter(|object| object.kind == kind);
        of_kind.fold((0_u64, 0_u64), |(bytes, count), object| {
            (bytes.saturating_add(object.size), count + 1)
        })
    };
    let rows = KINDS.map(|kind| {
        let ((left, left_count), (right, right_count)) = (sum(left, kind), sum(right, kind));
        KindSizes {
            kind,
            left,
            right,
            left_count,
            right_count,
        }
    });
    rows.into_iter()
        .filter(|row| row.left_count + row.right_count > 0)
        .collect()
}

/// Type and name of an object.
type Key<'a> = (&'a str, Option<&'a str>);
/// The objects of one type and name, in the first image and in the second.
type Pair<'a> = (Vec<&'a ImageObject>, Vec<&'a ImageObject>);

fn key(object: &ImageObject) -> Key<'_> {
    (object.type_name.as_str(), object.name.as_deref())
}

/// Which objects are new, gone or of another size. Those of one type and name are paired in their order.
pub(super) fn changes(left: &[ImageObject], right: &[ImageObject]) -> ObjectChanges {
    let mut named: BTreeMap<Key<'_>, Pair<'_>> = BTreeMap::new();
    for object in left {
        named.entry(key(object)).or_default().0.push(object);
    }
    for object in right {
        named.entry(key(object)).or_default().1.push(object);
    }
    let mut found = ObjectChanges::default();
    for (left, right) in named.into_values() {
        for at in 0..left.len().max(right.len()) {
            let pair = (left.get(at).copied(), right.get(at).copied());
            let (change, shown) = match pair {
                (Some(left), Some(right)) if alike(left, right) => {
                    found.same += 1;
                    continue;
                }
                (Some(_), Some(right)) => (ChangeKind::Changed, right),
                (None, Some(right)) => (ChangeKind::Added, right),
                (Some(left), None) => (ChangeKind::Removed, left),
                (None, None) => continue,
            };
            found.changes.push(ObjectChange {
                change,
                kind: shown.kind,
                name: name(shown),
                left: pair.0.map(|object| object.size),
                right: pair.1.map(|object| object.size),
            });
        }
    }
    found
}

fn alike(left: &ImageObject, right: &ImageObject) -> bool {
    (left.size, &left.detail) == (right.size, &right.detail)
}

fn name(object: &ImageObject) -> String {
    let type_name = Some(object.type_name.as_str());
    let parts = [type_name, object.name.as_deref(), object.detail.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(kind: ObjectKind, name: Option<&str>, size: u64) -> ImageObject {
        ImageObject {
            id: 1,
            kind,
            type_name: format!("{kind:?}"),
            detail: None,
            name: name.map(str::to_owned),
            group: Some(1),
            link_group: None,
            link_object: None,
            offset: 0,
            size,
        }
    }

    #[test]
    fn objects_are_paired_by_type_and_name() {
        let left = [
            object(ObjectKind::Definition, None, 10),
            object(ObjectKind::FileSystem, None, 100),
            object(ObjectKind::Metadata, Some("a.json"), 5),
        ];
        let right = [
            object(ObjectKind::Definition, None, 10),
            object(ObjectKind::FileSystem, None, 200),
            object(ObjectKind::Metadata, Some("b.json"), 5),
            object(ObjectKind::Signature, None, 7),
        ];
        let found = changes(&left, &right);
        let kinds: Vec<_> = found
            .changes
            .iter()
            .map(|one| (one.change, one.kind, one.left, one.right))
            .collect();
        assert_eq!(
            kinds,
            [
                (
                    ChangeKind::Changed,
                    ObjectKind::FileSystem,
                    Some(100),
                    Some(200)
                ),
                (ChangeKind::Removed, ObjectKind::Metadata, Some(5), None),
                (ChangeKind::Added, ObjectKind::Metadata, None, Some(5)),
                (ChangeKind::Added, ObjectKind::Signature, None, Some(7)),
            ]
        );
        assert_eq!(found.same, 1);
        let sizes = sizes(&left, &right);
        let file_system = sizes
            .iter()
            .find(|row| row.kind == ObjectKind::FileSystem)
            .unwrap();
        assert_eq!((file_system.left, file_system.right), (100, 200));
        assert!(!sizes.iter().any(|row| row.kind == ObjectKind::Sbom));
    }
}
