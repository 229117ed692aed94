//! The folder of a bundle while it is made: beside its final place, under a name of its own, and gone when it is dropped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest as _, Sha256};
use sifter_contract::{ErrorCode, UiError, Verdict};
use sifter_signing::dsse::{KEY_FILE_LIMIT, PublicKey};
use sifter_signing::openpgp::{Certificate, armored, read_file};
use tempfile::TempDir;

use super::{Bundle, BundleRequest, KEYS, NOTE, SUMS, note};
use crate::errors;
use crate::signatures::shown;
use crate::signatures::verify::open;

/// How much is copied at a time, in bytes.
const CHUNK: usize = 1 << 20;

/// The folder before it has its name. Gone when it is dropped.
pub(super) struct Draft {
    folder: TempDir,
    /// Checksums of the files, in their order.
    sums: Vec<(String, String)>,
}

impl Draft {
    pub(super) fn begin(
        request: &BundleRequest,
        copied: &dyn Fn(u64),
        stop: &AtomicBool,
    ) -> Result<(Self, Bundle), UiError> {
        let parent = request
            .folder
            .parent()
            .filter(|path| !path.as_os_str().is_empty());
        let parent = parent.unwrap_or_else(|| Path::new("."));
        let folder = tempfile::Builder::new()
            .prefix(".sifter-bundle-")
            .tempdir_in(parent)
            .map_err(|error| unwritable(&error, parent))?;
        let mut draft = Self {
            folder,
            sums: Vec::new(),
        };
        let image = open(&request.image)?;
        drop(image);
        let sha256 = draft.copy(&request.image, &request.name, copied, stop)?;
        let done = Bundle {
            files: Vec::new(),
            sha256,
            verdict: Verdict::CouldNotCheck,
            keys: Vec::new(),
            missing: Vec::new(),
        };
        Ok((draft, done))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Copies a file and computes its checksum on the way.
    fn copy(
        &mut self,
        from: &Path,
        name: &str,
        copied: &dyn Fn(u64),
        stop: &AtomicBool,
    ) -> Result<String, UiError> {
        let unreadable = |error: io::Error| {
            UiError::new(ErrorCode::FileUnreadable)
                .with("name", shown(from))
                .details(errors::chain(&error))
        };
        let mut from_file = File::open(from).map_err(unreadable)?;
        let mut file = self.create(name)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; CHUNK];
        let mut so_far = 0;
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(UiError::new(ErrorCode::Cancelled));
            }
            let count = from_file.read(&mut buffer).map_err(unreadable)?;
            let piece = buffer.get(..count).unwrap_or_default();
            if piece.is_empty() {
                break;
            }
            hash.update(piece);
            self.done(file.write_all(piece))?;
            so_far += count as u64;
            copied(so_far);
        }
        self.done(file.sync_all())?;
        let sum = hex::encode(hash.finalize());
        self.sums.push((name.to_owned(), sum.clone()));
        Ok(sum)
    }

    fn write(&mut self, name: &str, text: &str) -> Result<(), UiError> {
        let mut file = self.create(name)?;
        self.done(file.write_all(text.as_bytes()))?;
        self.done(file.sync_all())?;
        let sum = hex::encode(Sha256::digest(text.as_bytes()));
        self.sums.push((name.to_owned(), sum));
        Ok(())
    }

    /// A new file for everybody to read: the folder is meant to be handed on.
    fn create(&self, name: &str) -> Result<File, UiError> {
        let created = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(self.path(name));
        match created {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(
                errors::invalid_text("name", name, "another file of the bundle has this name"),
            ),
            other => self.done(other),
        }
    }

    fn done<T>(&self, result: io::Result<T>) -> Result<T, UiError> {
        result.map_err(|error| unwritable(&error, self.folder.path()))
    }

    pub(super) fn finish(
        mut self,
        request: &BundleRequest,
        keys: Vec<Certificate>,
        mut done: Bundle,
        stop: &AtomicBool,
    ) -> Result<Bundle, UiError> {
        let mut own: Vec<Certificate> = Vec::new();
        for key in keys {
            if !own
                .iter()
                .any(|known| known.fingerprint() == key.fingerprint())
            {
                own.push(key.own_statements());
            }
        }
        if !own.is_empty() {
            let text = armored(&own).map_err(|error| errors::storage(&error))?;
            self.write(KEYS, &text)?;
        }
        done.keys = own
            .iter()
            .map(|key| key.fingerprint().to_string())
            .collect();
        let pems = self.copy_pems(&request.pems)?;
        let note = note::Note {
            image: &request.name,
            sha256: &done.sha256,
            verdict: done.verdict,
            keys: &own,
            missing: &done.missing,
            pems: &pems,
        };
        self.write(NOTE, &note.text())?;
        let lines = self
            .sums
            .iter()
            .map(|(name, sum)| format!("{sum}  {name}\n"));
        let sums: String = lines.collect();
        self.write(SUMS, &sums)?;
        done.files = self.sums.iter().map(|(name, _)| name.clone()).collect();
        if stop.load(Ordering::Relaxed) {
            return Err(UiError::new(ErrorCode::Cancelled));
        }
        self.publish(&request.folder)?;
        Ok(done)
    }

    fn copy_pems(&mut self, pems: &[PathBuf]) -> Result<Vec<String>, UiError> {
        let mut names = Vec::new();
        for (position, pem) in pems.iter().enumerate() {
            let name = match position {
                0 => "key.pem".to_owned(),
                more => format!("key-{}.pem", more + 1),
            };
            // A file that also holds a private key must not go along, so only the public one is written.
            let failed = |error| errors::signing(&error, &shown(pem));
            let text = read_file(pem, KEY_FILE_LIMIT).map_err(failed)?;
            let text = PublicKey::block_of(&text).map_err(|error| failed(error.into()))?;
            self.write(&name, &text)?;
            names.push(name);
        }
        Ok(names)
    }

    /// Gives the folder its name. An empty folder gives way; anything else stays and the name is refused.
    fn publish(self, folder: &Path) -> Result<(), UiError> {
        if taken(folder) {
            return Err(exists(folder));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // It was made for its owner alone.
            let open = fs::Permissions::from_mode(0o755);
            self.done(fs::set_permissions(self.folder.path(), open))?;
        }
        // Where an empty folder does not give way by itself.
        #[cfg(not(unix))]
        let _ = fs::remove_dir(folder);
        match fs::rename(self.folder.path(), folder) {
            Ok(()) => {
                // It has left the place that would be cleaned up.
                let _ = self.folder.keep();
                Ok(())
            }
            Err(_) if taken(folder) => Err(exists(folder)),
            Err(error) => Err(unwritable(&error, folder)),
        }
    }
}

fn unwritable(error: &io::Error, folder: &Path) -> UiError {
    let code = match error.kind() {
        io::ErrorKind::StorageFull => ErrorCode::DiskFull,
        _ => ErrorCode::FolderUnwritable,
    };
    UiError::new(code)
        .with("folder", folder.display().to_string())
        .details(errors::chain(error))
}

pub(super) fn taken(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

pub(super) fn exists(folder: &Path) -> UiError {
    let parent = folder.parent().unwrap_or_else(|| Path::new("."));
    UiError::new(ErrorCode::FileExists)
        .with("name", shown(folder))
        .with("folder", parent.display().to_string())
}
