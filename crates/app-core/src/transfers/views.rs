//! Transfers as the window draws them.

use std::path::Path;

use sifter_contract as contract;
use sifter_contract::{CapabilityNote, DoneHow, ErrorCode, LibraryPath, TransferList, UiError};
use sifter_library_api::{LibraryRef, Tag};
use sifter_transfer::remote::Feature;
use sifter_transfer::{Direction, Notice, Outcome, Phase, Snapshot, TransferView};
use time::OffsetDateTime;

use super::remark::Remark;
use crate::clock::rfc3339;
use crate::errors::{self, Place};

/// What a row needs to know beyond the engine.
pub(crate) trait Surroundings {
    /// The name of a server, which may be gone by now.
    fn server_name(&self, server_id: &str) -> String;
    /// Whether a download of this size is still as it was when its transfer `finished`.
    fn is_present(&self, file: &Path, size: Option<u64>, finished: Option<OffsetDateTime>) -> bool;
}

/// The engine's snapshot as the sections of the screen.
pub(crate) fn list(snapshot: &Snapshot, around: &impl Surroundings) -> TransferList {
    let mut list = TransferList::default();
    for view in &snapshot.transfers {
        let row = row(view, around);
        let speed = view.speed.unwrap_or(0);
        match (&view.phase, view.direction) {
            (Phase::Uploading, _) => list.speed_up += speed,
            (Phase::Downloading, _) => list.speed_down += speed,
            _ => {}
        }
        match &view.phase {
            Phase::Queued | Phase::Paused => list.queued.push(row),
            Phase::NeedsAttention { .. } => list.attention.push(row),
            Phase::Done { .. } | Phase::Cancelled => list.history.push(row),
            _ => list.active.push(row),
        }
    }
    list.history
        .sort_by(|a, b| (&b.finished, &b.id).cmp(&(&a.finished, &a.id)));
    list.all_paused = list.active.is_empty()
        && !list.queued.is_empty()
        && list
            .queued
            .iter()
            .all(|row| row.phase == contract::Phase::Paused);
    list
}

fn row(view: &TransferView, around: &impl Surroundings) -> contract::TransferView {
    let server_name = around.server_name(view.server.as_str());
    let (path, tag) = split_reference(&view.reference);
    let tags = match view.direction {
        Direction::Push => view.tags.clone(),
        Direction::Pull => tag.into_iter().collect(),
    };
    let remark = Remark::of(view);
    let place = Place::of(server_name.clone(), view.account.is_some()).what(format!(
        "{}/{}/{}",
        path.entity, path.collection, path.container
    ));
    contract::TransferView {
        id: view.id.to_string(),
        direction: match view.direction {
            Direction::Push => contract::Direction::Up,
            Direction::Pull => contract::Direction::Down,
        },
        file_name: match (&view.file, view.direction) {
            // A download may have got another name than it was asked for; in quarantine it has none.
            (Some(file), Direction::Pull) if !is_quarantined(view) => {
                crate::uploads::file_name(file)
            }
            _ => view.name.clone(),
        },
        server_id: view.server.to_string(),
        server_name,
        reference: reference(&path, tags.first().map(String::as_str)),
        path,
        tags,
        arch: Some(view.arch.clone()).filter(|arch| !arch.is_empty()),
        phase: phase(view, &place),
        bytes_total: view.bytes_total.unwrap_or(0),
        bytes_done: view.bytes_done,
        parts: contract::Parts {
            total: view.parts.total,
            done: view.parts.acknowledged,
            in_flight: view.parts.in_flight,
            retried: view.parts.retried,
        },
        speed: view.speed.unwrap_or(0),
        seconds_left: view
            .eta
            .map(|eta| u32::try_from(eta.as_secs()).unwrap_or(u32::MAX)),
        created: rfc3339(view.created_at).unwrap_or_default(),
        finished: view.finished_at.and_then(rfc3339),
        seconds_taken: view
            .started_at
            .zip(view.finished_at)
            .and_then(|(start, end)| u32::try_from((end - start).whole_seconds().max(0)).ok()),
        digest: view
            .digest
            .map(|digest| format!("sha256.{}", digest.to_hex())),
        restarted: view.notice.and_then(restarted),
        notes: notes(view),
        link: remark.link,
        check: remark.check,
        file_present: matches!(view.phase, Phase::Done { .. })
            && view.direction == Direction::Pull
            && view
                .file
                .as_deref()
                .is_some_and(|file| around.is_present(file, view.bytes_total, view.finished_at)),
    }
}

/// What the signatures of a download say.
pub(crate) fn check_of(view: &TransferView) -> Option<contract::FileCheck> {
    Remark::of(view).check
}

/// Whether a download must not be used.
pub(crate) fn is_quarantined(view: &TransferView) -> bool {
    let how = Outcome::Quarantined;
    view.phase == Phase::Done { how }
}

fn phase(view: &TransferView, place: &Place) -> contract::Phase {
    match &view.phase {
        Phase::Queued => contract::Phase::Queued,
        Phase::Hashing => contract::Phase::Hashing,
        Phase::Uploading => contract::Phase::Uploading,
        Phase::ServerProcessing => contract::Phase::ServerProcessing,
        Phase::Checking => contract::Phase::Checking,
        Phase::Downloading => contract::Phase::Downloading,
        Phase::Verifying => contract::Phase::Verifying,
        Phase::Done { how } => contract::Phase::Done {
            how: match how {
                Outcome::Arrived => DoneHow::Arrived,
                Outcome::ArrivedLate => DoneHow::ArrivedLate,
                Outcome::AlreadyThere => DoneHow::AlreadyThere,
                Outcome::Verified | Outcome::AlreadyHere => DoneHow::Verified,
                Outcome::Quarantined => DoneHow::Quarantined,
            },
        },
        Phase::Paused => contract::Phase::Paused,
        Phase::NeedsAttention { failure } => {
            let folder = view.folder.clone().unwrap_or_default();
            contract::Phase::NeedsAttention {
                error: errors::stopped(failure, place, &view.name, view.bytes_total, &folder),
            }
        }
        Phase::Cancelled => contract::Phase::Cancelled,
        _ => contract::Phase::Checking,
    }
}

/// What the server made a transfer do without, as far as a person would notice.
fn notes(view: &TransferView) -> Vec<CapabilityNote> {
    let latest = view.tags.iter().any(|tag| tag == Tag::LATEST);
    let note = |feature: &Feature| match feature {
        Feature::Multipart => Some(CapabilityNote::NoParts),
        Feature::UploadAddress => Some(CapabilityNote::OldUpload),
        Feature::ArchTags => Some(CapabilityNote::NoArchTags),
        Feature::OnlyAskedTags => Some(CapabilityNote::MovesLatest).filter(|_| !latest),
        Feature::Range => Some(CapabilityNote::NoRanges),
        _ => None,
    };
    view.without.iter().filter_map(note).collect()
}

/// Why a transfer began again, as far as a person would wonder.
fn restarted(notice: Notice) -> Option<UiError> {
    Some(UiError::new(match notice {
        Notice::SourceChanged | Notice::ReferenceMoved | Notice::PartialFileChanged => {
            ErrorCode::FileChanged
        }
        Notice::SessionForgotten => ErrorCode::UploadForgotten,
        Notice::HashMismatch => ErrorCode::Damaged,
        _ => return None,
    }))
}

/// Takes `entity/collection/container[:tag]` apart. Shorter references leave the first names empty.
pub(crate) fn split_reference(text: &str) -> (LibraryPath, Option<String>) {
    let (names, tag) = match text.split_once(':') {
        Some((names, tag)) => (names, Some(tag.to_owned())),
        None => (text, None),
    };
    let mut parts = names.rsplit('/');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (container, collection, entity) = (next(), next(), next());
    (
        LibraryPath {
            entity,
            collection,
            container,
        },
        tag,
    )
}

/// The reference that a person copies.
pub(crate) fn reference(path: &LibraryPath, tag: Option<&str>) -> String {
    let names = [&path.entity, &path.collection, &path.container];
    let names: Vec<&str> = names
        .into_iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    let text = match tag {
        Some(tag) => format!("library://{}:{tag}", names.join("/")),
        None => format!("library://{}", names.join("/")),
    };
    // Names that look like hosts are set apart by the reference's own grammar.
    text.parse::<LibraryRef>()
        .ok()
        .filter(|parsed| parsed.host().is_none())
        .map_or(text, |parsed| parsed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_apart_and_together() {
        let (path, tag) = split_reference("ada/tools/samtools:1.22");
        assert_eq!(
            (path.entity.as_str(), path.container.as_str()),
            ("ada", "samtools")
        );
        assert_eq!(
            reference(&path, tag.as_deref()),
            "library://ada/tools/samtools:1.22"
        );
        let (path, tag) = split_reference("alpine");
        assert_eq!(tag, None);
        assert_eq!(reference(&path, None), "library://alpine");
    }
}
