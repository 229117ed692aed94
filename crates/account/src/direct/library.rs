//! Bringing a library what a provider gave, and getting its own token for it.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sifter_openid::exchange::{ACCESS_TOKEN, GRANT, ID_TOKEN, PROVIDER, bound_nonce};

use crate::error::{Error, refusal};
use crate::grants::{CLIENT_ID, first_grant};
use crate::metadata::Metadata;
use crate::secret::Grant;
use crate::transport::Http;

/// Longest nonce of a library, in bytes.
const LONGEST_NONCE: usize = 512;

/// What is brought.
pub(crate) enum Brought {
    /// An ID token.
    IdToken(SecretString),
    /// An access token of GitHub, which the library asks GitHub about.
    AccessToken(SecretString),
}

#[derive(Deserialize)]
struct Fresh {
    nonce: String,
}

/// The nonce for an ID token that is to be exchanged at this library, and at no other.
pub(crate) async fn nonce(http: &Http, metadata: &Metadata) -> Result<String, Error> {
    let address = metadata.nonce.as_ref().ok_or(Error::NoExchange)?;
    let answer = http.post_form(address, &[("client_id", CLIENT_ID)]).await?;
    if !answer.status.is_success() {
        return Err(refused(&answer.body));
    }
    let fresh: Option<Fresh> = serde_json::from_slice(&answer.body).ok();
    let fresh = fresh.filter(|fresh| (16..=LONGEST_NONCE).contains(&fresh.nonce.len()));
    let fresh = fresh.ok_or(Error::BadResponse {
        what: "the nonce of the library",
    })?;
    Ok(bound_nonce(&metadata.issuer, &fresh.nonce))
}

/// Exchanges what is brought from the provider with this id.
pub(crate) async fn exchange(
    http: &Http,
    metadata: &Metadata,
    provider: &str,
    brought: &Brought,
    scopes: &[String],
) -> Result<Grant, Error> {
    let (kind, token) = match brought {
        Brought::IdToken(token) => (ID_TOKEN, token),
        Brought::AccessToken(token) => (ACCESS_TOKEN, token),
    };
    let scope = scopes.join(" ");
    let mut form = vec![
        ("grant_type", GRANT),
        ("client_id", CLIENT_ID),
        ("subject_token", token.expose_secret()),
        ("subject_token_type", kind),
        ("requested_token_type", ACCESS_TOKEN),
        (PROVIDER, provider),
    ];
    if !scope.is_empty() {
        form.push(("scope", &scope));
    }
    let answer = http.token_answer(&metadata.token, &form).await?;
    if !answer.status.is_success() {
        return Err(refused(&answer.body));
    }
    first_grant(&answer.body)
}

fn refused(body: &[u8]) -> Error {
    Error::NotAccepted {
        reason: refusal(body),
    }
}
