//! The verdict at the end of every download: a file that must not be used never gets its name.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sifter_contract::Verdict;
use sifter_transfer::{Download, Judge, Judgement};

use super::remark::Remark;
use crate::servers::Servers;
use crate::signatures::{Signatures, VerifyRequest, check};

/// Judges downloads by their signatures.
pub(crate) struct SignatureJudge {
    pub(crate) signatures: Signatures,
    pub(crate) servers: Arc<Servers>,
}

impl std::fmt::Debug for SignatureJudge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignatureJudge").finish_non_exhaustive()
    }
}

impl Judge for SignatureJudge {
    fn judge<'a>(&'a self, download: &'a Download) -> BoxFuture<'a, Judgement> {
        Box::pin(async move {
            let request = VerifyRequest {
                library_key_server: self.servers.key_server(download.server.as_str()).await,
                ..VerifyRequest::default()
            };
            let check = check(&self.signatures, &download.file, request).await;
            tracing::info!(
                file = download.name,
                verdict = ?check.verdict,
                "the signatures of a download were checked"
            );
            Judgement {
                admit: check.verdict != Verdict::DoNotUse,
                remark: Remark {
                    check: Some(check),
                    link: None,
                }
                .to_line(),
            }
        })
    }
}
