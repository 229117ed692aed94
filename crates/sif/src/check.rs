//! Findings about the layout of an image: what the reference tools accept silently, said aloud.

use std::collections::HashSet;

use crate::codes::PartitionType;
use crate::descriptor::Descriptor;
use crate::error::Error;
use crate::header::{HEADER_SIZE, Header};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, nothing is wrong.
    Note,
    /// The image is unusual; current tools still run it.
    Warning,
    /// Some object cannot be read, or changing the image would destroy data.
    Damage,
}

/// Something about the layout of an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// The descriptor table begins inside the header.
    #[error("the descriptor table overlaps the header")]
    TableOverlapsHeader,
    /// The data section begins before the descriptor table ends.
    #[error("the data section overlaps the descriptor table")]
    DataOverlapsTable,
    /// The data section is stated to lie where the file has nothing.
    #[error("the data section is stated at {offset} with {size} bytes, outside the file")]
    DataSection {
        /// Offset stated.
        offset: i64,
        /// Size stated.
        size: i64,
    },
    /// An object begins inside the header or the descriptor table.
    #[error("object {id} overlaps the header or the descriptor table")]
    ObjectOverlapsTable {
        /// The object.
        id: u32,
    },
    /// Two objects share bytes.
    #[error("objects {first} and {second} overlap")]
    ObjectsOverlap {
        /// The object that begins first.
        first: u32,
        /// The other one.
        second: u32,
    },
    /// An object has a negative or overflowing position.
    #[error("object {id} has an impossible position")]
    ObjectRange {
        /// The object.
        id: u32,
    },
    /// An object reaches past the end of the file.
    #[error("object {id} ends at {end}, past the end of the file at {len}")]
    ObjectPastEnd {
        /// The object.
        id: u32,
        /// Where the object ends.
        end: u64,
        /// Where the file ends.
        len: u64,
    },
    /// The number of free descriptors is not the number of unused ones.
    #[error("the header states {stated} free descriptors, {counted} are")]
    FreeCount {
        /// What the header states.
        stated: i64,
        /// What the table shows.
        counted: usize,
    },
    /// Several objects have one id.
    #[error("object id {id} is used more than once")]
    DuplicateId {
        /// The id.
        id: u32,
    },
    /// An object has another id than its place in the table gives.
    #[error("the object in slot {slot} has id {id}")]
    UnusualId {
        /// Place in the table, from 0.
        slot: usize,
        /// Id stated.
        id: u32,
    },
    /// More than one partition claims to be the primary one.
    #[error("{count} partitions are marked as primary")]
    SeveralPrimaryPartitions {
        /// How many.
        count: usize,
    },
    /// Header and primary partition name different architectures.
    #[error("header and primary partition name different architectures")]
    ArchitecturesDiffer,
    /// Bytes follow the last object.
    #[error("{count} bytes follow the last object")]
    TrailingBytes {
        /// How many.
        count: u64,
    },
}

impl Finding {
    /// How much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::TrailingBytes { .. } => Severity::Note,
            Self::ObjectRange { .. }
            | Self::ObjectPastEnd { .. }
            | Self::TableOverlapsHeader
            | Self::ObjectOverlapsTable { .. }
            | Self::ObjectsOverlap { .. } => Severity::Damage,
            _ => Severity::Warning,
        }
    }
}

pub(crate) fn findings(header: &Header, slots: &[Descriptor], len: u64) -> Vec<Finding> {
    let used: Vec<&Descriptor> = slots.iter().filter(|slot| slot.is_used()).collect();
    let mut found = Vec::new();
    check_sections(header, len, &mut found);
    check_counts(header, slots, &used, &mut found);
    check_primary(header, &used, &mut found);
    check_positions(header, &used, len, &mut found);
    found
}

/// Where the descriptor table ends; the table was read, so its numbers are sound.
pub(crate) fn table_end(header: &Header) -> i64 {
    header
        .descriptors_offset
        .saturating_add(header.descriptors_size)
}

fn check_sections(header: &Header, len: u64, found: &mut Vec<Finding>) {
    if header.descriptors_offset < HEADER_SIZE as i64 && header.descriptors_total > 0 {
        found.push(Finding::TableOverlapsHeader);
    }
    let (offset, size) = (header.data_offset, header.data_size);
    if offset < table_end(header) {
        found.push(Finding::DataOverlapsTable);
    }
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    if offset < 0 || size < 0 || (size > 0 && offset.checked_add(size).is_none_or(|end| end > len))
    {
        found.push(Finding::DataSection { offset, size });
    }
}

fn check_counts(
    header: &Header,
    slots: &[Descriptor],
    used: &[&Descriptor],
    found: &mut Vec<Finding>,
) {
    let counted = slots.len() - used.len();
    if i64::try_from(counted) != Ok(header.descriptors_free) {
        found.push(Finding::FreeCount {
            stated: header.descriptors_free,
            counted,
        });
    }
    let mut seen = HashSet::new();
    let mut repeated = HashSet::new();
    for descriptor in used {
        let (slot, id) = (descriptor.slot(), descriptor.id());
        if !seen.insert(id) && repeated.insert(id) {
            found.push(Finding::DuplicateId { id });
        }
        if u32::try_from(slot + 1) != Ok(id) {
            found.push(Finding::UnusualId { slot, id });
        }
    }
}

fn check_primary(header: &Header, used: &[&Descriptor], found: &mut Vec<Finding>) {
    let mut primaries = used
        .iter()
        .filter(|descriptor| descriptor.is_partition(PartitionType::PrimarySystem));
    let first = primaries
        .next()
        .and_then(|descriptor| descriptor.partition().ok());
    let others = primaries.count();
    if others > 0 {
        found.push(Finding::SeveralPrimaryPartitions { count: others + 1 });
    }
    if first.is_some_and(|partition| partition.arch != header.arch()) {
        found.push(Finding::ArchitecturesDiffer);
    }
}

fn check_positions(header: &Header, used: &[&Descriptor], len: u64, found: &mut Vec<Finding>) {
    let table_end = u64::try_from(table_end(header)).unwrap_or_default();
    let data_start = u64::try_from(header.data_offset).unwrap_or_default();
    let mut end = data_start.max(table_end);
    let mut placed = Vec::new();
    for descriptor in used {
        let id = descriptor.id();
        match descriptor.range(len) {
            Err(Error::ObjectPastEnd { end, len, .. }) => {
                found.push(Finding::ObjectPastEnd { id, end, len });
            }
            Err(_) => found.push(Finding::ObjectRange { id }),
            // It overlaps nothing, but the padding before it is not trailing.
            Ok(range) if range.is_empty() => end = end.max(range.end),
            Ok(range) => placed.push((range, id)),
        }
    }
    placed.sort_by_key(|(range, _)| range.start);
    let mut furthest = None;
    for (range, id) in placed {
        if range.start < table_end {
            found.push(Finding::ObjectOverlapsTable { id });
        }
        match furthest {
            Some((end, first)) if range.start < end => {
                found.push(Finding::ObjectsOverlap { first, second: id });
                furthest = Some(if range.end > end {
                    (range.end, id)
                } else {
                    (end, first)
                });
            }
            _ => furthest = Some((range.end, id)),
        }
    }
    end = end.max(furthest.map_or(0, |(end, _)| end));
    if len > end {
        found.push(Finding::TrailingBytes { count: len - end });
    }
}
