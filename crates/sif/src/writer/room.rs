//! Room for more objects.
//!
//! The descriptor table lies before the data, so that it can grow only where the layout has left space between the two.
//! Any other image is written anew beside itself, all data further back by one distance, and takes its own place when it
//! is whole. Signatures stay valid: they cover neither where anything lies nor how many slots there are (SIF
//! specification, integrity: what the digests of header and descriptors are made of).

use std::fs::File;
use std::ops::{ControlFlow, Range};

use crate::check::Finding;
use crate::descriptor::{DESCRIPTOR_SIZE, Descriptor};
use crate::error::Error;
use crate::header::{HEADER_SIZE, Header};
use crate::image::{Image, MAX_DESCRIPTORS};
use crate::source::Source as _;

use super::draft::Draft;
use super::{DEFAULT_CAPACITY, ObjectInput, Stamp, Writer, next_aligned};

/// What is told how many more bytes were copied, and may break to stop.
type Watch<'w> = dyn FnMut(u64) -> ControlFlow<()> + 'w;

/// The least distance by which data moves back, in bytes: the largest page to which objects are aligned unasked.
const STEP: u32 = 64 << 10;
/// The largest alignment that is looked after, in bytes.
const LARGEST_ALIGNMENT: u32 = 2 << 20;
/// How much is copied at a time, in bytes.
const CHUNK: usize = 256 << 10;

impl Writer {
    /// The writer of the same image with at least `count` unused slots. Every object keeps its id, its bytes and its
    /// alignment; where the image had to be written anew, other hard links to the file keep the old one. `watch` is
    /// told how many more bytes were copied, and may break to stop; it is asked a last time, about 0 bytes, before the
    /// larger file takes the place of the other.
    ///
    /// # Errors
    /// [`Error::InsufficientCapacity`] when a table may have no more slots, [`Error::Stopped`] when `watch` broke,
    /// [`Error::Draft`] when no larger file can be written beside the image, [`Error::ChangedMeanwhile`], and
    /// [`Error::Read`] or [`Error::Write`]. The file is in every case the old image or the larger one.
    pub fn with_room_for(
        mut self,
        count: usize,
        watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let Image { header, slots, .. } = &self.image;
        let free = slots.iter().filter(|slot| !slot.is_used()).count();
        let missing = count.saturating_sub(free);
        if missing == 0 {
            return Ok(self);
        }
        if header.descriptors_offset < HEADER_SIZE as i64 {
            return Err(Error::Damaged(Finding::TableOverlapsHeader));
        }
        let least = slots.len().saturating_add(missing);
        if least > MAX_DESCRIPTORS as usize {
            return Err(Error::InsufficientCapacity);
        }
        let usual = slots.len() + missing.max(DEFAULT_CAPACITY as usize);
        let capacity = usual.min(MAX_DESCRIPTORS as usize);
        let start = data_start(header, slots);
        let space = start.saturating_sub(header.descriptors_offset) / DESCRIPTOR_SIZE as i64;
        let space = usize::try_from(space).unwrap_or_default();
        if space < least {
            return self.written_anew(capacity, start, watch);
        }
        let (header, slots) = enlarged(header, slots, capacity.min(space));
        self.replace(header, slots)?;
        Ok(self)
    }

    /// As [`Writer::add`], after making room for the object where there is none. Refuses an object that does not fit
    /// the image before anything is copied.
    ///
    /// # Errors
    /// Those of [`Writer::with_room_for`] and [`Writer::add`].
    pub fn add_with_room(
        self,
        object: ObjectInput<'_>,
        stamp: Stamp,
        watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<(Self, u32), Error> {
        self.described(&object)?;
        let mut writer = self.with_room_for(1, watch)?;
        let id = writer.add(object, stamp)?;
        Ok((writer, id))
    }

    fn written_anew(
        self,
        capacity: usize,
        start: i64,
        watch: &mut Watch<'_>,
    ) -> Result<Self, Error> {
        let Self { image: old, path } = self;
        let (mut header, mut slots) = enlarged(&old.header, &old.slots, capacity);
        let distance = distance(&header, &slots, start)?;
        header.data_offset = later(header.data_offset, distance)?;
        for slot in slots.iter_mut().filter(|slot| slot.is_used()) {
            slot.offset = later(slot.offset, distance)?;
        }
        let draft = Draft::beside(&path, &old.source, old.len)?;
        let file = draft.file()?;
        let position = |offset: i64| u64::try_from(offset).map_err(|_| Error::OffsetOutOfRange);
        let before_table = HEADER_SIZE as u64..position(header.descriptors_offset)?.min(old.len);
        copy(&old.source, before_table, &draft, 0, watch)?;
        let data = position(start)?..old.len;
        copy(&old.source, data, &draft, position(distance)?, watch)?;
        let len = old.len.saturating_add(position(distance)?);
        if old.len > position(start)? {
            // The end may be a hole.
            file.set_len(len).map_err(|source| draft.failed(source))?;
        }
        let image = Image {
            source: file,
            len,
            header,
            slots,
        };
        let mut writer = Self { image, path };
        writer.commit().map_err(|error| match error {
            Error::Write { source, .. } => draft.failed(source),
            other => other,
        })?;
        draft.sync()?;
        if watch(0).is_break() {
            return Err(Error::Stopped);
        }
        draft.take_place_of(old.source)?;
        Ok(writer)
    }
}

/// The same header and table with `capacity` slots.
fn enlarged(header: &Header, slots: &[Descriptor], capacity: usize) -> (Header, Vec<Descriptor>) {
    let mut header = header.clone();
    let more = (slots.len()..capacity).map(Descriptor::empty);
    let slots: Vec<_> = slots.iter().cloned().chain(more).collect();
    // No table has more than MAX_DESCRIPTORS slots.
    header.descriptors_total = slots.len() as i64;
    header.descriptors_size = header.descriptors_total * DESCRIPTOR_SIZE as i64;
    (header, slots)
}

/// Where the first byte of the data lies, or would lie.
fn data_start(header: &Header, slots: &[Descriptor]) -> i64 {
    slots
        .iter()
        .filter(|slot| slot.is_used() && slot.size > 0)
        .map(|slot| slot.offset)
        .fold(header.data_offset, i64::min)
}

/// How far the data has to move back from `start` for the table: a multiple of the alignment of every object that was
/// aligned at all, so that none loses it.
fn distance(header: &Header, slots: &[Descriptor], start: i64) -> Result<i64, Error> {
    let padded = slots
        .iter()
        .filter(|slot| slot.is_used() && slot.size_with_padding > slot.size);
    let alignment = padded
        .map(|slot| 1_u32 << slot.offset.trailing_zeros().min(31))
        .fold(STEP, u32::max);
    let end = later(header.descriptors_offset, header.descriptors_size)?;
    next_aligned(end.saturating_sub(start), alignment.min(LARGEST_ALIGNMENT))
}

fn later(offset: i64, distance: i64) -> Result<i64, Error> {
    offset.checked_add(distance).ok_or(Error::OffsetOutOfRange)
}

/// Copies `range` of `from` to where it lies in the draft, `distance` further back. Zeros become holes.
fn copy(
    from: &File,
    range: Range<u64>,
    draft: &Draft,
    distance: u64,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let mut buffer = vec![0; CHUNK];
    let mut offset = range.start;
    while offset < range.end {
        let rest = usize::try_from(range.end - offset).unwrap_or(CHUNK);
        let chunk = buffer.get_mut(..rest.min(CHUNK)).unwrap_or_default();
        from.read_exact_at(chunk, offset)
            .map_err(|source| Error::Read {
                what: "data of the image",
                source,
            })?;
        let target = offset.checked_add(distance);
        let target = target.ok_or(Error::OffsetOutOfRange)?;
        if chunk.iter().any(|byte| *byte != 0) {
            draft.write(target, chunk)?;
        }
        offset += chunk.len() as u64;
        if watch(chunk.len() as u64).is_break() {
            return Err(Error::Stopped);
        }
    }
    Ok(())
}
