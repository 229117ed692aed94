//! What could be imported: every server and credential in the files of the command lines, without its secret,
//! which is read again when the person has chosen it.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use super::docker::{self, Kept};
use super::file::{self, FileError};
use super::places::{CLOUD, Program};
use super::remotes::Remotes;
use super::{CommandLine, CommandLineError, helper};

/// Names one item. Made of its place, so that it means the same when the files are read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundId(String);

impl FoundId {
    fn of(path: &Path, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(path.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(name.as_bytes());
        let hex = hash
            .finalize()
            .iter()
            .take(12)
            .fold(String::new(), |mut hex, byte| {
                hex.push_str(&format!("{byte:02x}"));
                hex
            });
        Self(hex)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whose file an item comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A program of the Cloud Library.
    Program(Program),
    /// A credential file that many container programs share.
    Docker,
}

/// One item, without its secret.
#[derive(Clone, Debug)]
pub struct FoundItem {
    /// Its name.
    pub id: FoundId,
    /// Whose it is.
    pub source: Source,
    /// The file it is in.
    pub path: PathBuf,
    /// What the file calls it.
    pub name: String,
    /// Host, port and path, without a scheme.
    pub address: String,
    /// The server is asked over plain http.
    pub insecure: bool,
    /// The user name, where the file has one.
    pub login: Option<String>,
    /// Whether there is a token or password; a server without one can still be connected.
    pub has_secret: bool,
    /// The program that has to be asked for the secret: `docker-credential-NAME`.
    pub helper: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of the files and within them.
    pub items: Vec<FoundItem>,
    /// Files that are there and could not be read.
    pub problems: Vec<FileError>,
}

/// An item with its secret.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Host, port and path, without a scheme.
    pub address: String,
    /// The server is asked over plain http.
    pub insecure: bool,
    /// The token or password.
    pub secret: Option<SecretString>,
}

/// An item while its file is being read.
struct Item {
    found: FoundItem,
    secret: Secret,
}

enum Secret {
    None,
    Here(SecretString),
    Helper { name: String, registry: String },
}

impl CommandLine {
    /// Looks through all files.
    #[must_use]
    pub fn found(&self) -> Found {
        let mut found = Found::default();
        for (items, problem) in self.files() {
            found.items.extend(items.into_iter().map(|item| item.found));
            found.problems.extend(problem);
        }
        found
    }

    /// Reads an item again, with its secret. Runs a credential helper if that is where the secret is.
    ///
    /// # Errors
    /// When the item is gone, or the helper gives nothing.
    pub async fn credential(&self, id: &str) -> Result<Credential, CommandLineError> {
        let this = self.clone();
        let files = tokio::task::spawn_blocking(move || this.files());
        let files = files.await.map_err(|_| CommandLineError::Gone)?;
        let mut items = files.into_iter().flat_map(|(items, _)| items);
        let item = items
            .find(|item| item.found.id.as_str() == id)
            .ok_or(CommandLineError::Gone)?;
        let secret = match item.secret {
            Secret::None => None,
            Secret::Here(secret) => Some(secret),
            Secret::Helper { name, registry } => {
                let login = helper::ask(&name, &registry, &self.places.programs).await?;
                Some(login.secret)
            }
        };
        Ok(Credential {
            address: item.found.address,
            insecure: item.found.insecure,
            secret,
        })
    }

    /// Whether a program of this computer has a token that begins like this.
    #[must_use]
    pub fn has_token_beginning(&self, prefix: &str) -> bool {
        let items = self.files().into_iter().flat_map(|(items, _)| items);
        let mut tokens = items.filter_map(|item| match item.secret {
            Secret::Here(token) => Some(token),
            _ => None,
        });
        tokens.any(|token| token.expose_secret().starts_with(prefix))
    }

    /// Every file's items, or what is wrong with it.
    fn files(&self) -> Vec<(Vec<Item>, Option<FileError>)> {
        let programs = [Program::Singularity, Program::Apptainer, Program::TokenFile];
        let own = programs.into_iter().map(|program| {
            let path = self.places.file(program);
            let items = match program {
                Program::TokenFile => read(&path, |text| Ok(token_file(&path, text))),
                _ => read(&path, |text| {
                    Ok(servers(program, &path, Remotes::parse(text)?))
                }),
            };
            split(items)
        });
        let shared = self.places.credentials.iter().map(|path| {
            let items = read(path, |text| Ok(registries(path, docker::parse(text)?)));
            split(items)
        });
        own.chain(shared).collect()
    }
}

fn split(items: Result<Vec<Item>, FileError>) -> (Vec<Item>, Option<FileError>) {
    match items {
        Ok(items) => (items, None),
        Err(problem) => (Vec::new(), Some(problem)),
    }
}

fn read(
    path: &Path,
    items: impl FnOnce(&str) -> Result<Vec<Item>, file::FileProblem>,
) -> Result<Vec<Item>, FileError> {
    let text = file::read(path);
    let found = text.and_then(|text| text.map_or(Ok(Vec::new()), |text| items(&text)));
    found.map_err(|problem| problem.at(path))
}

fn servers(program: Program, path: &Path, known: Remotes) -> Vec<Item> {
    let item = |remote: super::remotes::Remote| Item {
        found: FoundItem {
            id: FoundId::of(path, &remote.name),
            source: Source::Program(program),
            path: path.to_owned(),
            name: remote.name,
            address: remote.uri,
            insecure: remote.insecure,
            login: None,
            has_secret: remote.token.is_some(),
            helper: None,
        },
        secret: remote.token.map_or(Secret::None, Secret::Here),
    };
    known.remotes.into_iter().map(item).collect()
}

/// The old token file: its first line, for the one server there was.
fn token_file(path: &Path, text: &str) -> Vec<Item> {
    let token = text.lines().next().unwrap_or_default().trim();
    if token.is_empty() {
        return Vec::new();
    }
    vec![Item {
        found: FoundItem {
            id: FoundId::of(path, ""),
            source: Source::Program(Program::TokenFile),
            path: path.to_owned(),
            name: CLOUD.0.to_owned(),
            address: CLOUD.1.to_owned(),
            insecure: false,
            login: None,
            has_secret: true,
            helper: None,
        },
        secret: Secret::Here(token.into()),
    }]
}

fn registries(path: &Path, entries: Vec<docker::Entry>) -> Vec<Item> {
    let item = |entry: docker::Entry| {
        let address = docker::host_of(&entry.key).to_owned();
        let (login, helper) = match &entry.kept {
            Kept::Here(login) => (login.user.clone(), None),
            Kept::Helper(name) => (None, Some(name.clone())),
        };
        Item {
            found: FoundItem {
                id: FoundId::of(path, &entry.key),
                source: Source::Docker,
                path: path.to_owned(),
                name: address.clone(),
                address,
                insecure: false,
                login,
                has_secret: true,
                helper,
            },
            secret: match entry.kept {
                Kept::Here(login) => Secret::Here(login.secret),
                Kept::Helper(name) => Secret::Helper {
                    name,
                    registry: entry.key,
                },
            },
        }
    };
    entries.into_iter().map(item).collect()
}
