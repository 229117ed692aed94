//! Signatures and keys. Fingerprints and names are public; secret keys never cross to the window, and a passphrase
//! that a person types there goes one way only, as a [`Passphrase`].

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

use crate::{Ending, KeyPublication, RevokedKey};

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

/// Why a verdict is not "verified", in a word that the window has a sentence for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VerdictReason {
    /// Something that was signed is not what it was.
    Altered,
    /// Something is in the image that the signature does not cover.
    Added,
    /// Something that was signed is not in the image.
    Removed,
    /// The image ends before its data does.
    CutShort,
    /// The image claims another signer than the one whose key signed.
    OtherSigner,
    /// The key that signed has ended.
    KeyExpired,
    /// The owner has taken the key back that signed.
    KeyRevoked,
    /// The signature itself has ended.
    SignatureExpired,
    /// The key that signed is not among the known ones, and no key server has it.
    UnknownKey,
    /// The key that signed is not known, and not every key server answered.
    KeyServersSilent,
    /// It is signed in the form before Singularity 3.6, which leaves much of an image open.
    OldForm,
    /// It is signed with a PEM key, which has to be given.
    PemKey,
    /// The signature or its key is too weak to prove anything.
    Weak,
    /// Only a part of it is signed.
    PartlySigned,
    /// It is no SIF image, so that nothing in it can be signed.
    NotAnImage,
    /// The file cannot be read.
    Unreadable,
    /// The signature is damaged, or of a kind that is not understood.
    NotUnderstood,
}

/// Whether what is in an image was compared with what was signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckedContents {
    /// It was.
    #[default]
    Read,
    /// It is still in a library: header, descriptors and signatures were read, and nothing else. That a verdict is good
    /// says nothing about its contents.
    Unread,
}

/// Somebody who has signed an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignerView {
    /// The name in the key, if it has been published.
    pub name: Option<String>,
    /// Fingerprint of the OpenPGP key, or OpenSSH fingerprint of the PEM key.
    pub fingerprint: String,
    /// Whether the mathematics prove it. Otherwise it is what the image claims.
    pub proven: bool,
}

/// What was found out about an image, as it is kept with the transfer that brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileCheck {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is not better, where there is something to say.
    pub reason: Option<VerdictReason>,
    /// Whether the verdict is about its contents too.
    #[serde(default)]
    pub contents: CheckedContents,
    /// Who has signed.
    pub signers: Vec<SignerView>,
    /// Hosts of the key servers that were asked.
    pub asked: Vec<String>,
    /// When, RFC 3339.
    pub checked: String,
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
    /// Ids of the objects found to be what was signed; where contents were left unread, of those whose descriptors are.
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
    /// Kind and size of the key, such as `RSA 4096`.
    pub algorithm: Option<String>,
    /// The hash that was signed.
    pub hash: Option<String>,
    /// Whether it is by a key that the person trusts.
    pub trusted: bool,
    /// Why it is not good, in a word that the window has a sentence for.
    pub reason: Option<VerdictReason>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerificationView {
    /// Whether everything asked for is covered by good signatures. Never where contents were left unread.
    pub ok: bool,
    /// What that means for the person.
    pub verdict: Verdict,
    /// The signatures looked at.
    pub signatures: Vec<SignatureView>,
    /// The first thing wrong.
    pub error: Option<String>,
    /// The gravest thing wrong, in a word that the window has a sentence for.
    pub reason: Option<VerdictReason>,
    /// Whether the verdict is about its contents too.
    #[serde(default)]
    pub contents: CheckedContents,
    /// Hosts of the key servers that were asked.
    pub asked: Vec<String>,
    /// When it was verified, RFC 3339.
    pub checked: String,
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

/// A key was put into the keyrings of a command-line tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyLent {
    /// The folder of its keyrings, to show.
    pub folder: String,
    /// Whether the public key was written; else it was there already.
    pub public: bool,
    /// Whether the secret key was written; else it was there already, or not wanted.
    pub secret: bool,
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

/// How well a key is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyTrust {
    /// It is the person's own.
    Own,
    /// The person trusts its owner.
    Trusted,
    /// It has been seen, on a key server or in a file, and nothing is known of its owner.
    Met,
}

/// A key as the screen of keys lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// The key.
    pub key: KeyView,
    /// How well it is known.
    pub trust: KeyTrust,
    /// Whether a backup of the secret part has been made. Only of the person's own keys in Sifter.
    pub backed_up: bool,
    /// Whether its passphrase is kept, so that nobody is asked for it.
    pub passphrase_kept: bool,
    /// How close its end is, when it is close.
    pub ending: Option<Ending>,
    /// The key servers that Sifter has put it on. Only of the person's own keys.
    pub published: Vec<KeyPublication>,
}

/// All keys, in the order of the screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyList {
    /// The keys.
    pub keys: Vec<KeyRow>,
    /// Those of others that were revoked, as long as nobody has taken note of it.
    pub revoked: Vec<RevokedKey>,
}

/// What an import has brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeysImported {
    /// The keys. None when nothing was chosen.
    pub keys: Vec<KeyView>,
    /// How many of them came with their secret part.
    pub secret: u32,
}

/// A file that was written where the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedFile {
    /// Its name; `None` when the person changed their mind.
    pub name: Option<String>,
}

/// Why a key is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RevocationCause {
    /// Somebody else may have it.
    Compromised,
    /// Another key has taken its place.
    Superseded,
    /// It is no longer used.
    Retired,
}

/// A passphrase on its way from the window. It is wiped from memory when it is dropped, shows nothing when it is
/// printed, and is never written as JSON.
#[derive(Debug, Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// The passphrase, for what opens keys with it.
    #[must_use]
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

impl<'de> Deserialize<'de> for Passphrase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

impl Serialize for Passphrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

impl Eq for Passphrase {}

/// The key that signs, and what opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignWith {
    /// Fingerprint of one of the person's keys.
    pub fingerprint: String,
    /// What opens it, unless it is not protected or its passphrase is kept.
    #[ts(type = "string | null")]
    pub passphrase: Option<Passphrase>,
    /// Keep the passphrase in the keychain once it has opened the key.
    pub keep: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_shows_itself_nowhere() {
        let text = r#"{"fingerprint":"AB","passphrase":"correct horse","keep":false}"#;
        let with: SignWith = serde_json::from_str(text).unwrap();
        assert!(!format!("{with:?}").contains("horse"));
        assert!(!serde_json::to_string(&with).unwrap().contains("horse"));
        let passphrase = with.passphrase.unwrap().into_secret();
        assert_eq!(passphrase.expose_secret(), "correct horse");
    }
}
