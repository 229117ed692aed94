//! Completing an upload: every part there, the hash right, a SIF, room for it; then into the store.

use std::collections::BTreeMap;

use sifter_library_api::upload::Completion;

use super::{Receipts, discard, learn::learn};
use crate::catalog::images::{self, Learned};
use crate::catalog::uploads::{self, Upload};
use crate::catalog::usage;
use crate::error::Error;
use crate::fault::{Fault, PartList};
use crate::oauth::Identity;
use crate::reception::{Desk, Front};
use crate::state::AppState;

/// Completes an upload. Completing what is complete answers the same again.
pub(crate) async fn complete(
    state: &AppState,
    caller: Identity,
    image_id: String,
    upload_id: String,
    receipts: Receipts,
) -> Result<Completion, Fault> {
    if find(state, &caller, &image_id, &upload_id).await?.is_none() {
        return completion(state, caller, image_id).await;
    }
    let desk = state.reception().desk(&upload_id);
    let gate = desk.close_gate().await;
    let found = find(state, &caller, &image_id, &upload_id).await?;
    let Some((upload, parts)) = found else {
        state.reception().close(&upload_id);
        return completion(state, caller, image_id).await;
    };
    ensure_all_parts(&upload, &parts, receipts.as_ref())?;

    let stored = store(state, &caller, &desk, &upload, &parts).await;
    if let Err(Fault::WrongDigest { .. } | Fault::NotASif(_) | Fault::QuotaExceeded) = &stored {
        discard(state, upload_id.clone()).await?;
    }
    stored?;
    state.reception().close(&upload_id);
    drop(gate);
    completion(state, caller, image_id).await
}

/// The upload and its parts, if it is one of this image's.
async fn find(
    state: &AppState,
    caller: &Identity,
    image_id: &str,
    upload_id: &str,
) -> Result<Option<(Upload, BTreeMap<u32, String>)>, Fault> {
    let (caller, image, id) = (caller.clone(), image_id.to_owned(), upload_id.to_owned());
    state
        .db()
        .call(move |connection| {
            images::get_own(connection, &caller, &image)?;
            let upload = uploads::find(connection, &id)?.filter(|upload| upload.image_id == image);
            let Some(upload) = upload else {
                return Ok(None);
            };
            let parts = uploads::parts(connection, &id)?;
            Ok(Some((upload, parts)))
        })
        .await
}

/// The answer for an image whose bytes are there; any other upload that is not known has ended.
pub(crate) async fn completion(
    state: &AppState,
    caller: Identity,
    image_id: String,
) -> Result<Completion, Fault> {
    let config = state.config().clone();
    state
        .db()
        .call(move |connection| {
            let image = images::get_own(connection, &caller, &image_id)?.row;
            if !image.uploaded {
                return Err(Fault::UploadGone);
            }
            let name = |name: Option<String>| name.unwrap_or_default();
            Ok(Completion {
                quota: Some(usage::quota(connection, &config, image.entity.as_str())?),
                container_url: format!(
                    "library/{}/{}/{}",
                    name(image.entity_name),
                    name(image.collection_name),
                    name(image.container_name)
                ),
            })
        })
        .await
}

fn ensure_all_parts(
    upload: &Upload,
    parts: &BTreeMap<u32, String>,
    receipts: Option<&Vec<sifter_library_api::upload::CompletedPart>>,
) -> Result<(), Fault> {
    let missing: Vec<u32> = (1..=upload.total_parts)
        .filter(|number| !parts.contains_key(number))
        .collect();
    if !missing.is_empty() {
        return Err(Fault::PartsMissing(PartList(missing)));
    }
    let Some(receipts) = receipts else {
        return Ok(());
    };
    let mut unnamed: std::collections::BTreeSet<u32> = parts.keys().copied().collect();
    for receipt in receipts {
        let right = parts
            .get(&receipt.part_number)
            .is_some_and(|sha256| *sha256 == receipt.token.trim_matches('"'));
        if !right {
            return Err(Fault::WrongPartToken(receipt.part_number));
        }
        unnamed.remove(&receipt.part_number);
    }
    if unnamed.is_empty() {
        Ok(())
    } else {
        Err(Fault::PartsMissing(PartList(unnamed.into_iter().collect())))
    }
}

/// Checks the file and moves it into the store. The upload's gate is closed.
async fn store(
    state: &AppState,
    caller: &Identity,
    desk: &Desk,
    upload: &Upload,
    parts: &BTreeMap<u32, String>,
) -> Result<(), Fault> {
    let file = state.reception().file(&upload.id);
    let arrived = tokio::fs::try_exists(&file)
        .await
        .map_err(Error::disk(&file))?;
    let learned = if arrived {
        if digest(desk, upload, parts, file.clone()).await? != upload.digest {
            return Err(Fault::WrongDigest {
                algorithm: "SHA-256",
            });
        }
        learn(file).await?
    } else if state.blobs().exists(&upload.digest).await? {
        // The file was moved and the program ended before that was written down.
        learn(state.blobs().finished_file(&upload.digest)).await?
    } else {
        return Err(Fault::UploadGone);
    };

    let _keep = state.blobs().gate().read().await;
    ensure_room(state, upload, &learned).await?;
    if arrived {
        state.blobs().admit(&upload.id, &upload.digest).await?;
    }
    let (caller, upload, clock) = (caller.clone(), upload.clone(), state.clock().clone());
    state
        .db()
        .write(move |connection| {
            let (image, digest) = (&upload.image_id, &upload.digest);
            images::complete(connection, &clock, &caller, image, digest, &learned)?;
            uploads::forget(connection, &upload.id)
        })
        .await
}

/// The SHA-256 of the file: known for one part, else hashed to the end.
async fn digest(
    desk: &Desk,
    upload: &Upload,
    parts: &BTreeMap<u32, String>,
    file: std::path::PathBuf,
) -> Result<String, Fault> {
    if let (1, Some(sha256)) = (upload.total_parts, parts.get(&1)) {
        return Ok(sha256.clone());
    }
    let front = std::mem::take(&mut *desk.front().lock().await);
    let (upload, path) = (upload.clone(), file.clone());
    let digest = tokio::task::spawn_blocking(move || {
        let digest = front.finish(&upload, &file)?;
        if digest == upload.digest {
            return Ok(digest);
        }
        // The running hash may have met a part that was being sent again; the file decides.
        Front::default().finish(&upload, &file)
    });
    let digest = digest
        .await
        .map_err(|_| Error::Stopping)?
        .map_err(Error::disk(path))?;
    Ok(digest)
}

async fn ensure_room(state: &AppState, upload: &Upload, learned: &Learned) -> Result<(), Fault> {
    let (config, upload, size) = (state.config().clone(), upload.clone(), learned.size);
    state
        .db()
        .call(move |connection| {
            let entity = images::entity_of(connection, &upload.image_id)?;
            usage::ensure_room(connection, &config, &entity, &upload.digest, size)
        })
        .await
}
