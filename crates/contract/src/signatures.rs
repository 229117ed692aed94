//! Signatures and keys. Fingerprints and names are public; secret keys and passphrases never cross to the window.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a verification means for a person. There are five, and none of them is "skipped".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Signed by a key the person trusts.
    Verified,
    /// Well signed, by a key the person has not met.
    UnknownSigner,
    /// Nobody has signed it, or not all of it.
    NotSigned,
    /// It could not be found out; the error says why.
    CouldNotCheck,
    /// Altered after it was signed, or signed with a key that must not be believed.
    DoNotUse,
}

/// The form of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignatureForm {
    /// An OpenPGP signature over header, descriptors and data.
    OpenPgp,
    /// A DSSE envelope over header, descriptors and data.
    Dsse,
    /// An old OpenPGP signature over data alone.
    Legacy,
    /// Something else.
    Unknown,
}

/// One signature of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignatureView {
    /// Id of the signature object.
    pub object: u32,
    /// Ids of the objects found to be what was signed.
    pub covers: Vec<u32>,
    /// Fingerprint of the OpenPGP key: proven when `ok`, else only claimed.
    pub fingerprint: Option<String>,
    /// Whether it is good, with everything it has to cover.
    pub ok: bool,
    /// Why it is not.
    pub error: Option<String>,
    /// Its form.
    pub form: SignatureForm,
    /// The signer's name, when a known key proves it and the name has been published.
    pub signer: Option<String>,
    /// OpenSSH fingerprint of the PEM key that made a DSSE envelope.
    pub key: Option<String>,
    /// Where the signer's OpenPGP key was found.
    pub origin: Option<String>,
    /// When the signature says it was made, RFC 3339.
    pub made: Option<String>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerificationView {
    /// Whether everything asked for is covered by good signatures.
    pub ok: bool,
    /// What that means for the person.
    pub verdict: Verdict,
    /// The signatures looked at.
    pub signatures: Vec<SignatureView>,
    /// The first thing wrong.
    pub error: Option<String>,
}

/// An image that has been signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedView {
    /// Ids of the new signature objects.
    pub objects: Vec<u32>,
    /// Fingerprint of the OpenPGP key that signed.
    pub fingerprint: Option<String>,
    /// OpenSSH fingerprint of the PEM key that signed.
    pub key: Option<String>,
}

/// Whether a key is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyStanding {
    /// It is.
    Good,
    /// It has ended.
    Expired,
    /// Its owner has taken it back.
    Revoked,
    /// It is too short, or of a kind that can be broken.
    Weak,
    /// It is not meant for signing images.
    NotForSigning,
}

/// Whose keys they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// Sifter's own folder of keys.
    Sifter,
    /// The person's keyring of Singularity.
    Singularity,
    /// The person's keyring of Apptainer.
    Apptainer,
}

/// One OpenPGP key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// Fingerprint of its primary key, upper-case digits.
    pub fingerprint: String,
    /// Its names, the primary one first. Some key servers publish keys without any.
    pub names: Vec<String>,
    /// Kind and size, such as `RSA 4096`.
    pub algorithm: String,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// When it ends, RFC 3339.
    pub expires: Option<String>,
    /// Whether it is of use.
    pub standing: KeyStanding,
    /// Whether the person has the secret part.
    pub mine: bool,
    /// Whether a passphrase protects the secret part.
    pub protected: bool,
    /// Where it is kept.
    pub place: KeyPlace,
}
