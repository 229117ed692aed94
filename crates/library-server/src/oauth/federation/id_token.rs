//! ID tokens: whom a provider says it has identified, and whether that was for us, now, in this sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use super::error::IdTokenFault;
use super::jws::{Jws, KeySet};
use crate::providers::ProviderKind;

/// What clocks may differ.
const LEEWAY: Duration = Duration::seconds(60);
/// The longest subject (OpenID Connect Core section 2).
const LONGEST_SUBJECT: usize = 255;

/// The claims that are of use.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    #[serde(default)]
    pub(crate) sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    pub(crate) nonce: Option<String>,
    #[serde(default)]
    at_hash: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) preferred_username: Option<String>,
    #[serde(default)]
    pub(crate) nickname: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// Google: the Workspace domain.
    #[serde(default)]
    pub(crate) hd: Option<String>,
    /// Microsoft: the tenant.
    #[serde(default)]
    pub(crate) tid: Option<String>,
    /// Microsoft: the person, the same for every application.
    #[serde(default)]
    pub(crate) oid: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What a token must be.
#[derive(Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) kind: &'a ProviderKind,
    /// The issuer in the provider's metadata.
    pub(crate) issuer: &'a str,
    /// Our name at the provider.
    pub(crate) client_id: &'a str,
    /// How long ago it may have been made.
    pub(crate) oldest: Duration,
    /// How long the keys just read are taken for all there are.
    pub(crate) keys_pause: Duration,
    pub(crate) now: OffsetDateTime,
}

impl Expected<'_> {
    /// The claims of a token that is in order, but for its nonce.
    pub(crate) fn check(&self, token: &Jws<'_>, keys: &KeySet) -> Result<Claims, IdTokenFault> {
        let claims: Claims =
            serde_json::from_slice(token.verified(keys)?).map_err(|_| IdTokenFault::Claims)?;
        let is_ours = self
            .kind
            .is_token_of(self.issuer, &claims.iss, claims.tid.as_deref());
        if !is_ours {
            return Err(IdTokenFault::Issuer);
        }
        // A second audience could have got hold of the token and be the one who sends it.
        let is_for_us = match &claims.aud {
            Audience::One(one) => one == self.client_id,
            Audience::Several(several) => {
                several.iter().all(|one| one == self.client_id) && !several.is_empty()
            }
        };
        let is_by_us = claims
            .azp
            .as_deref()
            .is_none_or(|azp| azp == self.client_id);
        if !is_for_us || !is_by_us {
            return Err(IdTokenFault::Audience);
        }
        let now = self.now.unix_timestamp();
        let leeway = LEEWAY.whole_seconds();
        if claims.exp <= now.saturating_sub(leeway) {
            return Err(IdTokenFault::Expired);
        }
        let latest = now.saturating_add(leeway);
        let earliest = now
            .saturating_sub(self.oldest.whole_seconds())
            .saturating_sub(leeway);
        let is_now =
            (earliest..=latest).contains(&claims.iat) && claims.nbf.is_none_or(|nbf| nbf <= latest);
        if !is_now {
            return Err(IdTokenFault::Time);
        }
        if claims.sub.is_empty() || claims.sub.len() > LONGEST_SUBJECT {
            return Err(IdTokenFault::Subject);
        }
        Ok(claims)
    }
}

impl Claims {
    /// Whether the token answers the request with this nonce.
    pub(crate) fn check_nonce(&self, expected: &str) -> Result<(), IdTokenFault> {
        let found = self.nonce.as_deref().unwrap_or_default();
        if bool::from(found.as_bytes().ct_eq(expected.as_bytes())) && !expected.is_empty() {
            Ok(())
        } else {
            Err(IdTokenFault::Nonce)
        }
    }

    /// Whether the token came together with this access token, where it says so.
    pub(crate) fn check_access_token(&self, access_token: &str) -> Result<(), IdTokenFault> {
        let Some(found) = &self.at_hash else {
            return Ok(());
        };
        let hash = Sha256::digest(access_token.as_bytes());
        let half = hash.get(..16).unwrap_or_default();
        if URL_SAFE_NO_PAD.encode(half) == *found {
            Ok(())
        } else {
            Err(IdTokenFault::AccessTokenHash)
        }
    }
}

/// The issuer a token names, whoever wrote it: for choosing, not for trusting.
pub(crate) fn issuer_of(token: &Jws<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let claims: Issuer = serde_json::from_slice(token.unverified()).ok()?;
    Some(claims.iss)
}
