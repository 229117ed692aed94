//! Endless bytes that look random and are the same for the same seed.

use std::io::{self, Read};

/// A reader of seeded random bytes; it never ends, so it is used with [`Read::take`].
///
/// The generator is SplitMix64: gzip cannot compress its output, and it keeps up with a disk even
/// in a build without optimisation. It keeps no secret.
#[derive(Debug, Clone)]
pub struct RandomBytes {
    state: u64,
    block: [u8; 4096],
    used: usize,
}

impl RandomBytes {
    /// The bytes of `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            block: [0; 4096],
            used: 4096,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = self.state;
        number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        number ^ (number >> 31)
    }
}

impl Read for RandomBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.block.len() {
            // In whole blocks, so that the bytes do not depend on how they are asked for.
            for position in (0..self.block.len()).step_by(8) {
                let number = self.next();
                self.block[position..position + 8].copy_from_slice(&number.to_le_bytes());
            }
            self.used = 0;
        }
        let rest = &self.block[self.used..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.used += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_depend_on_the_seed_and_on_nothing_else() {
        let mut whole = vec![0; 10_000];
        RandomBytes::new(1).read_exact(&mut whole).unwrap();
        let mut pieces = Vec::new();
        let mut reader = RandomBytes::new(1);
        for size in [1, 4095, 7, 5000, 897] {
            let mut piece = vec![0; size];
            reader.read_exact(&mut piece).unwrap();
            pieces.extend(piece);
        }
        assert_eq!(pieces, whole);
        let mut other = vec![0; 10_000];
        RandomBytes::new(2).read_exact(&mut other).unwrap();
        assert_ne!(other, whole);
    }
}
