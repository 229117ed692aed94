//! What an opened image is read from: a file on this computer, or an image in a library.

use std::fs::File;
use std::io;

use sifter_sif::{Cached, Source};

use crate::remote_image::{Ahead, Ranges};

/// The source of an opened image.
pub struct Medium(Kind);

enum Kind {
    File(File),
    Remote(Box<Cached<Ahead<Ranges>>>),
}

impl Medium {
    pub(crate) fn file(file: File) -> Self {
        Self(Kind::File(file))
    }

    pub(crate) fn remote(ranges: Ranges) -> Self {
        Self(Kind::Remote(Box::new(Cached::new(Ahead::new(ranges)))))
    }

    /// How many bytes have been fetched from a library; none of a file.
    pub(crate) fn bytes_fetched(&self) -> u64 {
        match &self.0 {
            Kind::File(_) => 0,
            Kind::Remote(cached) => cached.inner().inner().bytes_read(),
        }
    }

    /// Begins another answer, for which as much may be fetched again.
    pub(crate) fn fetch_anew(&self) {
        if let Kind::Remote(cached) = &self.0 {
            cached.inner().inner().fetch_anew();
        }
    }
}

impl Source for Medium {
    fn len(&self) -> io::Result<u64> {
        match &self.0 {
            Kind::File(file) => Source::len(file),
            Kind::Remote(cached) => cached.len(),
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match &self.0 {
            Kind::File(file) => Source::read_at(file, buffer, offset),
            Kind::Remote(cached) => cached.read_at(buffer, offset),
        }
    }
}
