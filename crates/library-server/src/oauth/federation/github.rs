//! GitHub has no ID tokens: whoever the token belongs to is asked for, every time.

use secrecy::SecretString;
use serde_json::json;
use sifter_openid::{GitHubUser, github_token_check};
use url::Url;

use super::error::FederationError;
use super::http::{BasicAuth, Outgoing};
use crate::people::identities::Proven;

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
    Ok(proven(issuer, GitHubUser::read(&body)?))
}

/// Asks whether a token that somebody brings was made for the desktop app, and whose it is; and ends it, so that it
/// is good once. Asking for the user alone would let in the tokens of every other application.
pub(super) async fn spend(
    http: &Outgoing,
    base: &Url,
    issuer: &str,
    app: &BasicAuth<'_>,
    token: &str,
) -> Result<Proven, FederationError> {
    let address = github_token_check(base, app.user)
        .ok_or(FederationError::Answer("its address leads nowhere"))?;
    let body = json!({ "access_token": token });
    let (status, answer) = http.post_json(&address, &body, app).await?;
    // 404: it was never made for this application, or has ended. 422: it is no token at all.
    if matches!(status.as_u16(), 404 | 422) {
        return Err(FederationError::ForeignToken);
    }
    if !status.is_success() {
        return Err(FederationError::Answer("it does not check its tokens"));
    }
    let user = GitHubUser::of_checked_token(&answer, app.user)?;
    let (status, _) = http.delete_json(&address, &body, app).await?;
    match status.as_u16() {
        204 => Ok(proven(issuer, user)),
        404 | 422 => Err(FederationError::ForeignToken),
        _ => Err(FederationError::Answer("it does not end its token")),
    }
}

fn proven(issuer: &str, user: GitHubUser) -> Proven {
    Proven::new(
        issuer.to_owned(),
        user.id.to_string(),
        user.login.as_deref(),
        user.name.as_deref().or(user.login.as_deref()),
        user.email.as_deref(),
    )
}

/// Longer than any token of GitHub's.
const LONGEST: usize = 1024;

/// Whether a text can be a token: it becomes part of a JSON body and of nothing else.
pub(super) fn is_token(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
