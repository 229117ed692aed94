//! `accounts.json`: the list of accounts, without any secret. Several programs may share it (the
//! app and the command line), so every change reads it anew under a lock and replaces it whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::account::{Account, AccountId};
use crate::error::Error;

/// The longest list read, in bytes: thousands of accounts.
const LONGEST: u64 = 1024 * 1024;
const VERSION: u32 = 1;

/// The content of the file.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct List {
    pub(super) accounts: Vec<Account>,
    /// Signed out, but their secret could not be removed from the keychain yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) leftovers: Vec<AccountId>,
}

impl List {
    pub(super) fn get_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }
}

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    #[serde(flatten)]
    list: List,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// The file and its lock.
#[derive(Clone, Debug)]
pub(super) struct Index {
    path: PathBuf,
    lock: PathBuf,
}

fn cannot(action: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::Index { action, source }
}

impl Index {
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join("accounts.json"),
            lock: folder.join("accounts.lock"),
        }
    }

    pub(super) fn read(&self) -> Result<List, Error> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(List::default()),
            Err(error) => return Err(cannot("read")(error)),
        };
        let mut text = Vec::new();
        file.take(LONGEST + 1)
            .read_to_end(&mut text)
            .map_err(cannot("read"))?;
        let unreadable = |_| Error::IndexUnreadable;
        let version: Version = serde_json::from_slice(&text).map_err(unreadable)?;
        if version.version != VERSION {
            return Err(Error::IndexUnreadable);
        }
        let document: Document = serde_json::from_slice(&text).map_err(unreadable)?;
        Ok(document.list)
    }

    /// Reads, changes and writes the list while no other program can.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut List) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let lock = private_file(&self.lock).map_err(cannot("locked"))?;
        // Held for the milliseconds of one small file; released when the file is closed.
        lock.lock().map_err(cannot("locked"))?;
        let mut list = self.read()?;
        let outcome = change(&mut list)?;
        self.write(list).map_err(cannot("written"))?;
        Ok(outcome)
    }

    fn write(&self, list: List) -> io::Result<()> {
        let document = Document {
            version: VERSION,
            list,
        };
        let text = serde_json::to_vec_pretty(&document)?;
        replace_private_file(&self.path, &text)
    }
}

/// Writes a file whole, so that whoever reads it finds the old content or the new one, also after a crash. Only its
/// owner can read it. The caller holds a lock, which makes the name of the temporary file ours.
pub(crate) fn replace_private_file(path: &Path, text: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("json.new");
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private_file(&temporary)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_folder(path)
}

/// Opens or makes a file only its owner can read.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes a rename survive a power cut. Only Unix lets a folder be opened for that.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_a_newer_version_or_a_damaged_one_is_left_untouched() {
        for text in ["{\"version\":2,\"accounts\":[]}", "{", "[]", ""] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("accounts.json");
            fs::write(&path, text).unwrap();
            let index = Index::in_folder(folder.path());
            assert!(matches!(index.read(), Err(Error::IndexUnreadable)));
            assert!(index.change(|_| Ok(())).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_list_can_be_read_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Index::in_folder(folder.path()).change(|_| Ok(())).unwrap();
        let mode = fs::metadata(folder.path().join("accounts.json")).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_change_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::in_folder(folder.path());
        let outcome = index.change(|list| {
            list.leftovers.push(AccountId::random());
            Err::<(), _>(Error::UnknownAccount)
        });
        assert!(outcome.is_err());
        assert!(index.read().unwrap().leftovers.is_empty());
    }
}
