//! The one word a person needs: may I use this image?

use std::collections::BTreeSet;

use crate::failure::Gravity;
use crate::openpgp::{Fingerprint, KeyOrigin};
use crate::report::{Check, Report, Signer};

/// What a verification means for a person. There are five, and none of them is "skipped".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Signed by a key the person trusts.
    Verified,
    /// Well signed, by a key the person has not met.
    UnknownSigner,
    /// Nobody has signed it, or not all of it.
    NotSigned,
    /// It could not be found out; the failures say why.
    CouldNotCheck,
    /// Altered after it was signed, or signed with a key that must not be believed.
    DoNotUse,
}

/// Whose signatures a person trusts.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    fingerprints: BTreeSet<Fingerprint>,
    key_ids: BTreeSet<String>,
    local: bool,
    given: bool,
}

impl Trust {
    /// Nobody.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// The owner of this OpenPGP key too.
    #[must_use]
    pub fn fingerprint(mut self, fingerprint: Fingerprint) -> Self {
        self.fingerprints.insert(fingerprint);
        self
    }

    /// The owner of the PEM key of this id too.
    #[must_use]
    pub fn key_id(mut self, id: impl Into<String>) -> Self {
        self.key_ids.insert(id.into());
        self
    }

    /// Whoever has a key in the person's own keyring, or in that of the machine's administrator, as the
    /// command-line tools do.
    #[must_use]
    pub fn keyrings(mut self) -> Self {
        self.local = true;
        self
    }

    /// Whoever has a key in the files given for this verification, or in PEM form.
    #[must_use]
    pub fn given(mut self) -> Self {
        self.given = true;
        self
    }

    /// Whether somebody who is trusted has made a signature.
    pub fn covers(&self, signer: &Signer) -> bool {
        match signer {
            Signer::OpenPgp {
                fingerprint,
                origin,
                ..
            } => {
                self.fingerprints.contains(fingerprint)
                    || match origin {
                        KeyOrigin::Given => self.given,
                        KeyOrigin::Global | KeyOrigin::Local => self.local,
                        KeyOrigin::Server(_) => false,
                    }
            }
            Signer::Keys(ids) => self.given || ids.iter().any(|id| self.key_ids.contains(id)),
        }
    }

    /// Whether somebody trusted has signed all of what one task asks for.
    fn vouches(&self, check: &Check) -> bool {
        let mut signatures = check.signatures.iter();
        signatures.any(|signature| {
            signature.is_ok()
                && signature
                    .signer
                    .as_ref()
                    .is_some_and(|signer| self.covers(signer))
        })
    }
}

impl Report {
    /// What the report means for a person who trusts `trust`. The gravest failure decides.
    pub fn verdict(&self, trust: &Trust) -> Verdict {
        match self.failures().map(crate::Failure::gravity).max() {
            Some(Gravity::Refused) => Verdict::DoNotUse,
            Some(Gravity::Unknown) => Verdict::CouldNotCheck,
            Some(Gravity::Unsigned) => Verdict::NotSigned,
            None if self.checks.is_empty() => Verdict::NotSigned,
            None if self.checks.iter().all(|check| trust.vouches(check)) => Verdict::Verified,
            None => Verdict::UnknownSigner,
        }
    }
}
