//! How a server takes uploads, as far as that is known before one.

use sifter_contract::{Capabilities, CapabilityNote};
use sifter_library_api::Tag;
use sifter_library_api::upload::{API_VERSION_ARCH_TAGS, API_VERSION_UPLOAD_V2};

use crate::servers::Session;

/// What decides how an upload goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ways {
    upload_v2: bool,
    /// Whether tags belong to an architecture.
    pub(super) arch_tags: bool,
}

impl Ways {
    /// Asks the server for the version of its API, as the upload itself will do; believes what is `known`
    /// when it does not answer.
    pub(super) async fn of(session: &Session, known: &Capabilities) -> Self {
        match session.client.version().await {
            Ok(version) => Self {
                upload_v2: version.api_at_least(API_VERSION_UPLOAD_V2),
                arch_tags: version.api_at_least(API_VERSION_ARCH_TAGS),
            },
            Err(error) if error.is_unsupported() => Self {
                upload_v2: false,
                arch_tags: false,
            },
            Err(error) => {
                tracing::debug!(error = %error, "the server does not tell its version");
                Self {
                    upload_v2: true,
                    arch_tags: known.arch_tags != Some(false),
                }
            }
        }
    }

    /// What the server is known not to do for an upload of `tags`. `large`: a file would go up in parts.
    pub(super) fn notes<'a>(
        self,
        known: &Capabilities,
        large: bool,
        tags: impl IntoIterator<Item = &'a String>,
    ) -> Vec<CapabilityNote> {
        let mut notes = Vec::new();
        if !self.upload_v2 {
            notes.push(CapabilityNote::OldUpload);
        } else if large && known.multipart == Some(false) {
            notes.push(CapabilityNote::NoParts);
        }
        if !self.arch_tags {
            notes.push(CapabilityNote::NoArchTags);
        }
        let latest = tags.into_iter().any(|tag| tag == Tag::LATEST);
        if known.only_asked_tags == Some(false) && !latest {
            notes.push(CapabilityNote::MovesLatest);
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_upload_is_said() {
        let newest = Ways {
            upload_v2: true,
            arch_tags: true,
        };
        let known = Capabilities {
            multipart: Some(false),
            only_asked_tags: Some(false),
            ..Capabilities::default()
        };
        let tags = |tag: &str| [tag.to_owned()];
        assert_eq!(newest.notes(&known, false, &tags("latest")), []);
        assert_eq!(
            newest.notes(&known, true, &tags("1")),
            [CapabilityNote::NoParts, CapabilityNote::MovesLatest]
        );
        let oldest = Ways {
            upload_v2: false,
            arch_tags: false,
        };
        assert_eq!(
            oldest.notes(&Capabilities::default(), true, &tags("1")),
            [CapabilityNote::OldUpload, CapabilityNote::NoArchTags]
        );
    }
}
