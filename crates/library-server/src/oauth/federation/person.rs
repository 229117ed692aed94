//! The person behind a token, and whether they may come in.

use sifter_openid::{Claims, IdTokenFault};

use super::error::FederationError;
use crate::people::identities::Proven;
use crate::providers::{Provider, ProviderKind};

/// The person in an ID token.
pub(super) fn proven(provider: &Provider, claims: Claims) -> Result<Proven, FederationError> {
    if let Some(domain) = &provider.domain
        && claims.hd.as_deref() != Some(domain)
    {
        return Err(FederationError::NotAdmitted);
    }
    // Microsoft's `sub` is another one for every application; `oid` is the person's.
    let subject = match provider.kind {
        ProviderKind::Microsoft { .. } => claims.oid.ok_or(IdTokenFault::Subject)?,
        _ => claims.sub,
    };
    // Google's two spellings are one issuer.
    let issuer = match &provider.kind {
        ProviderKind::Google { issuer } => issuer.clone(),
        _ => claims.iss,
    };
    let mail_box = claims
        .email
        .as_deref()
        .and_then(|mail| mail.split('@').next());
    let hint = claims
        .preferred_username
        .as_deref()
        .and_then(|name| name.split('@').next())
        .or(claims.nickname.as_deref())
        .or(mail_box)
        .or(claims.name.as_deref());
    Ok(Proven::new(
        issuer,
        subject,
        hint,
        claims.name.as_deref(),
        claims.email.as_deref(),
    ))
}

/// Holds a person against the list of those who may come in.
pub(super) fn admitted(provider: &Provider, proven: Proven) -> Result<Proven, FederationError> {
    let is_listed = |subjects: &Vec<String>| subjects.contains(&proven.subject);
    if provider.subjects.as_ref().is_none_or(is_listed) {
        Ok(proven)
    } else {
        Err(FederationError::NotAdmitted)
    }
}
