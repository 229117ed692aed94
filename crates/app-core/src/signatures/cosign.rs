//! Verifying the cosign signatures of an OCI-SIF.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use sifter_contract::{UiError, Verdict};
use sifter_signing::cosign::{self, CosignReport};

use super::verify::{open, public_key};
use super::{Signatures, apart, shown, views};
use crate::errors;

/// What a verification of cosign signatures found.
#[derive(Debug, Clone)]
pub struct CosignCheck {
    /// What it means for a person who trusts the given keys.
    pub verdict: Verdict,
    /// The report itself.
    pub report: CosignReport,
}

impl Signatures {
    /// Verifies the cosign signatures of the image at `path` with the public keys in these files. That a signature is
    /// not good is no failure but what was found.
    ///
    /// # Errors
    /// `key_unusable` about a file of keys, and those of reading the image.
    pub async fn verify_cosign(
        &self,
        path: &Path,
        pems: &[PathBuf],
    ) -> Result<CosignCheck, UiError> {
        let (path, pems) = (path.to_owned(), pems.to_vec());
        apart(move |stop| {
            let keys: Result<Vec<_>, UiError> = pems.iter().map(|pem| public_key(pem)).collect();
            let keys = keys?;
            let image = open(&path)?;
            let mut watch = |_| match stop.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            let report = cosign::verify(&image, &keys, &mut watch);
            let report = report.map_err(|error| errors::signing(&error, &shown(&path)))?;
            Ok(CosignCheck {
                verdict: views::verdict(report.verdict()),
                report,
            })
        })
        .await
    }
}
