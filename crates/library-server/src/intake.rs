//! Taking files in: begin, receive parts, complete, abort.
//!
//! The order of locks is always: a part's claim or the upload's gate, then the gate of the object store.

mod complete;
mod learn;

use axum::body::Body;
use sifter_library_api::upload::CompletedPart;

use crate::blobs::Blobs;
use crate::catalog::uploads::{self, Upload};
use crate::catalog::{images, usage};
use crate::fault::Fault;
use crate::oauth::Identity;
use crate::reception::{self, Place};
use crate::state::AppState;

pub(crate) use complete::{complete, completion};

/// What a client promises when it begins.
#[derive(Debug, Clone)]
pub(crate) struct Promise {
    pub(crate) image_id: String,
    pub(crate) size: u64,
    /// In parts, or in one piece.
    pub(crate) multipart: bool,
    /// Lower-case hexadecimal; empty when not given.
    pub(crate) md5: String,
    /// Lower-case hexadecimal; empty when not given. The image's own hash counts in any case.
    pub(crate) sha256: String,
}

/// Which parts the client believes to be done, and their tokens. A single PUT has no list.
pub(crate) type Receipts = Option<Vec<CompletedPart>>;

/// Begins an upload, if there is room for it.
pub(crate) async fn begin(
    state: &AppState,
    caller: Identity,
    promise: Promise,
) -> Result<Upload, Fault> {
    uploads::check_size(promise.size)?;
    let (config, clock) = (state.config().clone(), state.clock().clone());
    let free = free_space(state.blobs().clone()).await?;
    let needed = promise.size.saturating_add(config.uploads.spare_disk);
    let upload = state
        .db()
        .write(move |connection| {
            let image = images::get_own(connection, &caller, &promise.image_id)?.row;
            let digest = image
                .hash
                .and_then(|hash| hash.sha256_hex())
                .unwrap_or_default();
            if !promise.sha256.is_empty() && promise.sha256 != digest {
                return Err(Fault::Invalid("sha256sum is not the hash of the image"));
            }
            let entity = image.entity.as_str();
            usage::ensure_room(connection, &config, entity, &digest, promise.size)?;
            if needed > free {
                return Err(Fault::DiskFull { needed, free });
            }
            let part_size = promise.multipart.then(|| {
                config
                    .uploads
                    .part_size
                    .unwrap_or_else(|| uploads::choose_part_size(promise.size))
            });
            let (id, md5) = (image.id.as_str(), promise.md5.as_str());
            uploads::begin(
                connection,
                &clock,
                &caller,
                id,
                promise.size,
                part_size,
                md5,
            )
        })
        .await?;
    Ok(upload)
}

/// Receives one part and acknowledges it. Answers its token.
///
/// `promised` is the part's SHA-256 as the signed address states it; empty when the client sent none.
pub(crate) async fn receive_part(
    state: &AppState,
    upload_id: String,
    number: u32,
    promised: String,
    announced: Option<u64>,
    body: Body,
) -> Result<String, Fault> {
    let (upload, _) = find(state, &upload_id, number).await?;
    let (offset, length) = upload.part(number).ok_or(Fault::Invalid("no such part"))?;
    if let Some(received) = announced.filter(|announced| *announced != length) {
        return Err(Fault::WrongLength {
            expected: length,
            received,
        });
    }
    // The hash of a file in one piece is the image's; its MD5 may have been promised too.
    let single = upload.total_parts == 1;
    let promised = if single {
        upload.digest.clone()
    } else {
        promised
    };

    let desk = state.reception().desk(&upload_id);
    let claim = desk.claim(number).await;
    let acknowledged = match find(state, &upload_id, number).await {
        Ok((_, acknowledged)) => acknowledged,
        Err(gone) => {
            state.reception().close(&upload_id);
            return Err(gone);
        }
    };
    let repeated = acknowledged
        .as_ref()
        .is_some_and(|sha256| *sha256 == promised);
    if acknowledged.is_some() && !repeated {
        let id = upload_id.clone();
        state
            .db()
            .write(move |c| uploads::withdraw(c, &id, number))
            .await?;
        desk.front().lock().await.withdrawn(number);
    }

    let file = state.reception().file(&upload_id);
    let md5 = single && !upload.md5.is_empty();
    let place = Place {
        file: file.clone(),
        offset,
        length,
        write: !repeated,
        md5,
    };
    let idle = state.config().uploads.idle_timeout;
    let (digests, claim) = reception::receive(body, place, claim, idle).await?;
    if !promised.is_empty() && digests.sha256 != promised {
        return Err(Fault::WrongDigest {
            algorithm: "SHA-256",
        });
    }
    if digests.md5.is_some_and(|md5| md5 != upload.md5) {
        return Err(Fault::WrongDigest { algorithm: "MD5" });
    }

    let (id, sha256, clock) = (upload_id, digests.sha256.clone(), state.clock().clone());
    let parts = state
        .db()
        .write(move |connection| {
            uploads::acknowledge(connection, &clock, &id, number, &sha256)?;
            uploads::parts(connection, &id)
        })
        .await?;
    drop(claim);
    if !single {
        // Hashes on while the next part is coming in.
        let front = desk.front().clone();
        tokio::task::spawn_blocking(move || {
            let mut front = front.blocking_lock();
            front.arrived(parts.into_keys());
            if let Err(error) = front.advance(&upload, &file) {
                tracing::debug!(%error, "hashing ahead failed; completing will tell");
            }
        });
    }
    Ok(token(&digests.sha256))
}

/// Ends an upload and removes what came of it. Unknown uploads have ended already.
pub(crate) async fn abort(state: &AppState, upload_id: String) -> Result<(), Fault> {
    let desk = state.reception().desk(&upload_id);
    let _gate = desk.close_gate().await;
    discard(state, upload_id).await
}

/// Removes an upload whose gate is closed.
async fn discard(state: &AppState, upload_id: String) -> Result<(), Fault> {
    let id = upload_id.clone();
    state
        .db()
        .write(move |connection| uploads::forget(connection, &id))
        .await?;
    state.blobs().discard(&upload_id).await?;
    state.reception().close(&upload_id);
    Ok(())
}

/// The upload, and the SHA-256 of a part if it has been acknowledged.
async fn find(
    state: &AppState,
    upload_id: &str,
    number: u32,
) -> Result<(Upload, Option<String>), Fault> {
    let id = upload_id.to_owned();
    state
        .db()
        .call(move |connection| {
            let upload = uploads::find(connection, &id)?.ok_or(Fault::UploadGone)?;
            let sha256 = uploads::parts(connection, &id)?.remove(&number);
            Ok((upload, sha256))
        })
        .await
}

/// The token of a part: its `ETag`, quotes included.
pub(crate) fn token(sha256: &str) -> String {
    format!("\"{sha256}\"")
}

async fn free_space(blobs: Blobs) -> Result<u64, Fault> {
    let free = tokio::task::spawn_blocking(move || blobs.free_space()).await;
    Ok(free.map_err(|_| crate::error::Error::Stopping)??)
}
