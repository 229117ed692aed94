//! Authorities that were added and certificates that were accepted, in `trust.json`. Nothing there is secret.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sifter_library_client::http::Certificate;

use crate::files::{self, OwnFileError};

/// The form of the file that this version writes.
const VERSION: u32 = 1;
/// The most authorities.
const MOST_AUTHORITIES: usize = 200;

/// The form of the file: certificates in Base64 of their encoding.
#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    version: u32,
    #[serde(default)]
    authorities: Vec<String>,
    #[serde(default)]
    hosts: BTreeMap<String, String>,
}

/// What is believed beside the operating system's store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Trusted {
    pub(super) authorities: Vec<Certificate>,
    /// The one certificate of a host, by its name without port.
    pub(super) hosts: BTreeMap<String, Certificate>,
}

impl Trusted {
    /// Adds an authority, unless it is there. Answers whether there was room.
    pub(super) fn add(&mut self, authority: Certificate) -> bool {
        if self.authorities.contains(&authority) {
            return true;
        }
        let room = self.authorities.len() < MOST_AUTHORITIES;
        if room {
            self.authorities.push(authority);
        }
        room
    }
}

/// The file, and what it says.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    trusted: Mutex<Trusted>,
}

impl Store {
    pub(super) fn open(path: PathBuf) -> Result<Self, OwnFileError> {
        let text = files::read(&path).map_err(|source| OwnFileError::File {
            path: path.clone(),
            source,
        })?;
        let trusted = match text {
            None => Trusted::default(),
            Some(text) => read(&text, &path)?,
        };
        Ok(Self {
            path,
            trusted: Mutex::new(trusted),
        })
    }

    pub(super) fn trusted(&self) -> Trusted {
        self.lock().clone()
    }

    /// Changes what is believed: first on disk, then here.
    pub(super) fn change(&self, change: impl FnOnce(&mut Trusted)) -> Result<(), OwnFileError> {
        let mut trusted = self.lock();
        let mut changed = trusted.clone();
        change(&mut changed);
        if changed == *trusted {
            return Ok(());
        }
        let failed = |source| OwnFileError::File {
            path: self.path.clone(),
            source,
        };
        let text = serde_json::to_string_pretty(&written(&changed))
            .map_err(|error| failed(error.into()))?;
        files::replace(&self.path, &text).map_err(failed)?;
        *trusted = changed;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Trusted> {
        self.trusted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn written(trusted: &Trusted) -> File {
    let text = |certificate: &Certificate| STANDARD.encode(certificate.der());
    File {
        version: VERSION,
        authorities: trusted.authorities.iter().map(text).collect(),
        hosts: (trusted.hosts.iter())
            .map(|(host, certificate)| (host.clone(), text(certificate)))
            .collect(),
    }
}

fn read(text: &str, path: &std::path::Path) -> Result<Trusted, OwnFileError> {
    let damaged = |source| OwnFileError::Damaged {
        path: path.to_owned(),
        source,
    };
    let file: File = serde_json::from_str(text).map_err(|error| damaged(Some(error)))?;
    if file.version > VERSION {
        return Err(OwnFileError::Newer {
            path: path.to_owned(),
        });
    }
    let certificate = |text: &String| {
        let der = STANDARD.decode(text).ok();
        der.and_then(|der| Certificate::read(&der))
            .ok_or_else(|| damaged(None))
    };
    Ok(Trusted {
        authorities: (file.authorities.iter())
            .map(certificate)
            .collect::<Result<_, _>>()?,
        hosts: (file.hosts.iter())
            .map(|(host, text)| Ok((host.clone(), certificate(text)?)))
            .collect::<Result<_, OwnFileError>>()?,
    })
}

#[cfg(test)]
mod tests {
    use sifter_test_support::{TlsAuthority, TlsIdentity};

    use super::*;

    #[test]
    fn what_is_believed_is_believed_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trust.json");
        let store = Store::open(path.clone()).unwrap();
        let pem = TlsAuthority::new("Lab CA").unwrap().pem().to_owned();
        let authority = Certificate::authorities_in(pem.as_bytes())
            .unwrap()
            .remove(0);
        let own = TlsIdentity::self_signed(&["lab"], |_| {}).unwrap();
        let own = Certificate::read(own.der()).unwrap();
        store
            .change(|trusted| {
                assert!(trusted.add(authority.clone()));
                assert!(trusted.add(authority.clone()));
                trusted.hosts.insert("lab".into(), own.clone());
            })
            .unwrap();
        let again = Store::open(path).unwrap().trusted();
        assert_eq!(again.authorities, [authority]);
        assert_eq!(again.hosts["lab"], own);
    }

    #[test]
    fn a_file_of_another_version_or_maker_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trust.json");
        for text in [
            "not json",
            r#"{"version":99}"#,
            r#"{"version":1,"authorities":["AAAA"]}"#,
            r#"{"version":1,"hosts":{"lab":"%"}}"#,
        ] {
            files::replace(&path, text).unwrap();
            let opened = Store::open(path.clone());
            if text.contains("99") {
                assert!(matches!(opened, Err(OwnFileError::Newer { .. })));
            } else {
                assert!(
                    matches!(opened, Err(OwnFileError::Damaged { .. })),
                    "{text}"
                );
            }
            assert_eq!(files::read(&path).unwrap().unwrap(), text);
        }
    }
}
