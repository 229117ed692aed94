//! GitHub has no ID tokens: whoever the token belongs to is asked for, every time.

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::error::FederationError;
use super::http::Outgoing;
use crate::people::identities::Proven;

#[derive(Deserialize)]
struct User {
    /// Stays the same for ever; the login can be given to somebody else after a change.
    id: u64,
    #[serde(default)]
    login: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

/// Asks whose token this is. It was got with our own secret a moment ago, so it was made for us.
pub(super) async fn identify(
    http: &Outgoing,
    issuer: &str,
    address: &Url,
    token: &SecretString,
) -> Result<Proven, FederationError> {
    let (status, body) = http.get(address, Some(token)).await?;
    if !status.is_success() {
        return Err(FederationError::Answer(
            "it does not say whose token it gave",
        ));
    }
    let user: User = serde_json::from_slice(&body)
        .map_err(|_| FederationError::Answer("the user cannot be read"))?;
    Ok(Proven::new(
        issuer.to_owned(),
        user.id.to_string(),
        user.login.as_deref(),
        user.name.as_deref().or(user.login.as_deref()),
        user.email.as_deref(),
    ))
}
