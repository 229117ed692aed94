//! How a server takes uploads, as far as that is known before one.

use sifter_contract::{Capabilities, CapabilityNote};
use sifter_library_api::Tag;
use sifter_library_client::ApiLevel;

use crate::servers::Session;

/// Asks the server for the version of its API, as the upload itself will do; believes what is `known` when it
/// does not answer.
pub(super) async fn level(session: &Session, known: &Capabilities) -> ApiLevel {
    session.client.api_level().await.unwrap_or_else(|error| {
        tracing::debug!(error = %error, "the server does not tell its version");
        ApiLevel {
            upload_v2: true,
            arch_tags: known.arch_tags != Some(false),
        }
    })
}

/// What the server is known not to do for an upload of `tags`. `large`: a file would go up in parts.
pub(super) fn notes<'a>(
    level: ApiLevel,
    known: &Capabilities,
    large: bool,
    tags: impl IntoIterator<Item = &'a String>,
) -> Vec<CapabilityNote> {
    let mut notes = Vec::new();
    if !level.upload_v2 {
        notes.push(CapabilityNote::OldUpload);
    } else if large && known.multipart == Some(false) {
        notes.push(CapabilityNote::NoParts);
    }
    if !level.arch_tags {
        notes.push(CapabilityNote::NoArchTags);
    }
    let latest = tags.into_iter().any(|tag| tag == Tag::LATEST);
    if known.only_asked_tags == Some(false) && !latest {
        notes.push(CapabilityNote::MovesLatest);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_upload_is_said() {
        let newest = ApiLevel {
            upload_v2: true,
            arch_tags: true,
        };
        let known = Capabilities {
            multipart: Some(false),
            only_asked_tags: Some(false),
            ..Capabilities::default()
        };
        let tags = |tag: &str| [tag.to_owned()];
        assert_eq!(notes(newest, &known, false, &tags("latest")), []);
        assert_eq!(
            notes(newest, &known, true, &tags("1")),
            [CapabilityNote::NoParts, CapabilityNote::MovesLatest]
        );
        let oldest = ApiLevel::default();
        assert_eq!(
            notes(oldest, &Capabilities::default(), true, &tags("1")),
            [CapabilityNote::OldUpload, CapabilityNote::NoArchTags]
        );
    }
}
