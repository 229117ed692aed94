//! Calls to identity providers: no redirects, small answers, half a minute, https or this machine.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::BytesMut;
use http::{StatusCode, header};
use reqwest::{Client, ClientBuilder, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use sifter_openid::is_loopback;

/// The longest answer read, in bytes.
const LONGEST: usize = 256 << 10;
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(15);
const CALL: Duration = Duration::from_secs(30);

/// Why a call brought no answer. The texts hold no address: it may hold a code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("the address is not one to be called")]
    Address,
    #[error("no connection")]
    Transport(#[source] reqwest::Error),
    #[error("it sent the call elsewhere ({0})")]
    Redirect(StatusCode),
    #[error("the answer is longer than any that is expected")]
    TooLong,
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error.without_url())
    }
}

/// Clients, made when the first provider is asked: a library without providers never needs them.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    far: OnceLock<Client>,
    near: OnceLock<Client>,
}

/// How a client proves itself at a token endpoint (RFC 6749 section 2.3.1).
#[derive(Debug)]
pub(crate) struct BasicAuth<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a SecretString,
}

impl BasicAuth<'_> {
    fn plain(&self, call: RequestBuilder) -> RequestBuilder {
        call.basic_auth(self.user, Some(self.password.expose_secret()))
    }
}

impl Outgoing {
    /// Reads a document.
    pub(crate) async fn get(
        &self,
        url: &Url,
        bearer: Option<&SecretString>,
    ) -> Result<(StatusCode, Vec<u8>), HttpError> {
        let mut call = self.client(url)?.get(url.clone());
        if let Some(token) = bearer {
            call = call.bearer_auth(token.expose_secret());
        }
        answer(call).await
    }

    /// Sends a form.
    pub(crate) async fn post(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<BasicAuth<'_>>,
    ) -> Result<(StatusCode, Vec<u8>), HttpError> {
        let mut call = self.client(url)?.post(url.clone()).form(form);
        if let Some(basic) = basic {
            // Both parts are form-encoded first; RFC 6749 says so, and providers decode them.
            let encode = |text: &str| -> String {
                url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
            };
            let password = encode(basic.password.expose_secret());
            call = call.basic_auth(encode(basic.user), Some(password));
        }
        answer(call).await
    }

    /// Sends JSON, as GitHub's interface wants it, which takes the two parts of the name as they are.
    pub(crate) async fn post_json(
        &self,
        url: &Url,
        body: &serde_json::Value,
        basic: &BasicAuth<'_>,
    ) -> Result<(StatusCode, Vec<u8>), HttpError> {
        let call = self.client(url)?.post(url.clone());
        answer(basic.plain(call).json(body)).await
    }

    /// The same for what is to be removed.
    pub(crate) async fn delete_json(
        &self,
        url: &Url,
        body: &serde_json::Value,
        basic: &BasicAuth<'_>,
    ) -> Result<(StatusCode, Vec<u8>), HttpError> {
        let call = self.client(url)?.delete(url.clone());
        answer(basic.plain(call).json(body)).await
    }

    fn client(&self, url: &Url) -> Result<&Client, HttpError> {
        let (slot, build): (_, fn(ClientBuilder) -> ClientBuilder) = match url.scheme() {
            "https" => (&self.far, |builder| builder),
            // Plain http needs no certificates, and this machine no proxy.
            "http" if is_loopback(url) => {
                (&self.near, |builder| builder.no_proxy().tls_certs_only([]))
            }
            _ => return Err(HttpError::Address),
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = build(builder()).build()?;
        Ok(slot.get_or_init(|| client))
    }
}

fn builder() -> ClientBuilder {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only when another thread was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
    Client::builder()
        .tls_backend_rustls()
        .user_agent(concat!("sifter-library/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .timeout(CALL)
}

/// The status and the whole body. A redirect is an error: what was sent must not be sent on.
async fn answer(call: RequestBuilder) -> Result<(StatusCode, Vec<u8>), HttpError> {
    // GitHub answers in form encoding unless asked for JSON.
    let call = call.header(header::ACCEPT, "application/json");
    let mut answer = call.send().await?;
    let status = answer.status();
    if status.is_redirection() {
        return Err(HttpError::Redirect(status));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LONGEST {
            return Err(HttpError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, body.into()))
}
