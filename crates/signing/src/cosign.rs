//! Cosign signatures of OCI-SIF images: they cover the blobs of an image by digest, not the header and the
//! descriptors of the file around them.
//!
//! Every blob has to be what its descriptor says. Then each image in the file needs a signature that one of the
//! given keys has made and that names the digest of its manifest. The reference tool looks at one image; here all
//! of them count, because the index that lists them is itself not covered.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use sifter_sif::{DataType, Image, OciContents, OciImage, Selector, Source};

use crate::digest::DigestAlgorithm;
use crate::dsse::PublicKey;
use crate::error::Error;
use crate::failure::{Failure, Gravity};
use crate::hashing::{DataDigests, NoDigest, Watch};
use crate::verdict::Verdict;

/// The largest payload read, in bytes. Real ones have a few hundred.
const PAYLOAD_LIMIT: u64 = 1 << 20;
/// The most signatures in one file that are looked at. Real files have a few, and a hostile index can name the same
/// ones for the same image again and again.
const MOST_SIGNATURES: usize = 256;
/// Media type of a payload in "simple signing" form.
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// Where a signature stands in the manifest that holds it.
const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// What a payload says that it is.
const PAYLOAD_TYPE: &str = "cosign container image signature";

/// Why a file is not well signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CosignFailure {
    /// The file holds no OCI image.
    #[error("the file is not an OCI-SIF")]
    NotOci,
    /// The list of images makes no sense, or is empty.
    #[error("the OCI index cannot be used")]
    Index,
    /// A blob is not what its descriptor says.
    #[error("OCI blob digest mismatch: object {0}")]
    Altered(u32),
    /// A blob cannot be read.
    #[error("object {0} cannot be read")]
    Unreadable(u32),
    /// The manifest of an image is not in the file.
    #[error("the image {0} is not in the file")]
    Missing(String),
    /// Nobody has signed an image.
    #[error("no signature found for the image {0}")]
    Unsigned(String),
    /// No given key has made a signature of an image.
    #[error("no valid signatures found for the image {0}")]
    NoKey(String),
    /// A given key has signed, but something else.
    #[error("the signature in object {object} is for another image than {image}")]
    OtherImage {
        /// The object that holds the payload.
        object: u32,
        /// Digest of the image that it stands beside.
        image: String,
    },
}

impl CosignFailure {
    /// What forbids the use of an image is graver than what leaves a question open.
    fn gravity(&self) -> Gravity {
        match self {
            Self::Altered(_) | Self::OtherImage { .. } => Gravity::Refused,
            Self::Index | Self::Unreadable(_) | Self::Missing(_) | Self::NoKey(_) => {
                Gravity::Unknown
            }
            Self::Unsigned(_) | Self::NotOci => Gravity::Unsigned,
        }
    }
}

/// A signature that one of the given keys has made for the image that it stands beside.
#[derive(Debug, Clone, PartialEq)]
pub struct CosignSignature {
    /// Id of the object that holds its payload.
    pub object: u32,
    /// OpenSSH fingerprint of the key.
    pub key: String,
    /// Digest of the manifest of the image.
    pub image: String,
    /// What was signed.
    pub payload: Value,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CosignReport {
    /// The good signatures.
    pub signatures: Vec<CosignSignature>,
    /// What is wrong, the gravest first.
    pub failures: Vec<CosignFailure>,
    /// Ids of the objects whose data is what their descriptors say.
    pub intact: Vec<u32>,
}

impl CosignReport {
    /// Whether all images in the file are well signed.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.failures.is_empty() && !self.signatures.is_empty()
    }

    /// The first thing wrong.
    #[must_use]
    pub fn failure(&self) -> Option<&CosignFailure> {
        self.failures.first()
    }

    /// What that means for a person who trusts the given keys.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.failure().map(CosignFailure::gravity) {
            Some(Gravity::Refused) => Verdict::DoNotUse,
            Some(Gravity::Unknown) => Verdict::CouldNotCheck,
            Some(Gravity::Unsigned) => Verdict::NotSigned,
            None if self.signatures.is_empty() => Verdict::NotSigned,
            None => Verdict::Verified,
        }
    }

    fn fail(&mut self, failure: CosignFailure) {
        if !self.failures.contains(&failure) {
            self.failures.push(failure);
        }
    }
}

/// Verifies the cosign signatures of an image with these keys. `watch` is told how many more bytes have been hashed,
/// and breaks to stop the work.
///
/// # Errors
/// [`Error::Stopped`]. Whatever is wrong with the image is in the report.
pub fn verify<S: Source>(
    image: &Image<S>,
    keys: &[PublicKey],
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<CosignReport, Error> {
    let mut report = CosignReport::default();
    if !image.is_oci() {
        report.fail(CosignFailure::NotOci);
        return Ok(report);
    }
    compare_blobs(image, watch, &mut report)?;
    match image.oci_contents() {
        Ok(Some(contents)) => verify_images(image, &contents, keys, &mut report),
        _ => report.fail(CosignFailure::Index),
    }
    report
        .failures
        .sort_by_key(|failure| Reverse(failure.gravity()));
    Ok(report)
}

fn compare_blobs<S: Source>(
    image: &Image<S>,
    watch: Watch<'_>,
    report: &mut CosignReport,
) -> Result<(), Error> {
    let mut digests = DataDigests::new(image, watch);
    let blobs = image.descriptors();
    for blob in blobs.filter(|object| object.data_type() == DataType::OciBlob) {
        let id = blob.id();
        let stated = blob.oci_digest();
        match (digests.of(blob, DigestAlgorithm::Sha256), stated) {
            (Ok(found), Ok(stated)) if found.as_bytes() == stated.as_bytes() => {
                report.intact.push(id);
            }
            (Ok(_), _) => report.fail(CosignFailure::Altered(id)),
            (Err(NoDigest::Failed(Failure::Unreadable { .. })), _) => {
                report.fail(CosignFailure::Unreadable(id));
            }
            (Err(NoDigest::Failed(_)), _) => report.fail(CosignFailure::Altered(id)),
            (Err(NoDigest::Stopped), _) => return Err(Error::Stopped),
        }
    }
    Ok(())
}

fn verify_images<S: Source>(
    image: &Image<S>,
    contents: &OciContents,
    keys: &[PublicKey],
    report: &mut CosignReport,
) {
    let mut images = 0;
    let mut left = MOST_SIGNATURES;
    for signed in &contents.images {
        if signed.companion.is_some() {
            continue;
        }
        images += 1;
        if signed.manifest.is_none() {
            report.fail(CosignFailure::Missing(signed.digest.clone()));
        }
        let name = format!("_cosign:{}.sig", signed.digest.replacen(':', "-", 1));
        let mut found = 0;
        let mut other = None;
        let before = report.signatures.len();
        let companions = contents.images.iter();
        for companion in companions.filter(|one| one.reference.as_deref() == Some(&name)) {
            if left == 0 {
                break;
            }
            for (object, signature) in signatures(companion).into_iter().take(left) {
                left -= 1;
                found += 1;
                if verify_one(image, signed, object, &signature, keys, report).is_some() {
                    other = Some(object);
                }
            }
        }
        if report.signatures.len() == before {
            let digest = signed.digest.clone();
            report.fail(match (other, found) {
                (Some(object), _) => CosignFailure::OtherImage {
                    object,
                    image: digest,
                },
                (None, 0) => CosignFailure::Unsigned(digest),
                (None, _) => CosignFailure::NoKey(digest),
            });
        }
    }
    if images == 0 {
        report.fail(CosignFailure::Index);
    }
}

/// The signatures in a manifest, each with the object that holds its payload.
fn signatures(companion: &OciImage) -> Vec<(u32, Vec<u8>)> {
    let layers = companion
        .manifest
        .as_ref()
        .map(|manifest| &manifest["layers"]);
    let layers = layers.and_then(Value::as_array);
    let described = layers.into_iter().flatten();
    let both = companion.layers.iter().zip(described);
    both.filter(|(layer, _)| layer.media_type == SIMPLE_SIGNING)
        .filter_map(|(layer, described)| {
            let text = described["annotations"][SIGNATURE].as_str()?;
            Some((layer.object?, STANDARD.decode(text).ok()?))
        })
        .collect()
}

/// The part of a payload that says what it is for.
#[derive(Deserialize)]
struct Payload {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    image: SignedImage,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct SignedImage {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

/// Something else than the image beside it that a given key has signed.
struct SignedOther;

/// Looks at one signature. One that no given key has made counts for nothing: anybody may add their own.
fn verify_one<S: Source>(
    image: &Image<S>,
    signed: &OciImage,
    object: u32,
    signature: &[u8],
    keys: &[PublicKey],
    report: &mut CosignReport,
) -> Option<SignedOther> {
    // Whatever an altered blob says is worth nothing, and told already.
    if !report.intact.contains(&object) {
        return None;
    }
    let held = image.select(&[Selector::Id(object)]).ok()?;
    let bytes = image.read(held.first()?, PAYLOAD_LIMIT).ok()?;
    let mut signers = keys.iter();
    let key = signers.find(|key| key.verify(DigestAlgorithm::Sha256, &bytes, signature))?;
    let is_for_this = serde_json::from_slice::<Payload>(&bytes).is_ok_and(|payload| {
        payload.critical.kind == PAYLOAD_TYPE && payload.critical.image.digest == signed.digest
    });
    match serde_json::from_slice(&bytes) {
        Ok(payload) if is_for_this => {
            report.signatures.push(CosignSignature {
                object,
                key: key.id().to_owned(),
                image: signed.digest.clone(),
                payload,
            });
            None
        }
        _ => Some(SignedOther),
    }
}
