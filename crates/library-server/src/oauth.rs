//! The authorization server of the library: who a bearer of a token is.
//!
//! The rest of the crate uses two things from here: [`routes`], merged into the router, and
//! [`verify_access_token`], asked once per authenticated request.

use axum::Router;
use rusqlite::{OptionalExtension as _, params};

use crate::error::Error;
use crate::ids;
use crate::state::AppState;

/// Who a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Row of `users`.
    pub(crate) user_id: String,
    /// Login name, for `createdBy` fields.
    pub(crate) login: String,
    /// What the token may do; empty means everything its user may.
    pub(crate) scopes: Vec<String>,
}

/// The pages and endpoints of sign-in.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
}

/// Looks a token up by its SHA-256. `None` for unknown, expired and revoked tokens alike.
pub(crate) async fn verify_access_token(
    state: &AppState,
    token: &str,
) -> Result<Option<Identity>, Error> {
    let hash = ids::secret_hash(token);
    let now = state.clock().stamp();
    state
        .db()
        .call(move |connection| {
            let identity = connection
                .query_row(
                    "SELECT users.id, users.login, access_tokens.scopes
                     FROM access_tokens JOIN users ON users.id = access_tokens.user_id
                     WHERE access_tokens.hash = ?1 AND revoked_at IS NULL
                       AND (expires_at IS NULL OR expires_at > ?2)",
                    params![hash, now],
                    |row| {
                        let scopes: String = row.get(2)?;
                        Ok(Identity {
                            user_id: row.get(0)?,
                            login: row.get(1)?,
                            scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
                        })
                    },
                )
                .optional()?;
            Ok(identity)
        })
        .await
}
