//! A verification in brief, as it is kept with the transfer that brought a file.

use std::path::Path;

use sifter_contract::{
    CheckedContents, FileCheck, SignatureView, SignerView, UiError, Verdict, VerificationView,
};
use time::OffsetDateTime;

use super::{Signatures, VerifyRequest, reasons};
use crate::clock::rfc3339;

/// Signers that are kept; images have one or two.
const MOST_SIGNERS: usize = 8;

/// Verifies a file that has arrived. There is always an answer: what cannot be looked at could not be checked.
pub(crate) async fn check(
    signatures: &Signatures,
    file: &Path,
    request: VerifyRequest,
) -> FileCheck {
    match signatures.verify(file, request).await {
        Ok(view) => brief(&view),
        Err(error) => unchecked(&error),
    }
}

/// What a row or a card needs of a verification.
pub(crate) fn brief(view: &VerificationView) -> FileCheck {
    let mut signers: Vec<SignerView> = Vec::new();
    for signer in view.signatures.iter().filter_map(signer) {
        let known = |one: &SignerView| one.fingerprint == signer.fingerprint;
        if signers.len() < MOST_SIGNERS && !signers.iter().any(known) {
            signers.push(signer);
        }
    }
    FileCheck {
        verdict: view.verdict,
        reason: view.reason,
        contents: view.contents,
        signers,
        asked: view.asked.clone(),
        checked: view.checked.clone(),
    }
}

fn signer(view: &SignatureView) -> Option<SignerView> {
    let proven = view.signer.is_some() || view.origin.is_some() || view.key.is_some();
    let fingerprint = view.key.clone().or_else(|| view.fingerprint.clone())?;
    Some(SignerView {
        name: view.signer.clone(),
        fingerprint,
        proven,
    })
}

fn unchecked(error: &UiError) -> FileCheck {
    tracing::info!(code = ?error.code, details = %error.details, "a file cannot be checked");
    FileCheck {
        verdict: Verdict::CouldNotCheck,
        reason: Some(reasons::unchecked(error)),
        contents: CheckedContents::Read,
        signers: Vec::new(),
        asked: Vec::new(),
        checked: rfc3339(OffsetDateTime::now_utc()).unwrap_or_default(),
    }
}
