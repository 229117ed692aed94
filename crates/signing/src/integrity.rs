//! Which bytes of header and descriptors a signature covers.
//!
//! Only what matters to the content is covered, so that an image may be moved to another place in a file,
//! renumbered or repacked without losing its signatures.

use std::collections::HashMap;

use sifter_sif::{DESCRIPTOR_SIZE, Descriptor, HEADER_SIZE, Header};

/// Length of the covered part of the header in bytes.
pub(crate) const HEADER_STREAM: usize = 61;
/// Length of the covered part of a descriptor in bytes.
pub(crate) const DESCRIPTOR_STREAM: usize = 557;

/// Launch script, magic, version and image id.
pub(crate) fn header_stream(header: &Header) -> [u8; HEADER_STREAM] {
    let bytes: [u8; HEADER_SIZE] = header.encode();
    let mut stream = [0; HEADER_STREAM];
    stream[..45].copy_from_slice(&bytes[..45]);
    stream[45..].copy_from_slice(&bytes[48..64]);
    stream
}

/// Type, use, id relative to the group, link, size, creation time, owner, name and metadata.
pub(crate) fn descriptor_stream(object: &Descriptor, relative: u32) -> [u8; DESCRIPTOR_STREAM] {
    let bytes: [u8; DESCRIPTOR_SIZE] = object.encode();
    let mut stream = [0; DESCRIPTOR_STREAM];
    stream[..4].copy_from_slice(&bytes[..4]);
    stream[4] = u8::from(object.is_used());
    stream[5..9].copy_from_slice(&relative.to_le_bytes());
    stream[9..13].copy_from_slice(&bytes[13..17]);
    stream[13..21].copy_from_slice(&bytes[25..33]);
    stream[21..29].copy_from_slice(&bytes[41..49]);
    stream[29..].copy_from_slice(&bytes[57..]);
    stream
}

/// The group field as stored. Objects are numbered among those with the very same field.
fn stored_group(object: &Descriptor) -> [u8; 4] {
    let bytes = object.encode();
    [bytes[9], bytes[10], bytes[11], bytes[12]]
}

/// The smallest id of every group, for the ids that are hashed with descriptors.
pub(crate) struct Bases(HashMap<[u8; 4], u32>);

impl Bases {
    pub(crate) fn of<'d>(objects: impl Iterator<Item = &'d Descriptor>) -> Self {
        let mut bases = HashMap::new();
        for object in objects {
            let base = bases.entry(stored_group(object)).or_insert(object.id());
            *base = object.id().min(*base);
        }
        Self(bases)
    }

    /// Id of `object` relative to the smallest id of its group.
    pub(crate) fn relative(&self, object: &Descriptor) -> u32 {
        let base = self
            .0
            .get(&stored_group(object))
            .copied()
            .unwrap_or_default();
        object.id().saturating_sub(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_covered_fields_of_a_descriptor_change_its_stream() {
        let plain = Descriptor::decode(0, &[0; DESCRIPTOR_SIZE]);
        for (position, covered) in [
            (0, true),
            (4, true),
            (5, false),
            (9, false),
            (13, true),
            (17, false),
            (25, true),
            (33, false),
            (41, true),
            (49, false),
            (57, true),
            (65, true),
            (73, true),
            (201, true),
            (584, true),
        ] {
            let mut bytes = [0; DESCRIPTOR_SIZE];
            bytes[position] = 1;
            let changed = Descriptor::decode(0, &bytes);
            assert_eq!(
                descriptor_stream(&changed, 0) != descriptor_stream(&plain, 0),
                covered,
                "byte {position}"
            );
        }
        assert_ne!(descriptor_stream(&plain, 1), descriptor_stream(&plain, 0));
    }

    #[test]
    fn any_use_mark_counts_as_used() {
        let mark = |used| {
            let mut bytes = [0; DESCRIPTOR_SIZE];
            bytes[4] = used;
            descriptor_stream(&Descriptor::decode(0, &bytes), 0)
        };
        assert_eq!(mark(1), mark(255));
    }
}
