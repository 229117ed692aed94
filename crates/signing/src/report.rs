//! What a verification found: per task, per signature, who signed, what is covered, and what is wrong.

use crate::failure::{Failure, Target};
use crate::openpgp::{Fingerprint, KeyOrigin, Time};

/// Everything a verification found. Nothing is left out after a first failure.
#[derive(Debug, Clone)]
pub struct Report {
    pub(crate) failure: Option<Failure>,
    pub(crate) checks: Vec<Check>,
    pub(crate) contents: Contents,
}

/// Whether the data of objects was compared with what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contents {
    /// It was.
    #[default]
    Read,
    /// It was left unread: all that is known is known from header and descriptors.
    Unread,
}

/// What was found about one group or object.
#[derive(Debug, Clone)]
pub struct Check {
    /// What was to be covered.
    pub target: Target,
    /// Why no signature could be looked at, if so.
    pub failure: Option<Failure>,
    /// The signatures, in the order of their slots. All of them have to be good.
    pub signatures: Vec<SignatureReport>,
}

/// The forms a signature can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureForm {
    /// A clear-signed OpenPGP message around integrity metadata.
    OpenPgp,
    /// A DSSE envelope around integrity metadata.
    Dsse,
    /// A clear-signed digest of data alone.
    Legacy,
    /// Something else.
    Unknown,
}

/// Who has signed, as the mathematics prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// The owner of an OpenPGP key.
    OpenPgp {
        /// Fingerprint of the primary key.
        fingerprint: Fingerprint,
        /// Its primary name, if it has been published.
        name: Option<String>,
        /// Kind and size of the key.
        algorithm: String,
        /// Where the key was found.
        origin: KeyOrigin,
        /// When the signature says it was made.
        made: Option<Time>,
        /// The hash it was made with.
        hash: String,
    },
    /// The owners of these PEM keys, by the OpenSSH fingerprints of the keys.
    Keys(Vec<String>),
}

/// What was found about one signature.
#[derive(Debug, Clone)]
pub struct SignatureReport {
    /// The signature object.
    pub object: u32,
    /// Its form.
    pub form: SignatureForm,
    /// The key the descriptor claims; anybody can write anything there.
    pub claimed: Option<Fingerprint>,
    /// Who made it, once proven. That does not mean that the image is what was signed.
    pub signer: Option<Signer>,
    /// The objects found to be what was signed, ascending by slot, up to the first that is not.
    pub verified: Vec<u32>,
    /// The objects whose descriptors are what was signed, and whose data was left unread.
    pub unread: Vec<u32>,
    /// Every object found not to be what was signed.
    pub altered: Vec<u32>,
    /// The first thing wrong with it.
    pub failure: Option<Failure>,
}

impl Report {
    /// A verification that could not begin.
    pub(crate) fn failed(failure: Failure, contents: Contents) -> Self {
        Self {
            failure: Some(failure),
            checks: Vec::new(),
            contents,
        }
    }

    /// Whether the data of objects was read.
    pub fn contents(&self) -> Contents {
        self.contents
    }

    /// What was found, task by task.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Every signature looked at.
    pub fn signatures(&self) -> impl Iterator<Item = &SignatureReport> {
        self.checks.iter().flat_map(|check| &check.signatures)
    }

    /// Everything wrong, in the order in which the reference tools would meet it.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.failure
            .iter()
            .chain(self.checks.iter().flat_map(|check| {
                let signatures = check.signatures.iter();
                check
                    .failure
                    .iter()
                    .chain(signatures.filter_map(|signature| signature.failure.as_ref()))
            }))
    }

    /// The failure with which the reference tools would end, if any.
    pub fn failure(&self) -> Option<&Failure> {
        self.failures().next()
    }

    /// Whether everything asked for is covered by good signatures, and is what was signed. Never when its data was left
    /// unread.
    pub fn is_ok(&self) -> bool {
        self.contents == Contents::Read
            && self.failure().is_none()
            && self.signatures().next().is_some()
    }

    /// The fingerprints that signed all of what was asked for, proven. Of data that was left unread that is not known.
    pub fn all_signed_by(&self) -> Vec<Fingerprint> {
        let mut checks = self.checks.iter().map(Check::signed_by);
        let mut common = checks.next().unwrap_or_default();
        for others in checks {
            common.retain(|fingerprint| others.contains(fingerprint));
        }
        common
    }
}

impl Check {
    /// The fingerprints whose signatures here are good, ascending.
    fn signed_by(&self) -> Vec<Fingerprint> {
        let good = self
            .signatures
            .iter()
            .filter(|signature| signature.failure.is_none());
        let mut signers: Vec<Fingerprint> = good
            .filter_map(SignatureReport::fingerprint)
            .cloned()
            .collect();
        signers.sort();
        signers.dedup();
        signers
    }
}

impl SignatureReport {
    /// Takes down something wrong; the first stays.
    pub(crate) fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    /// Whether nothing is wrong: the signature is good, and everything it has to cover is what was signed, as far as it
    /// was read.
    pub fn is_ok(&self) -> bool {
        self.failure.is_none()
    }

    /// Fingerprint of the OpenPGP key that made it, once proven.
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        match &self.signer {
            Some(Signer::OpenPgp { fingerprint, .. }) => Some(fingerprint),
            _ => None,
        }
    }
}
