//! An OCI-SIF out of the bytes of a fuzzer: blobs, and the index last, with a line of three dashes between them. `$0` to
//! `$9` stand for the digests of the blobs before, in hexadecimal digits, which no fuzzer would ever hit.

use sha2::{Digest as _, Sha256};
use sifter_sif::{DESCRIPTOR_SIZE, ObjectInput, OciDigest};

use super::UNSIGNED;

/// The most documents in one input.
const MOST: usize = 10;
/// Where the descriptor table begins.
const TABLE: usize = 4096;

pub(super) fn of(bytes: &[u8]) -> Vec<u8> {
    let mut documents: Vec<Vec<u8>> = Vec::new();
    let mut digests = Vec::new();
    for part in parts(bytes).take(MOST) {
        let document = filled(part, &digests);
        digests.push(hex(&document));
        documents.push(document);
    }
    image(&documents)
}

fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const LINE: &[u8] = b"\n---\n";
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let all = rest?;
        let end = all.windows(LINE.len()).position(|window| window == LINE);
        rest = end.and_then(|end| all.get(end + LINE.len()..));
        all.get(..end.unwrap_or(all.len()))
    })
}

/// `part` with the digests that it asks for.
fn filled(part: &[u8], digests: &[String]) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut bytes = part.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let digit = bytes
            .peek()
            .map(|next| usize::from(next.wrapping_sub(b'0')));
        match digit.and_then(|digit| digests.get(digit)) {
            Some(digest) if byte == b'$' => {
                whole.extend_from_slice(digest.as_bytes());
                bytes.next();
            }
            _ => whole.push(byte),
        }
    }
    whole
}

fn hex(data: &[u8]) -> String {
    let digest = OciDigest::new(Sha256::digest(data).into()).to_string();
    digest.trim_start_matches("sha256:").to_owned()
}

/// A SIF of these documents, of which the last is the index.
fn image(documents: &[Vec<u8>]) -> Vec<u8> {
    let count = documents.len() as u64;
    let mut file = UNSIGNED.get(..TABLE).unwrap_or_default().to_vec();
    for (at, number) in [(80, 0), (88, count), (104, count * DESCRIPTOR_SIZE as u64)] {
        put(&mut file, at, number);
    }
    let data = TABLE as u64 + count * DESCRIPTOR_SIZE as u64;
    put(&mut file, 112, data);
    put(
        &mut file,
        120,
        documents.iter().map(|one| one.len() as u64).sum(),
    );
    let mut offset = data;
    for (id, document) in (1..).zip(documents) {
        let digest = OciDigest::new(Sha256::digest(document).into());
        let object = if id == count {
            ObjectInput::oci_root_index(std::io::empty(), digest)
        } else {
            ObjectInput::oci_blob(std::io::empty(), digest)
        };
        let mut descriptor = object.descriptor().unwrap().encode();
        descriptor[4] = 1;
        descriptor[5..9].copy_from_slice(&u32::try_from(id).unwrap().to_le_bytes());
        for (at, number) in [(17, offset), (25, document.len() as u64)] {
            put(&mut descriptor, at, number);
        }
        file.extend_from_slice(&descriptor);
        offset += document.len() as u64;
    }
    file.extend(documents.concat());
    file
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    if let Some(field) = bytes.get_mut(at..at + 8) {
        field.copy_from_slice(&number.to_le_bytes());
    }
}
