//! An identity provider of a test's own: a small OpenID provider over loopback, with the habits of the
//! real ones and with every kind of misbehaviour on demand.
//!
//! It checks what real ones check (client, exact redirect address, S256, the client's secret, a code's
//! single use), so that a client which forgets something fails here too. There is nobody to log in: whoever
//! comes is the [`Visitor`] that the test has set.

mod answers;
mod entry;
mod github;
mod keys;
mod routes;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use answers::Issued;
use keys::Keys;

/// Whose habits it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habits {
    /// OpenID Connect as it is written: the secret in a header, ES256.
    Plain,
    /// Google: `iss` in the answer to the browser, the secret in the form, RS256.
    Google,
    /// GitLab below a path of its host.
    GitLab,
    /// Microsoft: a placeholder for the tenant in the metadata, no list of challenge methods.
    Microsoft,
    /// GitHub: no metadata and no ID tokens, refusals with status 200, form encoding unless JSON is asked
    /// for, scopes separated by commas.
    GitHub,
}

/// Whoever comes is this person.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// `sub`, or GitHub's numeric id.
    pub subject: String,
    /// `preferred_username`, or GitHub's login.
    pub login: String,
    /// `name`.
    pub name: String,
    /// `email`.
    pub email: String,
}

/// Changes a JSON object before it is sent.
pub type Edit = Arc<dyn Fn(&mut Map<String, Value>) + Send + Sync>;

/// How an ID token is signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Signing {
    /// As it should be.
    #[default]
    Right,
    /// With a key that is not published, under the name of one that is.
    ForeignKey,
    /// Not at all: `alg` is `none`.
    None,
    /// With the public key as a shared secret: `alg` is `HS256`.
    PublicKeyAsSecret,
}

/// What the provider does otherwise than it should. The default is nothing.
#[derive(Clone, Default)]
pub struct Twists {
    /// Changes the metadata.
    pub metadata: Option<Edit>,
    /// Changes the published keys.
    pub keys: Option<Edit>,
    /// Changes the claims of ID tokens.
    pub claims: Option<Edit>,
    /// Changes the header of ID tokens.
    pub header: Option<Edit>,
    /// Signs ID tokens otherwise.
    pub signing: Signing,
    /// Answers at the token endpoint with this status, type and body.
    pub token_answer: Option<(u16, &'static str, String)>,
    /// Sends callers of the token endpoint on to this address, with this status.
    pub token_redirect: Option<(u16, String)>,
    /// The person declines.
    pub declines: bool,
    /// Sends the browser back with this error, and this to say about it: the rules of an organisation do so.
    pub refuses: Option<(&'static str, &'static str)>,
    /// GitHub: an organisation wants its own sign-in first, at this address.
    pub single_sign_on: Option<String>,
    /// Says this instead of its issuer to the browser; an empty text says nothing.
    pub answer_issuer: Option<String>,
}

/// A running provider. Dropping it stops it.
#[derive(Debug)]
pub struct IdentityProvider {
    state: Arc<State>,
    stop: CancellationToken,
}

struct State {
    habits: Habits,
    address: SocketAddr,
    keys: Mutex<Keys>,
    now: Mutex<Now>,
    issued: Mutex<Issued>,
}

struct Now {
    visitor: Visitor,
    twists: Twists,
    /// Requests per path.
    seen: Map<String, Value>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("habits", &self.habits)
            .finish_non_exhaustive()
    }
}

impl IdentityProvider {
    /// What every provider of this kind calls its one client.
    pub const CLIENT_ID: &'static str = "library";
    /// What the client proves itself with. The `+` and `%` are there for clients that forget to encode.
    pub const CLIENT_SECRET: &'static str = "s3cr+et%";
    /// What it calls the desktop app, which browsers come back to on this machine.
    pub const APP_CLIENT_ID: &'static str = "sifter-app";
    /// What Google and GitHub want of the desktop app, and the others do not.
    pub const APP_CLIENT_SECRET: &'static str = "n0t-so-secret";
    /// The tenant of its people, with the habits of Microsoft.
    pub const TENANT: &'static str = "11111111-2222-3333-4444-555555555555";
    /// The only address browsers are sent back to ends like this.
    pub const CALLBACK: &'static str = "/oauth/callback/";

    /// Starts one on a free port.
    ///
    /// # Errors
    /// When no port can be bound or no key be made.
    pub async fn start(habits: Habits) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("binding a port for a provider")?;
        let state = Arc::new(State {
            habits,
            address: listener.local_addr()?,
            keys: Mutex::new(Keys::new(habits)?),
            now: Mutex::new(Now {
                visitor: Visitor {
                    subject: "583231".into(),
                    login: "jane".into(),
                    name: "Jane Doe".into(),
                    email: "jane@example.org".into(),
                },
                twists: Twists::default(),
                seen: Map::new(),
            }),
            issued: Mutex::default(),
        });
        let stop = CancellationToken::new();
        let app = routes::app(Arc::clone(&state));
        let stopped = stop.clone();
        tokio::spawn(async move {
            let server = axum::serve(listener, app);
            let ended = server.with_graceful_shutdown(stopped.cancelled_owned());
            // The listener of a test: when it ends, the test is over.
            drop(ended.await);
        });
        Ok(Self { state, stop })
    }

    /// Its address: scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.state.origin()
    }

    /// The issuer as its metadata says it.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.state.issuer()
    }

    /// Lets another person come.
    pub fn visited_by(&self, change: impl FnOnce(&mut Visitor)) {
        change(&mut self.state.lock().visitor);
    }

    /// Misbehaves from now on.
    pub fn twist(&self, twists: Twists) {
        self.state.lock().twists = twists;
    }

    /// Signs with another key from now on and publishes only that.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn rotate_keys(&self) -> Result<()> {
        self.state.keys().rotate()
    }

    /// How many requests came to this path.
    #[must_use]
    pub fn seen(&self, path: &str) -> u64 {
        let now = self.state.lock();
        now.seen.get(path).and_then(Value::as_u64).unwrap_or(0)
    }

    /// An access token for another client, as that client would have got it.
    #[must_use]
    pub fn access_token_for(&self, client_id: &str) -> String {
        let token = format!("token-{}", uuid::Uuid::new_v4());
        let mut issued = self.state.issued();
        issued.tokens.insert(token.clone(), client_id.to_owned());
        token
    }

    /// Whether an access token still works.
    #[must_use]
    pub fn knows_access_token(&self, token: &str) -> bool {
        self.state.issued().tokens.contains_key(token)
    }

    /// An ID token for another client, as that client would have got it.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn id_token_for(&self, client_id: &str, nonce: &str) -> Result<String> {
        self.state.id_token(client_id, Some(nonce), None)
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    fn issuer(&self) -> String {
        match self.habits {
            Habits::GitLab => format!("{}/gitlab", self.origin()),
            Habits::Microsoft => format!("{}/{{tenantid}}/v2.0", self.origin()),
            _ => self.origin(),
        }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
