//! Reading in large blocks and keeping some: for sources where every read costs a journey.

use std::io;
use std::sync::Arc;

use crate::kept::Kept;

use super::Source;

/// Length of a block in bytes. Smaller ones mean more journeys, larger ones bytes that nobody looks at.
const BLOCK: u64 = 32 << 10;
/// How many blocks are kept: 4 MiB.
const KEPT: usize = 128;

/// Reads a source in blocks of 32 KiB and keeps the last 4 MiB.
#[derive(Debug)]
pub struct Cached<S> {
    source: S,
    blocks: Kept<Arc<[u8]>>,
}

impl<S: Source> Cached<S> {
    /// Reads through `source`.
    pub fn new(source: S) -> Self {
        Self {
            source,
            blocks: Kept::new(KEPT),
        }
    }

    /// The source behind it.
    pub fn inner(&self) -> &S {
        &self.source
    }

    fn block(&self, number: u64) -> io::Result<Arc<[u8]>> {
        if let Some(block) = self.blocks.get(number) {
            return Ok(block);
        }
        let start = number * BLOCK;
        let length = self.source.len()?.saturating_sub(start).min(BLOCK);
        // At most a block.
        let mut bytes = vec![0; length as usize];
        self.source.read_exact_at(&mut bytes, start)?;
        let block: Arc<[u8]> = bytes.into();
        self.blocks.keep(number, block.clone());
        Ok(block)
    }
}

impl<S: Source> Source for Cached<S> {
    fn len(&self) -> io::Result<u64> {
        self.source.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.len()? {
            return Ok(0);
        }
        let block = self.block(offset / BLOCK)?;
        // Less than a block.
        let rest = block.get((offset % BLOCK) as usize..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    struct Counting(Vec<u8>, AtomicU64);

    impl Source for Counting {
        fn len(&self) -> io::Result<u64> {
            Source::len(&self.0)
        }

        fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.read_at(buffer, offset)
        }
    }

    #[test]
    fn neighbouring_bytes_cost_one_read() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        let cached = Cached::new(Counting(bytes.clone(), AtomicU64::new(0)));
        let mut buffer = vec![0; 40_000];
        cached.read_exact_at(&mut buffer, 10).unwrap();
        assert_eq!(buffer, bytes[10..40_010]);
        cached.read_exact_at(&mut buffer, 20_000).unwrap();
        assert_eq!(buffer, bytes[20_000..60_000]);
        assert_eq!(cached.inner().1.load(Ordering::Relaxed), 2);
        let mut end = [0; 8];
        assert_eq!(cached.read_at(&mut end, 99_998).unwrap(), 2);
        assert_eq!(cached.read_at(&mut end, 100_000).unwrap(), 0);
        assert_eq!(cached.read_at(&mut end, u64::MAX).unwrap(), 0);
        assert_eq!(cached.inner().1.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn what_was_not_needed_for_long_is_read_again() {
        let cached = Cached::new(Counting(vec![7; 8 << 20], AtomicU64::new(0)));
        let mut byte = [0];
        for number in 0..=KEPT as u64 {
            cached.read_exact_at(&mut byte, number * BLOCK).unwrap();
        }
        cached.read_exact_at(&mut byte, 0).unwrap();
        assert_eq!(cached.inner().1.load(Ordering::Relaxed), KEPT as u64 + 2);
    }
}
