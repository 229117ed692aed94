//! Creating and changing images on disk, placing bytes exactly as the reference writer does.
//!
//! The order of writing is data, then descriptor table, then header, so that an interrupted change
//! leaves the former objects readable. Data is streamed; no object is ever held in memory.

mod change;
mod draft;
mod input;
mod medium;
mod options;
mod room;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::arch::NO_ARCH;
use crate::check::{Finding, Severity, table_end};
use crate::codes::PartitionType;
use crate::descriptor::{DESCRIPTOR_SIZE, Descriptor};
use crate::error::Error;
use crate::header::{HEADER_SIZE, Header, LAUNCH_SCRIPT_SIZE};
use crate::image::{Image, MAX_DESCRIPTORS};
use crate::timestamp::Timestamp;

pub use input::ObjectInput;
pub use options::{CreateOptions, DEFAULT_CAPACITY, DeleteOptions, RUN_SINGULARITY, Stamp};

/// Where the descriptor table of a new image begins, in bytes.
const TABLE_OFFSET: u32 = 4096;
/// How far past the end of the file a data section may be stated to begin. Old writers end an
/// empty image before it, and align the first object to the page size, 64 KiB on some machines.
const OFFSET_SLACK: i64 = 64 << 10;

/// An image opened for change.
#[derive(Debug)]
pub struct Writer {
    image: Image<File>,
    path: PathBuf,
}

impl Writer {
    /// Creates an image at `path` holding `objects`, in their order.
    ///
    /// # Errors
    /// [`Error::Exists`] when there is a file already, which stays as it is; the errors of
    /// [`Writer::add`], after which no file is left behind.
    pub fn create(
        path: impl AsRef<Path>,
        options: &CreateOptions,
        objects: Vec<ObjectInput<'_>>,
    ) -> Result<Self, Error> {
        let path = path.as_ref();
        let header = new_header(options)?;
        let file = create_file(path)?;
        let created = Self::fill(path, file, header, options, objects);
        if created.is_err() {
            // The first error is the one to report; a file that cannot be removed changes nothing.
            let _ = std::fs::remove_file(path);
        }
        created
    }

    fn fill(
        path: &Path,
        file: File,
        header: Header,
        options: &CreateOptions,
        objects: Vec<ObjectInput<'_>>,
    ) -> Result<Self, Error> {
        let slots = (0..options.capacity as usize)
            .map(Descriptor::empty)
            .collect();
        let mut writer = Self {
            image: Image {
                source: file,
                len: 0,
                header,
                slots,
            },
            path: path.to_owned(),
        };
        let time = options.stamp.time(false);
        for object in objects {
            writer.place(object, time)?;
        }
        writer.commit()?;
        Ok(writer)
    }

    /// Opens the image at `path` for change.
    ///
    /// # Errors
    /// Those of [`Image::open`], and [`Error::Damaged`] when a change could destroy data.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let failed = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(Error::NotAFile {
                path: path.to_owned(),
            });
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(failed)?;
        let image = Image::load(file)?;
        ensure_sound(&image)?;
        Ok(Self {
            image,
            path: path.to_owned(),
        })
    }

    /// The image as it is now.
    pub fn image(&self) -> &Image<File> {
        &self.image
    }

    /// Waits until everything written has reached the disk.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn sync(&self) -> Result<(), Error> {
        self.image.source.sync_all().map_err(|source| Error::Write {
            what: "image",
            source,
        })
    }

    /// Adds an object and returns its id, the number of the first unused slot plus one.
    ///
    /// # Errors
    /// [`Error::InsufficientCapacity`], [`Error::PrimaryPartitionExists`], the errors of
    /// [`ObjectInput::descriptor`], [`Error::Input`] or [`Error::Write`]. The image keeps its
    /// objects in every case.
    pub fn add(&mut self, object: ObjectInput<'_>, stamp: Stamp) -> Result<u32, Error> {
        let time = stamp.time(self.image.header.is_deterministic());
        let before = (self.image.header.clone(), self.image.slots.clone());
        let added = self.place(object, time).and_then(|id| {
            self.image.header.modified = time;
            self.commit().map(|()| id)
        });
        if added.is_err() {
            (self.image.header, self.image.slots) = before;
        }
        added
    }

    /// What the descriptor of an object will say, if the object fits the image.
    fn described(&self, object: &ObjectInput<'_>) -> Result<Descriptor, Error> {
        let descriptor = object.descriptor()?;
        if descriptor.is_partition(PartitionType::PrimarySystem)
            && self.image.slots.iter().any(is_primary)
        {
            return Err(Error::PrimaryPartitionExists);
        }
        Ok(descriptor)
    }

    /// Writes the data of an object and fills its slot, in memory only.
    fn place(&mut self, object: ObjectInput<'_>, time: Timestamp) -> Result<u32, Error> {
        let mut descriptor = self.described(&object)?;
        let Image {
            source,
            len,
            header,
            slots,
        } = &mut self.image;
        let slot = slots
            .iter()
            .position(|slot| !slot.is_used())
            .ok_or(Error::InsufficientCapacity)?;
        let id = u32::try_from(slot + 1).map_err(|_| Error::InsufficientCapacity)?;
        if descriptor.is_partition(PartitionType::PrimarySystem) {
            header.set_arch(descriptor.partition()?.arch);
        }
        let end = data_end(header, slots);
        let offset = next_aligned(end, object.alignment)?;
        let (data, time) = (object.data, object.time.unwrap_or(time));
        let size = medium::copy_at(source, offset, data, *len)?;
        *len = (*len).max(offset.saturating_add(size).cast_unsigned());
        descriptor.slot = slot;
        descriptor.used = 1;
        descriptor.id = id;
        (descriptor.offset, descriptor.size) = (offset, size);
        descriptor.size_with_padding = offset - end + size;
        (descriptor.created, descriptor.modified) = (time, time);
        header.data_size = end - header.data_offset + descriptor.size_with_padding;
        slots[slot] = descriptor;
        Ok(id)
    }

    /// Writes table and header, and learns the new length of the file.
    fn commit(&mut self) -> Result<(), Error> {
        let Image {
            source,
            len,
            header,
            slots,
        } = &mut self.image;
        let free = slots.iter().filter(|slot| !slot.is_used()).count();
        header.descriptors_free = i64::try_from(free).unwrap_or(i64::MAX);
        let table: Vec<u8> = slots.iter().flat_map(Descriptor::encode).collect();
        medium::write_at(
            source,
            header.descriptors_offset,
            &table,
            "descriptor table",
        )?;
        medium::write_at(source, 0, &header.encode(), "header")?;
        let metadata = source.metadata().map_err(|source| Error::Read {
            what: "length",
            source,
        })?;
        *len = metadata.len();
        // The padding before an empty object belongs to the data section, but nothing was written there.
        let end = header.data_offset.saturating_add(header.data_size);
        let end = u64::try_from(end).unwrap_or_default();
        if header.data_size > 0 && *len < end {
            source.set_len(end).map_err(|source| Error::Write {
                what: "padding",
                source,
            })?;
            *len = end;
        }
        Ok(())
    }
}

fn new_header(options: &CreateOptions) -> Result<Header, Error> {
    let capacity = options.capacity;
    if capacity > MAX_DESCRIPTORS {
        return Err(Error::Capacity {
            capacity,
            limit: MAX_DESCRIPTORS,
        });
    }
    let script = options.launch_script.as_bytes();
    if script.len() >= LAUNCH_SCRIPT_SIZE {
        return Err(Error::LaunchScriptTooLong { len: script.len() });
    }
    let mut launch_script = [0; LAUNCH_SCRIPT_SIZE];
    launch_script[..script.len()].copy_from_slice(script);
    let time = options.stamp.time(false);
    let unnamed = if options.stamp == Stamp::Deterministic {
        Uuid::nil()
    } else {
        Uuid::new_v4()
    };
    let table_size = i64::from(capacity) * DESCRIPTOR_SIZE as i64;
    Ok(Header {
        launch_script,
        arch_code: NO_ARCH,
        id: options.id.unwrap_or(unnamed),
        created: time,
        modified: time,
        descriptors_free: i64::from(capacity),
        descriptors_total: i64::from(capacity),
        descriptors_offset: i64::from(TABLE_OFFSET),
        descriptors_size: table_size,
        data_offset: i64::from(TABLE_OFFSET) + table_size,
        data_size: 0,
    })
}

/// Creates the file, executable as every image is, and never over another one.
fn create_file(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o755);
    options.open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists {
            path: path.to_owned(),
        },
        _ => Error::Open {
            path: path.to_owned(),
            source,
        },
    })
}

/// Refuses images in which the next object could overwrite something.
fn ensure_sound(image: &Image<File>) -> Result<(), Error> {
    let header = image.header();
    let end = i64::try_from(image.size()).unwrap_or(i64::MAX);
    if header.data_offset > end.max(table_end(header)).saturating_add(OFFSET_SLACK) {
        let (offset, size) = (header.data_offset, header.data_size);
        return Err(Error::Damaged(Finding::DataSection { offset, size }));
    }
    let unsafe_to_change = |finding: &Finding| {
        finding.severity() == Severity::Damage || *finding == Finding::DataOverlapsTable
    };
    match image.findings().into_iter().find(unsafe_to_change) {
        Some(finding) => Err(Error::Damaged(finding)),
        None => Ok(()),
    }
}

fn is_primary(descriptor: &Descriptor) -> bool {
    descriptor.is_used() && descriptor.is_partition(PartitionType::PrimarySystem)
}

/// Where the data of the last object ends, at least the data offset.
fn data_end(header: &Header, slots: &[Descriptor]) -> i64 {
    slots
        .iter()
        .filter(|slot| slot.is_used())
        .map(|slot| slot.offset.saturating_add(slot.size))
        .fold(header.data_offset, i64::max)
}

/// `offset` rounded up to a multiple of `alignment`; 0 means any place will do.
fn next_aligned(offset: i64, alignment: u32) -> Result<i64, Error> {
    let alignment = i64::from(alignment.max(1));
    match offset % alignment {
        0 => Ok(offset),
        over => offset
            .checked_add(alignment - over)
            .ok_or(Error::OffsetOutOfRange),
    }
}

/// The header occupies its own bytes of the first page, before the table.
const _: () = assert!(HEADER_SIZE as u32 <= TABLE_OFFSET);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padding_before_an_empty_object_is_part_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("padded.sif");
        let empty = ObjectInput::new(crate::DataType::Generic, &b""[..]).aligned_to(3);
        let writer = Writer::create(&path, &CreateOptions::default(), vec![empty]).unwrap();
        assert_eq!(writer.image().findings(), []);
        assert_eq!(Image::open(&path).unwrap().findings(), []);
    }

    #[test]
    fn offsets_are_rounded_up_to_the_alignment() {
        for (offset, alignment, aligned) in [
            (0, 0, 0),
            (1, 0, 1),
            (0, 1024, 0),
            (1, 1024, 1024),
            (1023, 1024, 1024),
            (1024, 1024, 1024),
            (1025, 1024, 2048),
        ] {
            assert_eq!(next_aligned(offset, alignment).unwrap(), aligned);
        }
        assert!(matches!(
            next_aligned(i64::MAX, 1024),
            Err(Error::OffsetOutOfRange)
        ));
    }
}
