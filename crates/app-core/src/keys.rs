//! The screen of keys: the person's own, those they trust, those that have been met.

mod notes;
mod passphrase;
mod publish;
mod revoked;
mod search;
mod servers;
mod sign;

use std::path::PathBuf;

use secrecy::ExposeSecret as _;
use sifter_contract::requests::{KeyExpiry, KeyLend, KeyMake, KeyRevoke};
use sifter_contract::{
    KeyLent, KeyList, KeyPlace, KeyRow, KeyTrust, KeyView, KeysImported, RevocationCause,
    SavedFile, UiError,
};
use sifter_signing::openpgp::RevocationReason;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::app::AppCore;
use crate::errors;
use crate::files;
use crate::reminders::ending;
use crate::signatures::{KeyDesk, NewKeyRequest};
use crate::uploads::file_name;
pub(crate) use notes::NotesOfKeys;
use publish::publications;

/// The longest time a key may be made for, in days.
const MOST_DAYS: u32 = 3660;

impl AppCore {
    /// All keys: the person's own first, then those they trust, then those that have been met.
    pub(crate) async fn keys(&self) -> Result<KeyList, UiError> {
        let desk = self.key_desk();
        let (known, met) = (desk.list().await?, desk.met().await?);
        let notes = self.key_notes.read()?;
        let sums = self.publication_sums(&notes).await?;
        let now = OffsetDateTime::now_utc();
        let row = |key: KeyView, trust| {
            let end = key.expires.as_deref();
            let end = end.and_then(|end| OffsetDateTime::parse(end, &Rfc3339).ok());
            KeyRow {
                backed_up: notes.backed_up.contains(&key.fingerprint),
                passphrase_kept: notes.passphrase_kept.contains(&key.fingerprint),
                ending: end.and_then(|end| ending(end, now)),
                published: publications(&notes, &sums, &key.fingerprint),
                trust,
                key,
            }
        };
        let (own, trusted): (Vec<KeyView>, Vec<KeyView>) =
            known.into_iter().partition(|key| key.mine);
        let mut keys: Vec<KeyRow> = own.into_iter().map(|key| row(key, KeyTrust::Own)).collect();
        keys.extend(trusted.into_iter().map(|key| row(key, KeyTrust::Trusted)));
        keys.extend(met.into_iter().map(|key| row(key, KeyTrust::Met)));
        let revoked = self.revoked_keys(&notes, &keys);
        Ok(KeyList { keys, revoked })
    }

    /// Makes a key.
    pub(crate) async fn make_key(&self, request: KeyMake) -> Result<KeyView, UiError> {
        check_days(request.days)?;
        let passphrase = request.passphrase.map(|text| text.into_secret());
        let passphrase = passphrase.filter(|text| !text.expose_secret().is_empty());
        let key = self
            .key_desk()
            .generate(NewKeyRequest {
                name: request.name,
                rsa: request.rsa,
                days: request.days,
                passphrase: passphrase.clone(),
            })
            .await?;
        if let Some(passphrase) = passphrase.filter(|_| request.keep) {
            self.keep_passphrase(&key.fingerprint, passphrase).await?;
        }
        Ok(key)
    }

    /// Takes over keys from a file that the person chooses.
    pub(crate) async fn import_keys(&self) -> Result<KeysImported, UiError> {
        let chosen = self.host.choose_files().await;
        let Some(path) = chosen.first() else {
            return Ok(KeysImported::default());
        };
        let report = self.key_desk().import_as_met(path).await?;
        Ok(KeysImported {
            keys: report.keys,
            secret: u32::try_from(report.secret).unwrap_or(u32::MAX),
        })
    }

    /// Writes a key to a file that the person chooses.
    pub(crate) async fn export_key(
        &self,
        fingerprint: &str,
        secret: bool,
    ) -> Result<SavedFile, UiError> {
        let text = self.key_desk().export(fingerprint, secret).await?;
        let what = if secret { "secret-key" } else { "public-key" };
        let saved = self.save(&export_name(fingerprint, what), &text).await?;
        if secret && saved.name.is_some() {
            self.key_notes
                .change(|notes| notes.backed_up.insert(fingerprint.to_owned()))?;
        }
        Ok(saved)
    }

    /// Puts a key into the keyrings of a command-line tool.
    pub(crate) async fn lend_key(&self, request: KeyLend) -> Result<KeyLent, UiError> {
        let desk = self.key_desk();
        let lending = desk.lend(&request.fingerprint, request.tool, request.secret);
        let (folder, lent) = lending.await?;
        Ok(KeyLent {
            folder: self.shown_path(&folder),
            public: lent.public,
            secret: lent.secret,
        })
    }

    /// Trusts the owner of a key that has been met.
    pub(crate) async fn trust_key(&self, fingerprint: &str) -> Result<KeyView, UiError> {
        self.key_desk().trust(fingerprint).await
    }

    /// Trusts the owner of a key no longer.
    pub(crate) async fn distrust_key(&self, fingerprint: &str) -> Result<(), UiError> {
        self.key_desk().distrust(fingerprint).await.map(|_| ())
    }

    /// Removes a key from Sifter: one of the person's own with its secret part, or one that has been met.
    pub(crate) async fn remove_key(&self, fingerprint: &str) -> Result<(), UiError> {
        let desk = self.key_desk();
        let known = desk.list().await?;
        let here = |key: &&KeyView| key.fingerprint == fingerprint;
        match known.iter().find(here) {
            Some(key) if key.place == KeyPlace::Sifter => desk.remove(fingerprint).await?,
            Some(_) => return Err(errors::key(fingerprint, "not_found")),
            None => desk.forget_met(fingerprint).await?,
        }
        self.forget_passphrase(fingerprint).await?;
        self.key_notes.change(|notes| {
            notes.backed_up.remove(fingerprint);
            notes.published.remove(fingerprint);
            notes.revoked.remove(fingerprint);
        })
    }

    /// Takes a key back, and writes the text that says so where the person chooses.
    pub(crate) async fn revoke_key(&self, request: KeyRevoke) -> Result<SavedFile, UiError> {
        let reason = match request.cause {
            RevocationCause::Compromised => RevocationReason::Compromised,
            RevocationCause::Superseded => RevocationReason::Superseded,
            RevocationCause::Retired => RevocationReason::Retired,
        };
        let fingerprint = request.fingerprint;
        let given = request.passphrase.map(|text| text.into_secret());
        let passphrase = self.passphrase_for(&fingerprint, given).await;
        let text = self
            .key_desk()
            .revoke(&fingerprint, reason, passphrase)
            .await?;
        self.save(&export_name(&fingerprint, "revocation"), &text.into())
            .await
    }

    /// Gives a key another end.
    pub(crate) async fn set_key_expiry(&self, request: KeyExpiry) -> Result<KeyView, UiError> {
        check_days(request.days)?;
        let given = request.passphrase.map(|text| text.into_secret());
        let passphrase = self.passphrase_for(&request.fingerprint, given).await;
        self.key_desk()
            .set_expiry(&request.fingerprint, request.days, passphrase)
            .await
    }

    fn key_desk(&self) -> KeyDesk {
        self.signatures.keys()
    }

    /// Writes a text where the person chooses, readable by this user only.
    async fn save(&self, name: &str, text: &secrecy::SecretString) -> Result<SavedFile, UiError> {
        let Some(path) = self.host.choose_save(name).await else {
            return Ok(SavedFile { name: None });
        };
        let (written, text): (PathBuf, _) = (path.clone(), text.clone());
        let done =
            tokio::task::spawn_blocking(move || files::replace(&written, text.expose_secret()));
        done.await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(|error| errors::unwritable_file(&error, &path))?;
        Ok(SavedFile {
            name: Some(file_name(&path)),
        })
    }
}

fn check_days(days: Option<u32>) -> Result<(), UiError> {
    match days {
        Some(days) if days == 0 || days > MOST_DAYS => Err(errors::key("", "expiry")),
        _ => Ok(()),
    }
}

/// What a file with a key could be called: the end of the fingerprint, as people know keys.
fn export_name(fingerprint: &str, what: &str) -> String {
    let end: String = fingerprint
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    let from = end.len().saturating_sub(16);
    let end = end.get(from..).unwrap_or_default();
    format!("{end}-{what}.asc")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_named_by_the_end_of_the_fingerprint() {
        assert_eq!(
            export_name("12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84", "public-key"),
            "A20C27EE7FF7BA84-public-key.asc"
        );
        assert_eq!(export_name("../x", "revocation"), "-revocation.asc");
    }
}
