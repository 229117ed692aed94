//! An image with everything that is needed to verify it where there is no network: the keys of its signers, checksums,
//! and a note that says how.
//!
//! The folder is made whole beside its final place and then renamed, so that there is never half of one, and nothing
//! that was there is touched.

mod draft;
mod note;

use std::path::PathBuf;
use std::sync::Arc;

use sifter_contract::{ErrorCode, UiError, Verdict};
use sifter_signing::issuers;
use sifter_signing::openpgp::{Certificate, Issuer, KeySource as _, Unavailable};

use super::places::Places;
use super::verify::{VerifyRequest, open, public_key};
use super::{Signatures, apart, servers};
use crate::errors;
use draft::{Draft, exists, taken};

/// The public keys of the signers.
const KEYS: &str = "keys.asc";
/// The checksums, in the form of `sha256sum`.
const SUMS: &str = "SHA256SUMS";
/// How to verify.
const NOTE: &str = "VERIFY.txt";

/// What is to be put together.
#[derive(Debug, Clone)]
pub struct BundleRequest {
    /// The image.
    pub image: PathBuf,
    /// What it is to be called.
    pub name: String,
    /// The folder to make. It must not be there, or be empty.
    pub folder: PathBuf,
    /// Public keys in PEM form that go along.
    pub pems: Vec<PathBuf>,
    /// Asks no key server.
    pub offline: bool,
    /// The key server of the library that the image is from.
    pub library_key_server: Option<String>,
    /// Key servers to ask instead of the usual ones.
    pub key_servers: Vec<String>,
}

/// What was put together.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The files in the folder, the image first.
    pub files: Vec<String>,
    /// SHA-256 of the image, lower-case digits.
    pub sha256: String,
    /// What verifying the copy has shown.
    pub verdict: Verdict,
    /// Fingerprints of the OpenPGP keys that went along.
    pub keys: Vec<String>,
    /// Signers whose key was not found, by their key ids.
    pub missing: Vec<String>,
}

/// How far a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleStep {
    /// This many bytes of the image are copied.
    Copied(u64),
    /// The copy is being verified.
    Verifying,
}

impl Signatures {
    /// Makes the folder.
    ///
    /// # Errors
    /// `file_exists` when there is something in its place, `invalid_name` when the image cannot be called so,
    /// `folder_unwritable`, `damaged` when the image must not be used, and those of [`Signatures::verify`].
    pub async fn bundle(&self, request: BundleRequest) -> Result<Bundle, UiError> {
        self.bundle_watched(request, |_| {}).await
    }

    /// As [`Signatures::bundle`]; `watch` is told how far it is, from any thread. Whoever drops it stops it, and then
    /// nothing is left of it.
    ///
    /// # Errors
    /// As [`Signatures::bundle`].
    pub async fn bundle_watched(
        &self,
        request: BundleRequest,
        watch: impl Fn(BundleStep) + Send + Sync + 'static,
    ) -> Result<Bundle, UiError> {
        request.check()?;
        let copying = request.clone();
        let watch = Arc::new(watch);
        let told = Arc::clone(&watch);
        let copied = move |bytes| told(BundleStep::Copied(bytes));
        let (draft, mut done) = apart(move |stop| Draft::begin(&copying, &copied, stop)).await?;
        watch(BundleStep::Verifying);
        let verify = VerifyRequest {
            pems: request.pems.clone(),
            offline: request.offline,
            library_key_server: request.library_key_server.clone(),
            key_servers: request.key_servers.clone(),
            ..VerifyRequest::default()
        };
        let asked = self.servers(&verify)?;
        // The copy is what is verified: it is what will be used.
        let found = self.verify(&draft.path(&request.name), verify).await?;
        done.verdict = found.verdict;
        if found.verdict == Verdict::DoNotUse {
            let details = found.error.unwrap_or_default();
            return Err(UiError::new(ErrorCode::Damaged).details(details));
        }
        let image = draft.path(&request.name);
        let wanted = apart(move |_| Ok(issuers(&open(&image)?))).await?;
        let places = self.places.clone();
        let (mut keys, unknown) = apart(move |_| known(&places, wanted)).await?;
        // Where keys were given, they alone were used so far, and nobody was asked for any other.
        let answers = if request.pems.is_empty() {
            Vec::new()
        } else {
            servers::ask(&self.http, &asked, &unknown).await
        };
        for issuer in &unknown {
            let mut found = answers.iter().flat_map(servers::Answers::found);
            match found.find(|certificate| certificate.is_issuer(issuer)) {
                Some(certificate) => keys.push(certificate.clone()),
                None => done.missing.push(issuer.to_string()),
            }
        }
        apart(move |stop| {
            // Whoever waits for the end of all work notices it by what watches it.
            let _watch = watch;
            draft.finish(&request, keys, done, stop)
        })
        .await
    }
}

/// The keys that are known on this computer, and who else has signed.
fn known(places: &Places, wanted: Vec<Issuer>) -> Result<(Vec<Certificate>, Vec<Issuer>), UiError> {
    let mut rings = places.keyrings()?;
    rings.push(places.known_to_servers());
    let mut keys = Vec::new();
    let mut unknown = Vec::new();
    for issuer in wanted {
        let found = rings.iter().find_map(|ring| first(ring.find(&issuer)));
        match found {
            Some(key) => keys.push(key),
            None => unknown.push(issuer),
        }
    }
    Ok((keys, unknown))
}

fn first(found: Result<Vec<Certificate>, Unavailable>) -> Option<Certificate> {
    found.ok()?.into_iter().next()
}

impl BundleRequest {
    /// A line of a list of checksums cannot carry every name, and neither can a command in a note.
    pub(crate) fn check(&self) -> Result<(), UiError> {
        let name = &self.name;
        let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
        if name.is_empty() || name.starts_with(['-', '.']) || name.contains(odd) {
            return Err(errors::invalid_text(
                "name",
                name,
                "not a name for the image",
            ));
        }
        if taken(&self.folder) {
            return Err(exists(&self.folder));
        }
        for pem in &self.pems {
            public_key(pem)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
