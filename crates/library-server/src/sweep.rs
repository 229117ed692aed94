//! Tidying up: uploads nobody finished, promises nobody kept, bytes nobody refers to, old tickets.

use std::collections::HashSet;
use std::time::Duration;

use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use crate::catalog::{images, uploads};
use crate::clock::stamp;
use crate::fault::Fault;
use crate::intake;
use crate::state::AppState;
use crate::tickets;
use crate::tokens;

/// Time between two rounds.
const INTERVAL: Duration = Duration::from_secs(3600);

/// Sweeps now and every hour until `stop`.
pub(crate) async fn keep_tidy(state: AppState, stop: CancellationToken) {
    loop {
        if let Err(error) = sweep(&state).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "tidying up failed"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

/// One round.
pub(crate) async fn sweep(state: &AppState) -> Result<(), Fault> {
    let before = stamp(state.clock().now() - state.config().uploads.keep_unfinished);
    let since = before.clone();
    let expired = state
        .db()
        .call(move |c| uploads::untouched_since(c, &since))
        .await?;
    for upload in expired {
        intake::abort(state, upload).await?;
    }
    let clock = state.clock().clone();
    state
        .db()
        .write(move |connection| {
            tickets::forget_expired(connection, &clock)?;
            tokens::store::forget_expired(connection, &clock)?;
            images::forget_promises(connection, &before)
        })
        .await?;
    discard_strays(state).await?;
    discard_unreferenced(state).await
}

/// Removes files of uploads the database does not know: their end was written down, their file stayed.
async fn discard_strays(state: &AppState) -> Result<(), Fault> {
    for upload in state.blobs().arriving().await? {
        let id = upload.clone();
        let known = state
            .db()
            .call(move |c| uploads::find(c, &id))
            .await?
            .is_some();
        if !known {
            state.blobs().discard(&upload).await?;
        }
    }
    Ok(())
}

/// Removes objects that no image refers to.
async fn discard_unreferenced(state: &AppState) -> Result<(), Fault> {
    let _nothing_moves_in = state.blobs().gate().write().await;
    let stored = state.blobs().digests().await?;
    let wanted = state.db().write(referenced).await?;
    for digest in stored.iter().filter(|digest| !wanted.contains(*digest)) {
        state.blobs().remove(digest).await?;
    }
    Ok(())
}

fn referenced(connection: &Connection) -> Result<HashSet<String>, Fault> {
    connection.execute(
        "DELETE FROM blobs WHERE digest NOT IN (SELECT digest FROM images WHERE uploaded)",
        [],
    )?;
    let digests = connection
        .prepare("SELECT digest FROM blobs")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(digests)
}
