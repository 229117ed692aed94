//! Entities, collections and containers. Lists below a row are at the addresses Hinkskalle has them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use sifter_library_api::{Collection, Container, Entity};

use super::address;
use super::extract::Named;
use super::json::{Answer, Body, answer};
use crate::caller::Caller;
use crate::catalog::{DESCRIPTION_LIMIT, collections, containers, entities, images, usage};
use crate::fault::Fault;
use crate::state::AppState;

pub(super) async fn list_entities(
    State(state): State<AppState>,
    caller: Caller,
) -> Answer<Vec<Entity>> {
    answer(
        state
            .db()
            .call(move |c| entities::list(c, caller.user_id()))
            .await?,
    )
}

pub(super) async fn get_entity(
    State(state): State<AppState>,
    caller: Caller,
    Named(name): Named<String>,
) -> Answer<Entity> {
    let config = state.config().clone();
    let found = state
        .db()
        .call(move |c| {
            let mut entity = entities::get(c, caller.user_id(), &name)?.row;
            // An entity without a limit of its own has the library's.
            entity.quota = usage::quota(c, &config, entity.id.as_str())?.quota_total;
            Ok::<_, Fault>(entity)
        })
        .await?;
    answer(found)
}

pub(super) async fn create_entity(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<Entity>,
) -> Answer<Entity> {
    let caller = caller.signed_in()?.may_write()?;
    bounded(&[&wanted.description, &wanted.custom_data])?;
    let (clock, owner) = (state.clock().clone(), state.config().owner.clone());
    let made = state
        .db()
        .write(move |connection| entities::create(connection, &clock, &owner, &caller, &wanted))
        .await?;
    answer(made)
}

/// `{entity}/{collection}` or an id: that collection. `{entity}`: the collections of it.
pub(super) async fn get_collection(
    State(state): State<AppState>,
    caller: Caller,
    Named(path): Named<String>,
) -> Result<Response, Fault> {
    let database = state.db();
    let Some((entity, name)) = path.split_once('/') else {
        return database
            .call(move |connection| {
                let viewer = caller.user_id();
                if let Some(found) = collections::find_by_id(connection, viewer, &path)? {
                    return Ok(answer(found.row).into_response());
                }
                Ok(answer(collections::list(connection, viewer, &path)?).into_response())
            })
            .await;
    };
    let (entity, name) = (entity.to_owned(), name.to_owned());
    let found = database
        .call(move |connection| collections::find(connection, caller.user_id(), &entity, &name))
        .await?;
    Ok(answer(found.ok_or(Fault::NotFound("collection"))?.row).into_response())
}

pub(super) async fn create_collection(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<Collection>,
) -> Answer<Collection> {
    let caller = caller.signed_in()?.may_write()?;
    bounded(&[&wanted.description, &wanted.custom_data])?;
    let clock = state.clock().clone();
    let made = state
        .db()
        .write(move |connection| collections::create(connection, &clock, &caller, &wanted))
        .await?;
    answer(made)
}

/// `{entity}/{collection}/{container}` or an id: that container; with `/images` behind it, its images.
/// `{entity}/{collection}`: the containers of it.
pub(super) async fn get_container(
    State(state): State<AppState>,
    caller: Caller,
    Named(path): Named<String>,
) -> Result<Response, Fault> {
    let names: Vec<String> = path.split('/').map(str::to_owned).collect();
    state
        .db()
        .call(move |connection| {
            let viewer = caller.user_id();
            match &names[..] {
                [id] => {
                    let found = match containers::find_by_id(connection, viewer, id)? {
                        Some(found) => found,
                        None => containers::get(connection, viewer, &address::container(id)?)?,
                    };
                    Ok(answer(found.row).into_response())
                }
                [entity, collection] => {
                    let found = containers::list(connection, viewer, entity, collection)?;
                    Ok(answer(found).into_response())
                }
                [_, _, _] => {
                    let address = address::container(&path)?;
                    let found = containers::get(connection, viewer, &address)?;
                    Ok(answer(found.row).into_response())
                }
                [entity, collection, container, last] if last == "images" => {
                    let path = format!("{entity}/{collection}/{container}");
                    let found = containers::get(connection, viewer, &address::container(&path)?)?;
                    let images = images::list(connection, viewer, found.row.id.as_str())?;
                    Ok(answer(images).into_response())
                }
                _ => Err(Fault::NotFound("this address")),
            }
        })
        .await
}

pub(super) async fn create_container(
    State(state): State<AppState>,
    caller: Caller,
    Body(wanted): Body<Container>,
) -> Answer<Container> {
    let caller = caller.signed_in()?.may_write()?;
    bounded(&[
        &wanted.description,
        &wanted.full_description,
        &wanted.custom_data,
    ])?;
    let clock = state.clock().clone();
    let made = state
        .db()
        .write(move |connection| containers::create(connection, &clock, &caller, &wanted))
        .await?;
    answer(made)
}

fn bounded(texts: &[&String]) -> Result<(), Fault> {
    let fits = texts.iter().all(|text| text.len() <= DESCRIPTION_LIMIT);
    if fits {
        Ok(())
    } else {
        Err(Fault::Invalid("a description is too long"))
    }
}
