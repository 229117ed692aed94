//! The servers a person has connected, remembered without secrets in `servers.json`.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sifter_account::AccountId;
use sifter_contract::ServerKind;
use url::Url;

use super::LOCAL_ID;
use super::addresses::Entered;
use super::learned::Learned;
use crate::files::{self, OwnFileError};

/// The form of the file that this version writes.
const VERSION: u32 = 1;

/// A server as it is remembered: where its services are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedServer {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What was typed or pasted to connect it, as an address.
    pub(crate) web: Url,
    pub(crate) library: Url,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) keystore: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) builder: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) registry: Option<Url>,
    /// Addresses that count instead of these.
    #[serde(default)]
    pub(crate) entered: Entered,
    /// The OAuth issuer, where there is a sign-in page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) issuer: Option<Url>,
    /// The person has accepted that the server is reached without encryption.
    #[serde(default)]
    pub(crate) plain_http: bool,
    /// What transfers have shown of it.
    #[serde(default)]
    pub(crate) learned: Learned,
    /// The account in use, where the person has chosen one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<AccountId>,
}

impl SavedServer {
    pub(crate) fn kind(&self) -> ServerKind {
        match self.web.host_str() {
            Some("cloud.sylabs.io") => ServerKind::SylabsCloud,
            _ => ServerKind::Library,
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    local_port: Option<u16>,
    /// The account in use on this computer, where the person has chosen one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    local_account: Option<AccountId>,
    #[serde(default)]
    servers: Vec<SavedServer>,
}

/// The list, in memory and on disk.
#[derive(Debug)]
pub(crate) struct Book {
    path: PathBuf,
    list: Mutex<List>,
}

impl Book {
    pub(crate) fn open(path: PathBuf) -> Result<Self, OwnFileError> {
        let text = files::read(&path).map_err(|source| OwnFileError::File {
            path: path.clone(),
            source,
        })?;
        let list = match text {
            None => List::default(),
            Some(text) => {
                serde_json::from_str::<List>(&text).map_err(|source| OwnFileError::Damaged {
                    path: path.clone(),
                    source: Some(source),
                })?
            }
        };
        if list.version > VERSION {
            return Err(OwnFileError::Newer { path });
        }
        Ok(Self {
            path,
            list: Mutex::new(list),
        })
    }

    pub(crate) fn servers(&self) -> Vec<SavedServer> {
        self.list().servers.clone()
    }

    pub(crate) fn get(&self, id: &str) -> Option<SavedServer> {
        self.list()
            .servers
            .iter()
            .find(|server| server.id == id)
            .cloned()
    }

    /// The server whose library is at this address.
    pub(crate) fn find(&self, library: &Url) -> Option<SavedServer> {
        self.list()
            .servers
            .iter()
            .find(|server| server.library == *library)
            .cloned()
    }

    /// Remembers a server, in place of what was known under its id.
    pub(crate) fn put(&self, server: SavedServer) -> Result<(), OwnFileError> {
        self.change(
            |list| match list.servers.iter_mut().find(|known| known.id == server.id) {
                Some(known) => *known = server,
                None => list.servers.push(server),
            },
        )
    }

    pub(crate) fn remove(&self, id: &str) -> Result<(), OwnFileError> {
        self.change(|list| list.servers.retain(|server| server.id != id))
    }

    /// The port of the local library when it ran last.
    pub(crate) fn local_port(&self) -> Option<u16> {
        self.list().local_port
    }

    pub(crate) fn set_local_port(&self, port: Option<u16>) -> Result<(), OwnFileError> {
        if self.local_port() == port {
            return Ok(());
        }
        self.change(|list| list.local_port = port)
    }

    /// The account that the person has chosen on a server.
    pub(crate) fn account(&self, id: &str) -> Option<AccountId> {
        let list = self.list();
        if id == LOCAL_ID {
            return list.local_account;
        }
        let server = list.servers.iter().find(|server| server.id == id);
        server.and_then(|server| server.account)
    }

    pub(crate) fn choose_account(&self, id: &str, account: AccountId) -> Result<(), OwnFileError> {
        if self.account(id) == Some(account) {
            return Ok(());
        }
        self.change(|list| {
            if id == LOCAL_ID {
                list.local_account = Some(account);
            } else if let Some(server) = list.servers.iter_mut().find(|server| server.id == id) {
                server.account = Some(account);
            }
        })
    }

    fn change(&self, change: impl FnOnce(&mut List)) -> Result<(), OwnFileError> {
        let mut list = self.list();
        let mut changed = list.clone();
        change(&mut changed);
        changed.version = VERSION;
        let failed = |source| OwnFileError::File {
            path: self.path.clone(),
            source,
        };
        let text = serde_json::to_string_pretty(&changed).map_err(|error| failed(error.into()))?;
        files::replace(&self.path, &text).map_err(failed)?;
        *list = changed;
        Ok(())
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, name: &str) -> SavedServer {
        SavedServer {
            id: id.into(),
            name: name.into(),
            web: Url::parse("https://lab.example").unwrap(),
            library: Url::parse("https://library.lab.example").unwrap(),
            token: None,
            keystore: None,
            builder: None,
            registry: None,
            entered: Entered::default(),
            issuer: None,
            plain_http: false,
            learned: Learned::default(),
            account: None,
        }
    }

    #[test]
    fn servers_are_found_again_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("servers.json");
        let book = Book::open(path.clone()).unwrap();
        book.put(server("1", "one")).unwrap();
        book.put(server("2", "two")).unwrap();
        book.put(server("1", "renamed")).unwrap();
        book.remove("2").unwrap();
        book.set_local_port(Some(4711)).unwrap();
        let (one, local) = (AccountId::random(), AccountId::random());
        book.choose_account("1", one).unwrap();
        book.choose_account(LOCAL_ID, local).unwrap();
        let book = Book::open(path).unwrap();
        let mut expected = server("1", "renamed");
        expected.account = Some(one);
        assert_eq!(book.servers(), [expected]);
        assert_eq!(
            (book.account("1"), book.account(LOCAL_ID)),
            (Some(one), Some(local))
        );
        assert_eq!(book.local_port(), Some(4711));
        assert!(
            book.find(&Url::parse("https://library.lab.example").unwrap())
                .is_some()
        );
    }

    #[test]
    fn a_file_of_another_version_or_maker_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("servers.json");
        files::replace(&path, r#"{"version":99}"#).unwrap();
        assert!(matches!(
            Book::open(path.clone()),
            Err(OwnFileError::Newer { .. })
        ));
        files::replace(&path, "not json").unwrap();
        assert!(matches!(
            Book::open(path.clone()),
            Err(OwnFileError::Damaged { .. })
        ));
        assert_eq!(files::read(&path).unwrap().unwrap(), "not json");
    }
}
