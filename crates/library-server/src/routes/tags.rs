//! Tags, with architectures (v2) and without (v1). An empty image id removes a tag, as on Hinkskalle.

use axum::extract::State;
use sifter_library_api::model::{ArchTags, TagMap};
use sifter_library_api::tags::{SetArchTag, SetTag};

use super::extract::Named;
use super::json::{Answer, Body, answer};
use crate::caller::Caller;
use crate::catalog::{containers, tags};
use crate::fault::Fault;
use crate::state::AppState;

pub(super) async fn get_flat(
    State(state): State<AppState>,
    caller: Caller,
    Named(container): Named<String>,
) -> Answer<TagMap> {
    let found = state
        .db()
        .call(move |connection| containers::get_by_id(connection, caller.user_id(), &container))
        .await?;
    answer(found.row.image_tags)
}

pub(super) async fn get_by_arch(
    State(state): State<AppState>,
    caller: Caller,
    Named(container): Named<String>,
) -> Answer<ArchTags> {
    let found = state
        .db()
        .call(move |connection| containers::get_by_id(connection, caller.user_id(), &container))
        .await?;
    answer(found.row.arch_tags)
}

pub(super) async fn set_flat(
    State(state): State<AppState>,
    caller: Caller,
    Named(container): Named<String>,
    Body(SetTag { tag, image }): Body<SetTag>,
) -> Answer<TagMap> {
    let container = set(state, caller, container, None, tag, image.as_str()).await?;
    answer(container.image_tags)
}

pub(super) async fn set_by_arch(
    State(state): State<AppState>,
    caller: Caller,
    Named(container): Named<String>,
    Body(SetArchTag { arch, tag, image }): Body<SetArchTag>,
) -> Answer<ArchTags> {
    let arch = Some(arch).filter(|arch| !arch.is_empty());
    let container = set(state, caller, container, arch, tag, image.as_str()).await?;
    answer(container.arch_tags)
}

async fn set(
    state: AppState,
    caller: Caller,
    container: String,
    arch: Option<String>,
    tag: String,
    image: &str,
) -> Result<sifter_library_api::Container, Fault> {
    let caller = caller.signed_in()?.may_write()?;
    let (clock, image) = (state.clock().clone(), image.to_owned());
    state
        .db()
        .write(move |connection| {
            let found = containers::get_by_id(connection, &caller.user_id, &container)?;
            if !found.belongs_to(&caller.user_id) {
                return Err(Fault::NotYours("the container"));
            }
            if found.row.read_only {
                return Err(Fault::ReadOnly);
            }
            let (id, arch) = (found.row.id.as_str(), arch.as_deref());
            if image.is_empty() {
                tags::remove(connection, id, arch, &tag)?;
            } else {
                tags::set(connection, &clock, &caller, id, arch, &tag, &image)?;
            }
            Ok(containers::get_by_id(connection, &caller.user_id, id)?.row)
        })
        .await
}
