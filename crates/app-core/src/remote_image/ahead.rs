//! Reading ahead: whoever reads on and on is spared a journey for every block.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sifter_sif::Source;

/// Reads that continue one another before more than was asked for is fetched. A look at a table or two has fewer.
const PATIENCE: u32 = 4;
/// The most that is fetched at once, in bytes.
const MOST: usize = 1 << 20;

/// A source that fetches ever more of what is read from its beginning to its end.
pub(crate) struct Ahead<S> {
    source: S,
    last: Mutex<Last>,
}

/// What was fetched last.
#[derive(Default)]
struct Last {
    start: u64,
    bytes: Vec<u8>,
    /// Where the last fetch has ended.
    end: u64,
    /// How many fetches have continued one another.
    streak: u32,
}

impl<S: Source> Ahead<S> {
    pub(crate) fn new(source: S) -> Self {
        Self {
            source,
            last: Mutex::default(),
        }
    }

    /// The source behind it.
    pub(crate) fn inner(&self) -> &S {
        &self.source
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How much is fetched for `wanted` bytes at `offset`.
    fn plan(&self, wanted: usize, offset: u64) -> usize {
        let mut last = self.last();
        last.streak = match offset == last.end {
            true => last.streak.saturating_add(1),
            false => 0,
        };
        let steps = last.streak.saturating_sub(PATIENCE).min(16);
        wanted.saturating_mul(1 << steps).min(MOST.max(wanted))
    }
}

impl Last {
    /// Copies what is there of `offset` and after it.
    fn copy(&self, buffer: &mut [u8], offset: u64) -> usize {
        let skip = offset.checked_sub(self.start);
        let skip = skip.and_then(|skip| usize::try_from(skip).ok());
        let rest = skip.and_then(|skip| self.bytes.get(skip..));
        let rest = rest.unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        count
    }
}

impl<S: Source> Source for Ahead<S> {
    fn len(&self) -> io::Result<u64> {
        self.source.len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.last().copy(buffer, offset);
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        let length = self.plan(buffer.len(), offset);
        if length <= buffer.len() {
            let count = self.source.read_at(buffer, offset)?;
            self.last().end = offset.saturating_add(count as u64);
            return Ok(count);
        }
        let mut bytes = vec![0; length];
        let count = self.source.read_at(&mut bytes, offset)?;
        bytes.truncate(count);
        let mut last = self.last();
        last.start = offset;
        last.bytes = bytes;
        last.end = offset.saturating_add(count as u64);
        Ok(last.copy(buffer, offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = 32 << 10;

    struct Counting(Vec<u8>, Mutex<Vec<usize>>);

    impl Source for Counting {
        fn len(&self) -> io::Result<u64> {
            Source::len(&self.0)
        }

        fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
            let count = self.0.read_at(buffer, offset)?;
            self.1.lock().unwrap().push(count);
            Ok(count)
        }
    }

    fn source(blocks: usize) -> Ahead<Counting> {
        let bytes = (0..blocks * BLOCK).map(|at| (at / 7 % 251) as u8);
        Ahead::new(Counting(bytes.collect(), Mutex::default()))
    }

    #[test]
    fn whoever_reads_on_makes_few_journeys_and_gets_every_byte() {
        let ahead = source(400);
        let mut found = Vec::new();
        let mut block = vec![0; BLOCK];
        while found.len() < ahead.source.0.len() {
            let count = ahead.read_at(&mut block, found.len() as u64).unwrap();
            found.extend_from_slice(&block[..count]);
        }
        assert!(found == ahead.source.0);
        let journeys = ahead.source.1.lock().unwrap();
        assert!(journeys.len() < 25, "{}", journeys.len());
        assert!(journeys.iter().all(|count| *count <= MOST));
    }

    #[test]
    fn whoever_looks_here_and_there_gets_no_more_than_was_asked_for() {
        let ahead = source(64);
        let mut block = vec![0; BLOCK];
        for at in [0, 1, 2, 40, 41, 42, 43, 5] {
            ahead.read_at(&mut block, (at * BLOCK) as u64).unwrap();
            assert_eq!(block[..16], ahead.source.0[at * BLOCK..][..16]);
        }
        let journeys = ahead.source.1.lock().unwrap();
        assert!(journeys.iter().all(|count| *count == BLOCK));
    }

    #[test]
    fn the_end_is_the_end() {
        let ahead = source(1);
        let mut block = vec![0; BLOCK];
        assert_eq!(ahead.read_at(&mut block, BLOCK as u64 - 3).unwrap(), 3);
        assert_eq!(ahead.read_at(&mut block, BLOCK as u64).unwrap(), 0);
        assert_eq!(ahead.read_at(&mut block, u64::MAX).unwrap(), 0);
    }
}
