//! SHA-256 of what can be read, however long it is.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// How much is read at a time, in bytes.
const PIECE: usize = 256 << 10;

/// The digest of everything that `from` still holds. Blocks.
pub(crate) fn sha256(mut from: impl Read) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(count) => hash.update(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_several_reads_has_the_digest_of_the_whole() {
        let text = vec![b'x'; PIECE + 1];
        let read = sha256(io::Cursor::new(&text).chain(io::Cursor::new(&text))).unwrap();
        assert_eq!(
            read,
            <[u8; 32]>::from(Sha256::digest([&text[..]; 2].concat()))
        );
    }
}
