//! The uploads whose parts a library keeps, so that a program that ends can wait until none is left behind.

use std::collections::BTreeSet;

use sifter_transfer::remote::{PushSession, PushShape};
use tokio::sync::watch;

/// Uploads in parts or chunks that were begun here and have neither been completed nor given back.
#[derive(Debug, Default)]
pub(crate) struct OpenUploads(watch::Sender<BTreeSet<String>>);

impl OpenUploads {
    pub(super) fn begun(&self, session: &PushSession) {
        if let Some(id) = id(session) {
            self.0.send_modify(|open| {
                open.insert(id.to_owned());
            });
        }
    }

    pub(super) fn ended(&self, session: &PushSession) {
        if let Some(id) = id(session) {
            self.0.send_modify(|open| {
                open.remove(id);
            });
        }
    }

    /// Waits until there is none.
    pub(crate) async fn none(&self) {
        // Cannot fail: the sender lives as long as this value.
        let _ = self.0.subscribe().wait_for(BTreeSet::is_empty).await;
    }
}

/// The name of an upload in parts or chunks. Others leave nothing there.
fn id(session: &PushSession) -> Option<&str> {
    match &session.shape {
        PushShape::Multipart { upload_id, .. } | PushShape::Chunked { upload_id, .. } => {
            Some(upload_id)
        }
        _ => None,
    }
}
