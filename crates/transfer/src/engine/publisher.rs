//! Sends snapshots out, a few times a second at most, and never the last one not.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::table::Table;
use crate::view::Snapshot;

/// How often a running transfer is drawn though nothing moves, so that a stall can be seen.
const STALL: Duration = Duration::from_secs(1);

/// Publishes until it is aborted. Sleeps without waking while nothing runs.
pub(super) async fn publish(
    table: Arc<Table>,
    changed: Arc<Notify>,
    sender: watch::Sender<Arc<Snapshot>>,
    interval: Duration,
) {
    loop {
        if table.is_running() {
            // Running out of time is the other reason to draw.
            let _ = tokio::time::timeout(STALL.max(interval), changed.notified()).await;
        } else {
            changed.notified().await;
        }
        sender.send_replace(Arc::new(table.snapshot()));
        // What changes meanwhile leaves the bell rung.
        tokio::time::sleep(interval).await;
    }
}
