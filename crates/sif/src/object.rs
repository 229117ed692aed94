//! Streaming the data of one object.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::source::{Part, Source};

/// Reads the data of one object and nothing beside it.
#[derive(Debug, Clone)]
pub struct ObjectReader<S> {
    data: Part<S>,
    position: u64,
}

impl<S: Source> ObjectReader<S> {
    pub(crate) fn new(source: S, range: Range<u64>) -> Self {
        Self {
            data: Part::new(source, range),
            position: 0,
        }
    }

    /// Length of the data in bytes.
    pub fn size(&self) -> u64 {
        self.data.size()
    }
}

impl<S: Source> Read for ObjectReader<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.data.read_at(buffer, self.position)?;
        if count == 0 && !buffer.is_empty() && self.position < self.size() {
            // The source has become shorter than it was when the range was checked.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl<S: Source> Seek for ObjectReader<S> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = match target {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.size().checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_of_the_object_are_read() {
        let mut reader = ObjectReader::new(b"..object..".to_vec(), 2..8);
        let mut data = String::new();
        reader.read_to_string(&mut data).unwrap();
        assert_eq!(data, "object");
        reader.seek(SeekFrom::End(-3)).unwrap();
        data.clear();
        reader.read_to_string(&mut data).unwrap();
        assert_eq!(data, "ect");
        assert!(reader.seek(SeekFrom::Current(-7)).is_err());
        reader.seek(SeekFrom::Start(u64::MAX)).unwrap();
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn a_source_that_shrank_is_an_error_and_not_a_short_object() {
        let mut reader = ObjectReader::new(b"short".to_vec(), 2..8);
        let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
