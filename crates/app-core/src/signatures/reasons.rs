//! What is wrong with a signature, in the words that the window has sentences for.

use std::cmp::Reverse;

use sifter_contract::{ErrorCode, UiError, VerdictReason};
use sifter_signing::{Failure, KeyKind, NotValid, Report};

/// The gravest thing wrong; of several, the first.
pub(super) fn gravest(report: &Report) -> Option<VerdictReason> {
    let found = report
        .failures()
        .min_by_key(|failure| Reverse(failure.gravity()))?;
    let partly = report.signatures().next().is_some();
    reason(found).or(partly.then_some(VerdictReason::PartlySigned))
}

/// What one failure means; `None` where it says only that nobody has signed.
pub(super) fn reason(failure: &Failure) -> Option<VerdictReason> {
    Some(match failure {
        Failure::SignatureNotFound { other_form, .. } if *other_form => VerdictReason::OldForm,
        Failure::SignatureNotFound { .. } | Failure::NoObjects | Failure::NoGroups => return None,
        Failure::UngroupedObject { signed, .. } if !signed => return None,
        Failure::UngroupedObject { .. } | Failure::NotSigned { .. } => VerdictReason::Added,
        Failure::SignedObjectNotFound { .. } => VerdictReason::Removed,
        // What a signature of the old form covers cannot be seen from afar.
        Failure::DataUnread => VerdictReason::OldForm,
        Failure::FingerprintMismatch => VerdictReason::OtherSigner,
        Failure::HeaderAltered
        | Failure::DescriptorAltered { .. }
        | Failure::DataAltered { .. }
        | Failure::GroupAltered => VerdictReason::Altered,
        Failure::NotValid { cause, .. } => not_valid(cause),
        Failure::NoKeyMaterial { kind: KeyKind::Pem } => VerdictReason::PemKey,
        Failure::NoKeyMaterial {
            kind: KeyKind::OpenPgp,
        } => VerdictReason::UnknownKey,
        Failure::Unreadable { cause, .. } => match **cause {
            sifter_sif::Error::ObjectPastEnd { .. } | sifter_sif::Error::ObjectRange { .. } => {
                VerdictReason::CutShort
            }
            _ => VerdictReason::Unreadable,
        },
        _ => VerdictReason::NotUnderstood,
    })
}

fn not_valid(cause: &NotValid) -> VerdictReason {
    match cause {
        NotValid::UnknownKey { .. } => VerdictReason::UnknownKey,
        NotValid::KeySourceUnavailable { .. } => VerdictReason::KeyServersSilent,
        NotValid::Mismatch => VerdictReason::Altered,
        NotValid::OtherKey => VerdictReason::PemKey,
        NotValid::WeakHash(_) | NotValid::WeakKey(_) => VerdictReason::Weak,
        NotValid::KeyExpired { .. } => VerdictReason::KeyExpired,
        NotValid::KeyRevoked { .. } => VerdictReason::KeyRevoked,
        NotValid::SignatureExpired { .. } => VerdictReason::SignatureExpired,
        _ => VerdictReason::NotUnderstood,
    }
}

/// Why a file could not be looked at.
pub(super) fn unchecked(error: &UiError) -> VerdictReason {
    match error.code {
        ErrorCode::NotASif => VerdictReason::NotAnImage,
        ErrorCode::SifDamaged => VerdictReason::CutShort,
        _ => VerdictReason::Unreadable,
    }
}
