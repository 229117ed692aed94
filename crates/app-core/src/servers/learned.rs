//! What only a transfer shows of a server, remembered so that the next one can say it beforehand.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sifter_contract::Capabilities;

use super::{SavedServer, Servers};

/// What transfers have shown of a server; `None` until one has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Learned {
    /// Whether it takes a file in parts.
    pub(crate) multipart: Option<bool>,
    /// Whether it sends a file in ranges.
    pub(crate) ranges: Option<bool>,
    /// Whether it leaves the tags alone that nobody asked to set.
    pub(crate) only_asked_tags: Option<bool>,
    /// Whether it keeps images in a registry.
    pub(crate) registry: Option<bool>,
}

impl Learned {
    /// Adds it to what the server itself has told.
    pub(super) fn complete(self, told: Capabilities) -> Capabilities {
        Capabilities {
            multipart: told.multipart.or(self.multipart),
            ranges: told.ranges.or(self.ranges),
            only_asked_tags: told.only_asked_tags.or(self.only_asked_tags),
            registry: told.registry.or(self.registry),
            ..told
        }
    }
}

impl Servers {
    /// What is known of a server without asking it.
    pub(crate) fn capabilities(&self, id: &str) -> Capabilities {
        let told = self.statuses().get(id).cloned().unwrap_or_default();
        let learned = self.book.get(id).map(|saved| saved.learned);
        learned.unwrap_or_default().complete(told.capabilities)
    }

    /// Notes what a transfer has shown. The library of this computer is known anyway.
    pub(crate) async fn learn(self: &Arc<Self>, id: &str, change: impl FnOnce(&mut Learned)) {
        let Some(saved) = self.book.get(id) else {
            return;
        };
        let mut learned = saved.learned;
        change(&mut learned);
        if learned == saved.learned {
            return;
        }
        match self.book.put(SavedServer { learned, ..saved }) {
            Ok(()) => self.announce().await,
            Err(error) => tracing::warn!(error = %error, "what a server can do was not noted"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_tells_counts_more_than_what_was_seen() {
        let learned = Learned {
            multipart: Some(true),
            ranges: Some(false),
            registry: Some(true),
            only_asked_tags: None,
        };
        let known = learned.complete(Capabilities {
            multipart: Some(false),
            ..Capabilities::default()
        });
        assert_eq!(known.multipart, Some(false));
        assert_eq!(known.ranges, Some(false));
        assert_eq!(known.registry, Some(true));
        assert_eq!(known.only_asked_tags, None);
    }
}
