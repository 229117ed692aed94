//! Images: found by tag or hash, created as a promise, deleted with their bytes.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use sifter_library_api::Image;

use super::address;
use super::extract::{Asked, Named};
use super::json::{Answer, Body, answer};
use crate::caller::Caller;
use crate::catalog::images::Target;
use crate::catalog::{containers, images, uploads};
use crate::fault::Fault;
use crate::intake;
use crate::state::AppState;

/// `?arch=`, which may be empty or absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ArchQuery {
    pub(super) arch: String,
}

pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Named(path): Named<String>,
    Asked(query): Asked<ArchQuery>,
) -> Answer<Image> {
    answer(find(&state, caller, &path, query.arch).await?.1)
}

/// The image a path names, and the id of its container.
pub(super) async fn find(
    state: &AppState,
    caller: Caller,
    path: &str,
    arch: String,
) -> Result<(String, Image), Fault> {
    let (address, target) = address::image(path)?;
    state
        .db()
        .call(move |connection| {
            let viewer = caller.user_id();
            let container = containers::get(connection, viewer, &address)?.row;
            let container = container.id.as_str();
            let image = images::get(connection, viewer, container, &target, &arch)?;
            Ok((container.to_owned(), image.row))
        })
        .await
}

pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<Image>,
) -> Answer<Image> {
    let caller = caller.signed_in()?.may_write()?;
    let clock = state.clock().clone();
    let made = state
        .db()
        .write(move |connection| images::create(connection, &clock, &caller, &wanted))
        .await?;
    answer(made)
}

/// Deletes what the tag or hash names, with its tags, and its bytes when no other image has them.
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Named(path): Named<String>,
    Asked(query): Asked<ArchQuery>,
) -> Answer<Map<String, Value>> {
    let identity = caller.clone().signed_in()?.may_write()?;
    let (_, target) = address::image(&path)?;
    let (_, image) = find(&state, caller, &path, query.arch.clone()).await?;
    let other_arch = image.arch.is_some_and(|arch| arch.as_str() != query.arch);
    if matches!(target, Target::Hash(_)) && !query.arch.is_empty() && other_arch {
        return Err(Fault::NotFound("image"));
    }

    let id = image.id.as_str().to_owned();
    let under_way = state
        .db()
        .call(move |connection| {
            images::get_own(connection, &identity, &id)?;
            uploads::of_image(connection, &id)
        })
        .await?;
    for upload in under_way {
        intake::abort(&state, upload).await?;
    }
    let _nothing_moves_in = state.blobs().gate().write().await;
    let unused = state
        .db()
        .write(move |connection| images::delete(connection, &image))
        .await?;
    if let Some(digest) = unused {
        state.blobs().remove(&digest).await?;
    }
    answer(Map::new())
}
