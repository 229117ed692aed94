//! Signatures and keys as the window sees them.

use sifter_contract::{
    CheckedContents, KeyPlace, KeyStanding, KeyView, SignatureForm, SignatureView, Verdict,
    VerificationView,
};
use sifter_signing::openpgp::{Certificate, Time};
use sifter_signing::{Contents, Failure, Report, SignatureReport, Signer, Trust};
use time::OffsetDateTime;

use super::reasons;
use crate::clock::rfc3339;
use crate::errors::clean;

pub(super) fn verification(report: &Report, trust: &Trust, asked: Vec<String>) -> VerificationView {
    let mut signatures: Vec<SignatureView> = Vec::new();
    for one in report.signatures().map(|one| signature(one, trust)) {
        // Several tasks may look at one signature, each for what it asks about.
        match signatures
            .iter_mut()
            .find(|known| known.object == one.object)
        {
            Some(known) => {
                known.covers.extend(one.covers);
                known.covers.sort_unstable();
                known.covers.dedup();
                known.ok &= one.ok;
                known.error = known.error.take().or(one.error);
                known.reason = known.reason.or(one.reason);
            }
            None => signatures.push(one),
        }
    }
    VerificationView {
        ok: report.is_ok(),
        verdict: verdict(report.verdict(trust)),
        signatures,
        error: report.failure().map(text),
        reason: reasons::gravest(report),
        contents: match report.contents() {
            Contents::Read => CheckedContents::Read,
            Contents::Unread => CheckedContents::Unread,
        },
        asked,
        checked: rfc3339(OffsetDateTime::now_utc()).unwrap_or_default(),
    }
}

fn signature(report: &SignatureReport, trust: &Trust) -> SignatureView {
    let claimed = report.claimed.as_ref().map(ToString::to_string);
    let mut view = SignatureView {
        object: report.object,
        covers: covers(report),
        fingerprint: report.fingerprint().map(ToString::to_string).or(claimed),
        ok: report.is_ok(),
        error: report.failure.as_ref().map(text),
        form: match report.form {
            sifter_signing::SignatureForm::OpenPgp => SignatureForm::OpenPgp,
            sifter_signing::SignatureForm::Dsse => SignatureForm::Dsse,
            sifter_signing::SignatureForm::Legacy => SignatureForm::Legacy,
            sifter_signing::SignatureForm::Unknown => SignatureForm::Unknown,
        },
        signer: None,
        key: None,
        origin: None,
        made: None,
        algorithm: None,
        hash: None,
        trusted: report
            .signer
            .as_ref()
            .is_some_and(|signer| trust.covers(signer)),
        reason: report.failure.as_ref().and_then(reasons::reason),
    };
    match &report.signer {
        Some(Signer::OpenPgp {
            name,
            origin,
            made,
            algorithm,
            hash,
            ..
        }) => {
            view.signer = name.clone();
            view.origin = Some(origin.to_string());
            view.made = made.and_then(moment);
            view.algorithm = Some(algorithm.clone());
            view.hash = Some(hash.clone());
        }
        Some(Signer::Keys(ids)) => view.key = ids.first().cloned(),
        None => {}
    }
    view
}

/// What was found to be what was signed, or may well be where it was left unread.
fn covers(report: &SignatureReport) -> Vec<u32> {
    let mut all = report.verified.clone();
    all.extend(&report.unread);
    all
}

fn text(failure: &Failure) -> String {
    clean(&failure.text())
}

pub(super) fn verdict(verdict: sifter_signing::Verdict) -> Verdict {
    match verdict {
        sifter_signing::Verdict::Verified => Verdict::Verified,
        sifter_signing::Verdict::UnknownSigner => Verdict::UnknownSigner,
        sifter_signing::Verdict::NotSigned => Verdict::NotSigned,
        sifter_signing::Verdict::CouldNotCheck => Verdict::CouldNotCheck,
        sifter_signing::Verdict::DoNotUse => Verdict::DoNotUse,
    }
}

pub(super) fn key(certificate: &Certificate, place: KeyPlace, protected: Option<bool>) -> KeyView {
    KeyView {
        fingerprint: certificate.fingerprint().to_string(),
        names: certificate.names().to_vec(),
        algorithm: certificate.algorithm(),
        created: moment(certificate.created()),
        expires: certificate.expires().and_then(moment),
        standing: standing(certificate),
        mine: protected.is_some(),
        protected: protected.unwrap_or(false),
        place,
    }
}

fn standing(certificate: &Certificate) -> KeyStanding {
    if certificate.revoked().is_some() {
        KeyStanding::Revoked
    } else if certificate.expires().is_some_and(|end| end <= Time::now()) {
        KeyStanding::Expired
    } else if certificate.weakness().is_some() {
        KeyStanding::Weak
    } else if certificate.may_sign() {
        KeyStanding::Good
    } else {
        KeyStanding::NotForSigning
    }
}

pub(super) fn moment(time: Time) -> Option<String> {
    rfc3339(OffsetDateTime::from_unix_timestamp(time.0).ok()?)
}
