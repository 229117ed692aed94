//! HTTP as sign-in needs it: no redirects, small answers, half a minute, https or this machine.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use http::{Method, StatusCode};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sifter_openid::is_loopback;
use url::Url;

use crate::error::Error;
use crate::identity::BoxFuture;

/// The longest answer read, in bytes. Metadata and token answers are a few kilobytes.
const LARGEST_ANSWER: usize = 256 * 1024;
/// How long one call may take as a whole.
const CALL: Duration = Duration::from_secs(30);

/// Whether secrets and people may be sent to `url`: https, or http to a literal loopback address;
/// never with a user name inside.
pub(crate) fn is_allowed(url: &Url) -> bool {
    url.username().is_empty()
        && url.password().is_none()
        && match url.scheme() {
            "https" => url.host().is_some(),
            "http" => is_loopback(url),
            _ => false,
        }
}

/// Why a call brought no answer. The texts hold no URL, because a URL may hold a code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the request could not be built")]
    Request,
    #[error("the connection could not be set up")]
    Setup(#[source] sifter_library_client::Error),
    #[error("no connection")]
    Transport(#[source] reqwest::Error),
    #[error("no safe connection")]
    Tls(#[source] reqwest::Error),
    #[error("the server sent the call elsewhere ({0})")]
    Redirect(u16),
    #[error("the answer is too long")]
    TooLong,
    #[error("no answer in time")]
    TimedOut,
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_timeout() {
            Self::TimedOut
        } else if is_tls(&error) {
            Self::Tls(error)
        } else {
            Self::Transport(error)
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Redirect(_) => Self::BadResponse {
                what: "a redirect where none may be",
            },
            HttpError::TooLong => Self::BadResponse {
                what: "an answer past every limit",
            },
            HttpError::Request => Self::BadResponse {
                what: "an address that cannot be called",
            },
            HttpError::Tls(error) => Self::Tls(error.into()),
            other => Self::Network(other.into()),
        }
    }
}

/// Looks for the TLS error under the layers of the HTTP client.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(error) = cause {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        cause = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

/// The client for authorization servers; also what the crate `oauth2` calls.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    shared: sifter_library_client::Http,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Http {
    /// Over connections that go by the proxy and the trust of this installation.
    pub(crate) fn over(shared: sifter_library_client::Http) -> Self {
        Self { shared }
    }

    async fn client(&self, url: &Url) -> Result<Client, HttpError> {
        self.shared.reading(url).await.map_err(HttpError::Setup)
    }

    pub(crate) async fn get(&self, url: &Url) -> Result<Answer, HttpError> {
        send(self.request(Method::GET, url).await?).await
    }

    /// Asks with a token of whoever is asked.
    pub(crate) async fn get_as(
        &self,
        url: &Url,
        token: &SecretString,
    ) -> Result<Answer, HttpError> {
        let request = self.request(Method::GET, url).await?;
        send(request.bearer_auth(token.expose_secret())).await
    }

    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Answer, HttpError> {
        send(self.request(Method::POST, url).await?.form(form)).await
    }

    /// A call to a token endpoint, its answer turned into what the standard says.
    pub(crate) async fn token_answer(
        &self,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<Answer, HttpError> {
        let mut answer = self.post_form(url, form).await?;
        straighten(&mut answer);
        Ok(answer)
    }

    async fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, HttpError> {
        let request = self.client(url).await?.request(method, url.clone());
        // GitHub answers in form encoding unless asked for JSON.
        Ok(request.header(http::header::ACCEPT, "application/json"))
    }
}

async fn send(request: RequestBuilder) -> Result<Answer, HttpError> {
    let (client, request) = request.build_split();
    let request = request?;
    if !is_allowed(request.url()) {
        return Err(HttpError::Request);
    }
    tokio::time::timeout(CALL, receive(client, request))
        .await
        .map_err(|_| HttpError::TimedOut)?
}

async fn receive(client: Client, request: reqwest::Request) -> Result<Answer, HttpError> {
    let mut response = client.execute(request).await?;
    let status = response.status();
    if status.is_redirection() {
        return Err(HttpError::Redirect(status.as_u16()));
    }
    let headers = response.headers().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(HttpError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(|_| HttpError::Request)?;
            let client = self.client(request.url()).await?;
            let request = RequestBuilder::from_parts(client, request);
            let mut answer = send(request).await?;
            straighten(&mut answer);
            let mut response = HttpResponse::new(answer.body);
            *response.status_mut() = answer.status;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}

/// Turns what real servers answer into what RFC 6749 says, so that `oauth2` understands it: errors
/// sent with 200 (GitHub), tokens sent with 201, numbers sent as text, a missing token type.
fn straighten(answer: &mut Answer) {
    if !answer.status.is_success() {
        return;
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_slice::<Value>(&answer.body) else {
        return;
    };
    if !fields.contains_key("access_token") {
        if fields.contains_key("error") {
            answer.status = StatusCode::BAD_REQUEST;
        }
        return;
    }
    answer.status = StatusCode::OK;
    let mut changed = false;
    if let Some(Value::String(text)) = fields.get("expires_in")
        && let Ok(seconds) = text.parse::<u64>()
    {
        fields.insert("expires_in".into(), seconds.into());
        changed = true;
    }
    if !fields.contains_key("token_type") {
        fields.insert("token_type".into(), "bearer".into());
        changed = true;
    }
    if changed && let Ok(body) = serde_json::to_vec(&fields) {
        answer.body = body;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn straightened(status: u16, body: &str) -> (u16, String) {
        let mut answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        straighten(&mut answer);
        (
            answer.status.as_u16(),
            String::from_utf8(answer.body).unwrap(),
        )
    }

    #[test]
    fn a12_an_error_with_status_200_becomes_an_error() {
        let (status, _) = straightened(200, r#"{"error":"bad_verification_code"}"#);
        assert_eq!(status, 400);
    }

    #[test]
    fn a12_a_lifetime_sent_as_text_becomes_a_number_and_a_token_type_is_assumed() {
        let (status, body) = straightened(201, r#"{"access_token":"t","expires_in":"28800"}"#);
        assert_eq!(status, 200);
        let fields: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(fields["expires_in"], 28800);
        assert_eq!(fields["token_type"], "bearer");
    }

    #[test]
    fn an_answer_as_the_standard_has_it_is_left_alone() {
        let body = r#"{"access_token":"t","token_type":"bearer","expires_in":900}"#;
        assert_eq!(straightened(200, body), (200, body.to_owned()));
        assert_eq!(straightened(200, "not json"), (200, "not json".into()));
    }

    #[test]
    fn only_https_and_numbered_loopback_addresses_are_allowed() {
        for good in [
            "https://x.test/",
            "http://127.0.0.1:8080/a",
            "http://[::1]:1/",
        ] {
            assert!(is_allowed(&Url::parse(good).unwrap()), "{good}");
        }
        for bad in [
            "http://x.test/",
            "http://localhost:1/",
            "http://127.0.0.1.x.test/",
            "https://me@x.test/",
            "http://127.0.0.1:1@x.test/",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert!(!is_allowed(&Url::parse(bad).unwrap()), "{bad}");
        }
    }
}
