//! ID tokens: whom a provider says it has identified, and whether that was for us, now, in this sign-in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use crate::error::IdTokenFault;
use crate::jws::{Jws, KeySet};
use crate::kind::ProviderKind;

/// What clocks may differ.
const LEEWAY: Duration = Duration::seconds(60);
/// The longest subject (OpenID Connect Core section 2).
const LONGEST_SUBJECT: usize = 255;

/// The claims that are of use.
#[derive(Debug, Deserialize)]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The subject: who somebody is for this issuer.
    #[serde(default)]
    pub sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    /// Of the request that it answers.
    #[serde(default)]
    pub nonce: Option<String>,
    #[serde(default)]
    at_hash: Option<String>,
    /// What the person is called.
    #[serde(default)]
    pub name: Option<String>,
    /// What they sign in with; theirs to change.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// What GitLab and others call that.
    #[serde(default)]
    pub nickname: Option<String>,
    /// An address; theirs to change.
    #[serde(default)]
    pub email: Option<String>,
    /// Google: the Workspace domain.
    #[serde(default)]
    pub hd: Option<String>,
    /// Microsoft: the tenant.
    #[serde(default)]
    pub tid: Option<String>,
    /// Microsoft: the person, the same for every application.
    #[serde(default)]
    pub oid: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What a token must be.
#[derive(Debug)]
pub struct Expected<'a> {
    /// Which provider.
    pub kind: &'a ProviderKind,
    /// The issuer in the provider's metadata.
    pub issuer: &'a str,
    /// Our name at the provider.
    pub client_id: &'a str,
    /// How long ago it may have been made.
    pub oldest: Duration,
    /// The time.
    pub now: OffsetDateTime,
}

impl Expected<'_> {
    /// The claims of a token that is in order, but for its nonce.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, token: &Jws<'_>, keys: &KeySet) -> Result<Claims, IdTokenFault> {
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
    ///
    /// # Errors
    /// When it does not, or the nonce is empty.
    pub fn check_nonce(&self, expected: &str) -> Result<(), IdTokenFault> {
        let found = self.nonce.as_deref().unwrap_or_default();
        if bool::from(found.as_bytes().ct_eq(expected.as_bytes())) && !expected.is_empty() {
            Ok(())
        } else {
            Err(IdTokenFault::Nonce)
        }
    }

    /// Whether the token came together with this access token, where it says so.
    ///
    /// # Errors
    /// When it says that it came with another.
    pub fn check_access_token(&self, access_token: &str) -> Result<(), IdTokenFault> {
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
#[must_use]
pub fn issuer_of(token: &Jws<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    let claims: Issuer = serde_json::from_slice(token.unverified()).ok()?;
    Some(claims.iss)
}
