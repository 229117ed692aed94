//! An image with everything that is needed to verify it where there is no network: the keys of its signers, checksums,
//! and a note that says how.
//!
//! The folder is made whole beside its final place and then renamed, so that there is never half of one, and nothing
//! that was there is touched.

mod note;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest as _, Sha256};
use sifter_contract::{ErrorCode, UiError, Verdict};
use sifter_signing::dsse::{KEY_FILE_LIMIT, PublicKey};
use sifter_signing::issuers;
use sifter_signing::openpgp::{
    Certificate, Issuer, KeySource as _, Unavailable, armored, read_file,
};
use tempfile::TempDir;

use super::places::Places;
use super::verify::{VerifyRequest, open, public_key};
use super::{Signatures, apart, servers, shown};
use crate::errors;

/// The public keys of the signers.
const KEYS: &str = "keys.asc";
/// The checksums, in the form of `sha256sum`.
const SUMS: &str = "SHA256SUMS";
/// How to verify.
const NOTE: &str = "VERIFY.txt";
/// How much is copied at a time, in bytes.
const CHUNK: usize = 1 << 20;

/// What is to be put together.
#[derive(Debug, Clone)]
pub struct BundleRequest {
    /// The image.
    pub image: PathBuf,
    /// What it is to be called.
    pub name: String,
    /// The folder to make. It must not be there, or be empty.
    pub folder: PathBuf,
    /// Public keys in PEM form that go along.
    pub pems: Vec<PathBuf>,
    /// Asks no key server.
    pub offline: bool,
    /// The key server of the library that the image is from.
    pub library_key_server: Option<String>,
    /// Key servers to ask instead of the usual ones.
    pub key_servers: Vec<String>,
}

/// What was put together.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The files in the folder, the image first.
    pub files: Vec<String>,
    /// SHA-256 of the image, lower-case digits.
    pub sha256: String,
    /// What verifying the copy has shown.
    pub verdict: Verdict,
    /// Fingerprints of the OpenPGP keys that went along.
    pub keys: Vec<String>,
    /// Signers whose key was not found, by their key ids.
    pub missing: Vec<String>,
}

impl Signatures {
    /// Makes the folder.
    ///
    /// # Errors
    /// `file_exists` when there is something in its place, `invalid_name` when the image cannot be called so,
    /// `folder_unwritable`, `damaged` when the image must not be used, and those of [`Signatures::verify`].
    pub async fn bundle(&self, request: BundleRequest) -> Result<Bundle, UiError> {
        check(&request)?;
        let copying = request.clone();
        let (draft, mut done) = apart(move |stop| Draft::begin(&copying, stop)).await?;
        let verify = VerifyRequest {
            pems: request.pems.clone(),
            offline: request.offline,
            library_key_server: request.library_key_server.clone(),
            key_servers: request.key_servers.clone(),
            ..VerifyRequest::default()
        };
        let asked = self.servers(&verify)?;
        // The copy is what is verified: it is what will be used.
        let found = self.verify(&draft.path(&request.name), verify).await?;
        done.verdict = found.verdict;
        if found.verdict == Verdict::DoNotUse {
            let details = found.error.unwrap_or_default();
            return Err(UiError::new(ErrorCode::Damaged).details(details));
        }
        let image = draft.path(&request.name);
        let wanted = apart(move |_| Ok(issuers(&open(&image)?))).await?;
        let places = self.places.clone();
        let (mut keys, unknown) = apart(move |_| known(&places, wanted)).await?;
        let answers = servers::ask(&self.http, &asked, &unknown).await;
        for issuer in &unknown {
            let mut found = answers.iter().flat_map(servers::Answers::found);
            match found.find(|certificate| certificate.is_issuer(issuer)) {
                Some(certificate) => keys.push(certificate.clone()),
                None => done.missing.push(issuer.to_string()),
            }
        }
        apart(move |_| draft.finish(&request, keys, done)).await
    }
}

/// The keys that are known on this computer, and who else has signed.
fn known(places: &Places, wanted: Vec<Issuer>) -> Result<(Vec<Certificate>, Vec<Issuer>), UiError> {
    let mut rings = places.keyrings()?;
    rings.push(places.known_to_servers());
    let mut keys = Vec::new();
    let mut unknown = Vec::new();
    for issuer in wanted {
        let found = rings.iter().find_map(|ring| first(ring.find(&issuer)));
        match found {
            Some(key) => keys.push(key),
            None => unknown.push(issuer),
        }
    }
    Ok((keys, unknown))
}

fn first(found: Result<Vec<Certificate>, Unavailable>) -> Option<Certificate> {
    found.ok()?.into_iter().next()
}

/// A line of a list of checksums cannot carry every name, and neither can a command in a note.
fn check(request: &BundleRequest) -> Result<(), UiError> {
    let name = &request.name;
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if name.is_empty() || name.starts_with(['-', '.']) || name.contains(odd) {
        return Err(errors::invalid_text(
            "name",
            name,
            "not a name for the image",
        ));
    }
    if taken(&request.folder) {
        return Err(exists(&request.folder));
    }
    for pem in &request.pems {
        public_key(pem)?;
    }
    Ok(())
}

fn taken(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

fn exists(folder: &Path) -> UiError {
    let parent = folder.parent().unwrap_or_else(|| Path::new("."));
    UiError::new(ErrorCode::FileExists)
        .with("name", shown(folder))
        .with("folder", parent.display().to_string())
}

/// The folder before it has its name. Gone when it is dropped.
struct Draft {
    folder: TempDir,
    /// Checksums of the files, in their order.
    sums: Vec<(String, String)>,
}

impl Draft {
    fn begin(request: &BundleRequest, stop: &AtomicBool) -> Result<(Self, Bundle), UiError> {
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
        let sha256 = draft.copy(&request.image, &request.name, stop)?;
        let done = Bundle {
            files: Vec::new(),
            sha256,
            verdict: Verdict::CouldNotCheck,
            keys: Vec::new(),
            missing: Vec::new(),
        };
        Ok((draft, done))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Copies a file and computes its checksum on the way.
    fn copy(&mut self, from: &Path, name: &str, stop: &AtomicBool) -> Result<String, UiError> {
        let unreadable = |error: io::Error| {
            UiError::new(ErrorCode::FileUnreadable)
                .with("name", shown(from))
                .details(errors::chain(&error))
        };
        let mut from_file = File::open(from).map_err(unreadable)?;
        let mut file = self.create(name)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; CHUNK];
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
        }
        self.done(file.sync_all())?;
        let sum: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.sums.push((name.to_owned(), sum.clone()));
        Ok(sum)
    }

    fn write(&mut self, name: &str, text: &str) -> Result<(), UiError> {
        let mut file = self.create(name)?;
        self.done(file.write_all(text.as_bytes()))?;
        self.done(file.sync_all())?;
        let sum = Sha256::digest(text.as_bytes());
        let sum = sum.iter().map(|byte| format!("{byte:02x}")).collect();
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

    fn finish(
        mut self,
        request: &BundleRequest,
        keys: Vec<Certificate>,
        mut done: Bundle,
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
