//! Whether the execution control list of an administrator lets an image run.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use sifter_contract::{UiError, VerificationView};
use sifter_signing::ecl::{ControlList, InvalidList};
use sifter_signing::{Trust, Verifier};

use super::verify::{given_keyrings, open};
use super::{Signatures, apart, shown, views};
use crate::errors;

/// What a control list says about an image.
#[derive(Debug, Clone)]
pub struct ControlCheck {
    /// What of the image was verified; nothing when the list is not followed or has no group for it.
    pub verification: Option<VerificationView>,
    /// The group that it falls under.
    pub group: Option<String>,
    /// Why it may not run.
    pub refusal: Option<String>,
}

/// Why a control list says nothing about an image.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The list cannot be followed.
    #[error(transparent)]
    List(#[from] InvalidList),
    /// The image or a keyring cannot be read.
    #[error("{0}")]
    Image(UiError),
}

impl From<UiError> for ControlError {
    fn from(error: UiError) -> Self {
        Self::Image(error)
    }
}

impl Signatures {
    /// Asks the list in the file `list` about the image at `path`. Keys are those of `keyrings`, else those that an
    /// administrator keeps for everybody, as SingularityCE takes no others; no key server is asked.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn control(
        &self,
        path: &Path,
        list: &Path,
        keyrings: &[PathBuf],
    ) -> Result<ControlCheck, ControlError> {
        let (path, list, keyrings) = (path.to_owned(), list.to_owned(), keyrings.to_vec());
        let places = self.places.clone();
        let asked = apart(move |stop| {
            let list = match ControlList::open(&list) {
                Ok(list) => list,
                Err(invalid) => return Ok(Err(invalid)),
            };
            let image = open(&path)?;
            let nothing = ControlCheck {
                verification: None,
                group: None,
                refusal: None,
            };
            if !list.is_active() {
                return Ok(Ok(nothing));
            }
            let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            let group = match list.group(real.parent().unwrap_or(Path::new("/"))) {
                Ok(group) => group,
                Err(refusal) => {
                    return Ok(Ok(ControlCheck {
                        refusal: Some(refusal.to_string()),
                        ..nothing
                    }));
                }
            };
            let rings = match keyrings.is_empty() {
                true => places.global_keyrings()?,
                false => given_keyrings(&keyrings)?,
            };
            let verifier = rings.iter().fold(
                Verifier::new().select(list.selection()),
                |verifier, ring| verifier.source(ring),
            );
            let mut watch = |_| match stop.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            let report = verifier.verify_watched(&image, &mut watch);
            let report = report.map_err(|error| errors::signing(&error, &shown(&path)))?;
            let trust = Trust::nobody().keyrings().given();
            Ok(Ok(ControlCheck {
                verification: Some(views::verification(&report, &trust, Vec::new())),
                group: Some(group.name().to_owned()),
                refusal: group.admit(&report).err().map(|why| why.to_string()),
            }))
        });
        Ok(asked.await??)
    }
}
