//! Signatures of SIF images: who signed one, what is covered, and whether it is still what was signed.
//!
//! [`Verifier`] follows the rules of the Singularity and Apptainer tools exactly where they decide what a
//! signature covers, and reports everything it finds instead of the first failure. On top of that comes a
//! policy: weak hashes and keys, ends and revocations are judged by [`Verdict`], the one word a person needs.
//! Keys are OpenPGP certificates ([`openpgp`]) or PEM keys ([`dsse`]).
//!
//! No network: whoever wants keys from a server implements [`openpgp::KeySource`], or asks [`issuers`] first.

pub mod cosign;
mod digest;
pub mod dsse;
pub mod ecl;
mod error;
mod failure;
mod hashing;
pub mod hkp;
mod integrity;
mod metadata;
pub mod openpgp;
mod report;
mod selection;
mod sign;
mod verdict;
mod verify;
pub mod x509;

pub use digest::{Digest, DigestAlgorithm, InvalidDigest};
pub use error::Error;
pub use failure::{Failure, Gravity, KeyKind, NotValid, Target};
pub use metadata::{ImageMetadata, ObjectMetadata};
pub use report::{Check, Contents, Report, SignatureForm, SignatureReport, Signer};
pub use selection::{Form, Selection};
pub use sign::{ImageSigner, sign, sign_watched};
pub use verdict::{Trust, Verdict};
pub use verify::{SIGNATURE_LIMIT, Verifier, issuers};
