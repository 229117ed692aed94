//! Keys of others that their owners have revoked, and what they have signed on this computer.

use std::sync::Arc;

use sifter_contract::{AppEvent, KeyRow, KeysRechecked, RevokedKey, SignedDownload, UiError};
use sifter_transfer::{Direction, Phase, TransferView};
use time::OffsetDateTime;

use super::notes::KeyNotes;
use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::host::{Notice, RevokedSigner};
use crate::signatures::{addresses_of, key_servers};
use crate::transfers::check_of;
use crate::uploads::file_name;

impl AppCore {
    /// Asks about the keys of others that are due, or with `all` about all of them, and tells of those that turn out
    /// to be revoked. Answers also when to ask again, if there is anything to ask about.
    pub(crate) async fn recheck_keys(
        &self,
        all: bool,
    ) -> Result<(KeysRechecked, Option<OffsetDateTime>), UiError> {
        let now = OffsetDateTime::now_utc();
        let servers = key_servers(&self.servers, &self.signatures).await;
        let round = self
            .signatures
            .recheck(&addresses_of(&servers), now, all)
            .await?;
        let mut found = KeysRechecked {
            asked: u32::try_from(round.asked).unwrap_or(u32::MAX),
            revoked: Vec::new(),
        };
        if !round.revoked.is_empty() {
            self.key_notes.change(|notes| {
                for key in &round.revoked {
                    let noticed = now.unix_timestamp();
                    notes.revoked.insert(key.fingerprint.clone(), noticed);
                }
            })?;
            found.revoked = self.keys().await?.revoked;
            found.revoked.retain(|key| {
                let mut news = round.revoked.iter();
                news.any(|new| new.fingerprint == key.fingerprint)
            });
            for key in &found.revoked {
                self.tell_revoked(key).await;
            }
        }
        Ok((found, round.next))
    }

    /// The person has taken note.
    pub(crate) fn dismiss_revoked(&self, fingerprint: &str) -> Result<(), UiError> {
        self.key_notes
            .change(|notes| notes.revoked.remove(fingerprint))
    }

    /// Those of `rows` that were revoked and that nobody has taken note of.
    pub(super) fn revoked_keys(&self, notes: &KeyNotes, rows: &[KeyRow]) -> Vec<RevokedKey> {
        let rows = rows.iter().filter_map(|row| {
            let noticed = notes.revoked.get(&row.key.fingerprint)?;
            let noticed = OffsetDateTime::from_unix_timestamp(*noticed).ok();
            Some(RevokedKey {
                fingerprint: row.key.fingerprint.clone(),
                name: row.key.names.first().cloned(),
                trust: row.trust,
                noticed: noticed.and_then(rfc3339).unwrap_or_default(),
                downloads: self.downloads_signed_by(&row.key.fingerprint),
            })
        });
        rows.collect()
    }

    /// The downloads that are still here and were found to be signed by a key.
    fn downloads_signed_by(&self, fingerprint: &str) -> Vec<SignedDownload> {
        let all = self.engine.snapshot().transfers.into_iter();
        let signed = all.filter(|view| {
            view.direction == Direction::Pull
                && matches!(view.phase, Phase::Done { .. })
                && is_signed_by(view, fingerprint)
                && self.is_still_there(view)
        });
        signed
            .map(|view| SignedDownload {
                transfer_id: view.id.to_string(),
                file_name: view.file.as_deref().map(file_name).unwrap_or_default(),
            })
            .collect()
    }

    /// In the window, and by the system while the person looks elsewhere.
    async fn tell_revoked(&self, key: &RevokedKey) {
        self.hub
            .handed_over(AppEvent::KeyRevoked { key: key.clone() });
        if *self.focus.borrow() || !self.settings.notifications() {
            return;
        }
        let name = key.name.clone();
        let notice = Notice {
            revoked: Some(RevokedSigner {
                name: name.unwrap_or_else(|| key.fingerprint.clone()),
                downloads: u32::try_from(key.downloads.len()).unwrap_or(u32::MAX),
            }),
            ..Notice::default()
        };
        let host = Arc::clone(&self.host);
        // Some systems take a moment to show it. Lost only when the program ends.
        let _ = tokio::task::spawn_blocking(move || host.notify(notice)).await;
    }
}

/// Proven or claimed: whoever is told looks at the file again anyway.
fn is_signed_by(view: &TransferView, fingerprint: &str) -> bool {
    let check = check_of(view);
    let signers = check.into_iter().flat_map(|check| check.signers);
    signers
        .into_iter()
        .any(|signer| signer.fingerprint == fingerprint)
}
