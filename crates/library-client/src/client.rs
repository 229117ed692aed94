//! One library, spoken to with one account.

use std::sync::Arc;
use std::time::Duration;

use ::http::{Method, StatusCode, header};
use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sifter_library_api::Envelope;
use url::Url;

use crate::discovery::Endpoints;
use crate::error::{AddressFault, Error};
use crate::http::{Http, body, pace};
use crate::location;
use crate::origin::Origin;
use crate::token::TokenSource;

mod account;
mod browse;
mod create;
mod images;
mod keys;
mod names;
mod pull;
mod push;
mod search;
mod tags;
mod tokens;

pub(crate) use account::version_at;
pub use account::{ApiLevel, TokenVerdict, verify_token};
pub use pull::{ByteStream, Located};
pub use push::MultipartUpload;
pub use search::{SearchQuery, SearchTooShort};

/// How much longer a token must be good for when a request is sent with it.
const TOKEN_LIFE: Duration = Duration::from_secs(60);
/// How many redirects of a reading request are followed.
const MAX_REDIRECTS: usize = 5;

/// A library and the account to use with it. Cheap to clone.
#[derive(Clone)]
pub struct LibraryClient {
    http: Http,
    endpoints: Arc<Endpoints>,
    origin: Origin,
    pub(crate) tokens: Arc<dyn TokenSource>,
    /// Where its registry is reached, when that is not where the library says.
    pub(crate) registry_at: Option<Arc<Url>>,
}

/// One request, before it has a token.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// A small body and its media type.
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
    /// The value of an `Accept` header.
    pub(crate) accept: Option<&'static str>,
    /// The value of a `Range` header.
    pub(crate) range: Option<String>,
    /// Whether to follow redirects. Only reading requests do.
    pub(crate) follow: bool,
    /// How long the server may stay silent, when that is longer than usual.
    pub(crate) idle: Option<Duration>,
}

impl Call {
    /// A request without a body that follows no redirect.
    pub(crate) const fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            body: None,
            accept: None,
            range: None,
            follow: false,
            idle: None,
        }
    }

    pub(crate) const fn get(url: Url) -> Self {
        let mut call = Self::new(Method::GET, url);
        call.follow = true;
        call
    }
}

impl LibraryClient {
    /// A client of the library at `endpoints`, with tokens from `tokens`.
    ///
    /// # Errors
    /// [`Error::Address`] when the library's base may not be used (plain http to another machine).
    pub fn new(
        http: Http,
        endpoints: Endpoints,
        tokens: Arc<dyn TokenSource>,
    ) -> Result<Self, Error> {
        http.check(&endpoints.library)?;
        let origin =
            Origin::of(&endpoints.library).ok_or(Error::Address(AddressFault::Malformed))?;
        Ok(Self {
            http,
            endpoints: Arc::new(endpoints),
            origin,
            tokens,
            registry_at: None,
        })
    }

    /// The same client, which reaches the registry behind the library at `base` wherever the library says that it
    /// is. This is for a person who knows better, as behind a proxy: the library's token for its registry goes to
    /// `base`. Whether there is a registry, and under which name a container lies there, still the library says.
    ///
    /// # Errors
    /// [`Error::Address`] when `base` may not be used (plain http to another machine).
    pub fn with_registry_at(self, base: Url) -> Result<Self, Error> {
        self.http.check(&base)?;
        let registry_at = Some(Arc::new(base));
        Ok(Self {
            registry_at,
            ..self
        })
    }

    /// Where the library and its neighbours are.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The only origin that this client's tokens are sent to.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The connections.
    #[must_use]
    pub const fn http(&self) -> &Http {
        &self.http
    }

    /// Waits until the account's token can be had, which may take a person who unlocks a keychain: what is timed
    /// afterwards is the server.
    ///
    /// # Errors
    /// [`Error::Token`] when it cannot be had.
    pub async fn token_is_there(&self) -> Result<(), Error> {
        self.tokens.bearer(&self.origin, TOKEN_LIFE).await?;
        Ok(())
    }

    /// An address below the library's base. `path` is made of checked names and ids only.
    pub(crate) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        below(&self.endpoints.library, path, query)
    }

    /// Sends a request with the account's token where the address is the library's own. After a 401
    /// it is sent once more with a fresh token.
    pub(crate) async fn send(&self, mut call: Call) -> Result<Response, Error> {
        let mut redirects = 0;
        let mut refreshed = false;
        let mut token = None;
        loop {
            self.http.check_onward(&self.endpoints.library, &call.url)?;
            let own = Origin::of(&call.url).as_ref() == Some(&self.origin);
            if own && token.is_none() {
                token = self.tokens.bearer(&self.origin, TOKEN_LIFE).await?;
            }
            let bearer = token.as_ref().filter(|_| own);
            let response = self.send_once(&call, bearer).await?;
            if response.status() == StatusCode::UNAUTHORIZED && !refreshed {
                refreshed = true;
                if let Some(rejected) = bearer
                    && let Some(fresh) = self
                        .tokens
                        .refresh_after_401(&self.origin, rejected)
                        .await?
                {
                    token = Some(fresh);
                    continue;
                }
            }
            match redirect_of(&response) {
                Some(target) if call.follow && redirects < MAX_REDIRECTS => {
                    call.url = location::onward(&self.http, response.url(), target)?;
                    redirects += 1;
                }
                Some(_) if call.follow => return Err(Error::Address(AddressFault::Redirect)),
                _ => return Ok(response),
            }
        }
    }

    async fn send_once(
        &self,
        call: &Call,
        bearer: Option<&SecretString>,
    ) -> Result<Response, Error> {
        let client = if call.idle.is_none() {
            self.http.reading(&call.url).await
        } else {
            self.http.sending(&call.url).await
        }?;
        let mut request = client.request(call.method.clone(), call.url.clone());
        if let Some(token) = bearer {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(range) = &call.range {
            request = request.header(header::RANGE, range);
        }
        if let Some(accept) = call.accept {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some((media_type, bytes)) = &call.body {
            request = request
                .header(header::CONTENT_TYPE, *media_type)
                .body(bytes.clone());
        }
        pace::answer(request, call.idle.unwrap_or(self.http.idle())).await
    }

    /// `GET` of an enveloped object.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let response = self.send(Call::get(self.url(path, query))).await?;
        open_envelope(response)
            .await?
            .ok_or_else(|| Error::invalid("the answer is empty"))
    }

    /// `POST`, `PUT` or `DELETE` with a JSON body; `None` when the answer has no data.
    async fn send_json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
        idle: Option<Duration>,
    ) -> Result<Option<T>, Error> {
        let json = serde_json::to_vec(body)
            .map_err(|source| Error::invalid_because("the request cannot be written", source))?;
        let url = self.url(path, &[]);
        let call = Call {
            body: Some(("application/json", json)),
            idle,
            ..Call::new(method, url)
        };
        open_envelope(self.send(call).await?).await
    }

    /// [`send_json`](Self::send_json) where the protocol promises data.
    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, Error> {
        let data = self.send_json(Method::POST, path, body, None).await?;
        data.ok_or_else(|| Error::invalid("the answer is empty"))
    }
}

impl std::fmt::Debug for LibraryClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LibraryClient({})", self.endpoints.library)
    }
}

/// The target of a redirect.
pub(crate) fn redirect_of(response: &Response) -> Option<&str> {
    matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308)
        .then(|| response.headers().get(header::LOCATION))
        .flatten()
        .and_then(|target| target.to_str().ok())
}

/// `base` with `path` appended (never replacing the base's own path) and a query.
pub(crate) fn below(base: &Url, path: &str, query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// The data of a successful answer; an `error` in it is a failure whatever the status says.
pub(crate) async fn open_envelope<T: DeserializeOwned>(
    response: Response,
) -> Result<Option<T>, Error> {
    let status = response.status();
    if status.is_redirection() {
        return Err(Error::Address(AddressFault::Redirect));
    }
    if !status.is_success() {
        return Err(body::failure(response).await);
    }
    let bytes = body::read_bounded(response, body::MAX_JSON).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let envelope: Envelope<T> = body::parse(&bytes)?;
    match envelope.error {
        None => Ok(envelope.data),
        Some(error) => {
            let status = StatusCode::from_u16(error.code)
                .ok()
                .filter(|status| status.is_client_error() || status.is_server_error());
            Err(match status {
                Some(status) => Error::from_answer(status, None, &bytes),
                None => Error::Rejected {
                    status: error.code,
                    error,
                },
            })
        }
    }
}
