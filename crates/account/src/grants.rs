//! The calls to an authorization server through the crate `oauth2`: authorize address, code
//! exchange, renewal; and revocation, which the crate refuses over loopback http.

use std::time::Duration;

use http::StatusCode;
use oauth2::basic::BasicErrorResponseType;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use url::Url;

use crate::answer::{Client, TokenAnswer, person};
use crate::error::{Error, error_word};
use crate::metadata::Metadata;
use crate::secret::Grant;
use crate::transport::{Http, HttpError};

/// The name under which Sifter is known to every library server of its own kind.
pub const CLIENT_ID: &str = "sifter-desktop";

/// How long a token is believed to last when the server does not say.
const UNSAID_LIFE: Duration = Duration::from_secs(5 * 60);
/// Longest life believed; a server that says more is asked again sooner.
const LONGEST_LIFE: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// The most bytes of scopes that are kept.
const LONGEST_SCOPES: usize = 512;
/// How long a sign-out waits for the server.
pub(crate) const REVOCATION: Duration = Duration::from_secs(5);

/// A sign-in that has begun: what the browser is sent with, and what proves that the answer is ours.
pub(crate) struct Request {
    pub(crate) link: Url,
    pub(crate) state: SecretString,
    challenge: String,
    verifier: PkceCodeVerifier,
    client: Client,
}

fn client(metadata: &Metadata) -> Client {
    oauth2::Client::new(ClientId::new(CLIENT_ID.to_owned()))
        .set_auth_uri(AuthUrl::from_url(metadata.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(metadata.token.clone()))
}

impl Request {
    pub(crate) fn new(
        metadata: &Metadata,
        redirect: Url,
        scopes: &[String],
        extra: &[(String, String)],
    ) -> Self {
        let client = client(metadata).set_redirect_uri(RedirectUrl::from_url(redirect));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let challenge_text = challenge.as_str().to_owned();
        let mut request = client
            .authorize_url(|| CsrfToken::new_random_len(32))
            .add_scopes(scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        for (name, value) in extra {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
        let (link, state) = request.url();
        Self {
            link,
            state: state.secret().as_str().into(),
            challenge: challenge_text,
            verifier,
            client,
        }
    }

    /// The PKCE challenge, which a ticket is bound to.
    pub(crate) fn challenge(&self) -> &str {
        &self.challenge
    }

    /// Puts a one-time ticket into the link.
    pub(crate) fn add_ticket(&mut self, ticket: &SecretString) {
        (self.link.query_pairs_mut()).append_pair("ticket", ticket.expose_secret());
    }

    /// Exchanges the code; consumes the request, because a verifier is for one exchange.
    pub(crate) async fn exchange(self, http: &Http, code: &SecretString) -> Result<Grant, Error> {
        let code = AuthorizationCode::new(code.expose_secret().to_owned());
        let answer = (self.client.exchange_code(code))
            .set_pkce_verifier(self.verifier)
            .request_async(http)
            .await;
        answer.map_err(failure).and_then(|token| grant(&token, 1))
    }
}

/// Trades the refresh token for new tokens. [`Error::NeedsSignIn`] says that it is dead for good.
pub(crate) async fn renew(
    http: &Http,
    metadata: &Metadata,
    old: &Grant,
    refresh: &SecretString,
) -> Result<Grant, Error> {
    let token = RefreshToken::new(refresh.expose_secret().to_owned());
    let answer = client(metadata)
        .exchange_refresh_token(&token)
        .request_async(http)
        .await;
    let mut new = answer
        .map_err(failure)
        .and_then(|token| grant(&token, old.generation.wrapping_add(1)))?;
    // A server that does not rotate sends none: the old one stays good.
    if new.refresh.is_none() {
        new.refresh = Some(refresh.clone());
    }
    // What is known of the person stays known when a server names them at the sign-in only.
    if new.person.is_none() {
        new.person.clone_from(&old.person);
    }
    // Left out, it is what it was (RFC 6749 section 6).
    if new.scopes.is_empty() {
        new.scopes.clone_from(&old.scopes);
    }
    Ok(new)
}

/// Asks the server to forget a token (RFC 7009). Best effort: says whether the server agreed.
pub(crate) async fn revoke(http: &Http, metadata: &Metadata, grant: &Grant) -> bool {
    let Some(address) = &metadata.revoke else {
        return false;
    };
    let (token, hint) = match &grant.refresh {
        Some(refresh) => (refresh, "refresh_token"),
        None => (&grant.access, "access_token"),
    };
    let form = [
        ("token", token.expose_secret()),
        ("token_type_hint", hint),
        ("client_id", CLIENT_ID),
    ];
    let call = tokio::time::timeout(REVOCATION, http.post_form(address, &form)).await;
    matches!(call, Ok(Ok(answer)) if answer.status == StatusCode::OK)
}

/// What a sign-in was granted, from the body of a token answer that did not come through the crate `oauth2`.
pub(crate) fn first_grant(body: &[u8]) -> Result<Grant, Error> {
    // The parser's error would quote what it read.
    let answer: Option<TokenAnswer> = serde_json::from_slice(body).ok();
    let answer = answer.ok_or(Error::BadResponse {
        what: "the token answer",
    })?;
    grant(&answer, 1)
}

fn grant(answer: &TokenAnswer, generation: u64) -> Result<Grant, Error> {
    let bad = |what| Error::BadResponse { what };
    let access = answer.access_token().secret();
    if access.is_empty() || !access.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(bad("the access token"));
    }
    let life = answer.expires_in().unwrap_or(UNSAID_LIFE).min(LONGEST_LIFE);
    Ok(Grant {
        generation,
        access: access.as_str().into(),
        expires: OffsetDateTime::now_utc() + life,
        refresh: (answer.refresh_token()).map(|token| token.secret().as_str().into()),
        person: person(answer)?,
        scopes: scopes(answer),
    })
}

/// What was granted, as far as the server says. Longer lists than anybody needs are not kept: they would fill the
/// keychain.
fn scopes(answer: &TokenAnswer) -> Vec<String> {
    let named = answer.scopes().into_iter().flatten();
    let named: Vec<String> = named
        .map(|scope| scope.as_str().to_owned())
        .filter(|scope| !scope.is_empty())
        .collect();
    let length: usize = named.iter().map(String::len).sum();
    if length > LONGEST_SCOPES {
        Vec::new()
    } else {
        named
    }
}

type TokenError = RequestTokenError<HttpError, oauth2::basic::BasicErrorResponse>;

/// Sorts the crate's errors. One of them carries the raw answer, token and all: it ends here.
fn failure(error: TokenError) -> Error {
    match error {
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            BasicErrorResponseType::InvalidGrant => Error::NeedsSignIn,
            other => Error::ServerRejected {
                reason: error_word(other.as_ref()),
            },
        },
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Error::BadResponse {
            what: "the token answer",
        },
    }
}
