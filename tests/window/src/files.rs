//! Files of a test: their digests, and words that must not be found in them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Result;
use sha2::{Digest, Sha256};

/// SHA-256 of a file in hex.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

/// All files below a folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_type()?.is_file() {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// Files below a folder that hold one of the words.
///
/// # Errors
/// When a file cannot be read.
pub fn holding(folder: &Path, words: &[String]) -> Result<Vec<PathBuf>> {
    let mut guilty = Vec::new();
    for path in below(folder)? {
        let content = std::fs::read(&path)?;
        let holds = |word: &String| memchr::memmem::find(&content, word.as_bytes()).is_some();
        if words.iter().any(holds) {
            guilty.push(path);
        }
    }
    Ok(guilty)
}

/// Copies the files below a folder into another one, flat.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for path in below(from)? {
        if let Some(name) = path.file_name() {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
