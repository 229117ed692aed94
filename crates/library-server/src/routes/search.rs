//! `GET /v1/search?value=…&arch=…&signed=true`.

use axum::extract::State;
use serde::Deserialize;
use sifter_library_api::search::{MIN_SEARCH_LEN, SearchResults};

use super::extract::Asked;
use super::json::{Answer, answer};
use crate::caller::Caller;
use crate::catalog::search::{self, Search};
use crate::fault::Fault;
use crate::state::AppState;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SearchQuery {
    value: String,
    /// One architecture or several with commas.
    arch: String,
    signed: String,
}

pub(super) async fn search(
    State(state): State<AppState>,
    caller: Caller,
    Asked(query): Asked<SearchQuery>,
) -> Answer<SearchResults> {
    if query.value.len() < MIN_SEARCH_LEN {
        return Err(Fault::Invalid("search for at least 3 characters"));
    }
    let archs = query
        .arch
        .split(',')
        .filter(|arch| !arch.is_empty())
        .map(|arch| {
            arch.parse()
                .map_err(|_| Fault::Invalid("unknown architecture"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let search = Search {
        text: query.value,
        archs,
        signed_only: query.signed == "true",
    };
    let found = state
        .db()
        .call(move |connection| search::run(connection, caller.user_id(), &search))
        .await?;
    answer(found)
}
