//! Signing in with an account elsewhere: this library as a client of identity providers.
//!
//! A provider proves who somebody is; what they may do here is this library's own business. Nothing of a
//! provider is kept but the issuer and the subject of the person: no token of theirs outlives the call.

mod error;
mod github;
mod http;
mod person;

use secrecy::{ExposeSecret as _, SecretString};
use sifter_openid::{
    Claims, Departure, Endpoints, Expected, IdTokenFault, IdentitySource, Jws, KeySet,
    ProviderKind, ProviderTokens, issuer_of, metadata_address, token_answer,
};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use url::Url;

pub(super) use self::error::FederationError;
use self::http::{BasicAuth, Outgoing};
use self::person::{admitted, proven};
use crate::people::identities::Proven;
use crate::providers::Provider;

/// How long metadata and keys are believed without asking again.
const FRESH: Duration = Duration::hours(24);
/// How long after a look at the keys an unknown one is not looked for again, where anybody may send tokens.
const KEYS_PAUSE: Duration = Duration::seconds(30);
/// How old an ID token may be that comes with a code.
const OLDEST_WITH_CODE: Duration = Duration::minutes(10);
/// How old an ID token may be that is exchanged.
const OLDEST_EXCHANGED: Duration = Duration::minutes(5);

/// The providers of this library.
#[derive(Debug, Default)]
pub(super) struct Federation {
    linked: Vec<Linked>,
    http: Outgoing,
}

/// A provider, and what was learned about it.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) provider: Provider,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    endpoints: Option<(Endpoints, OffsetDateTime)>,
    keys: Option<(KeySet, OffsetDateTime)>,
}

/// What the browser of one attempt is sent to a provider with.
#[derive(Debug)]
pub(super) struct Leaving<'a> {
    pub(super) redirect_uri: &'a str,
    pub(super) state: &'a str,
    pub(super) nonce: &'a str,
    pub(super) challenge: &'a str,
}

/// What a browser came back with, beside what it was sent with.
#[derive(Debug)]
pub(super) struct Arrival<'a> {
    pub(super) code: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) verifier: &'a SecretString,
    pub(super) nonce: &'a str,
}

impl Federation {
    pub(super) fn new(providers: &[Provider]) -> Self {
        let linked = |provider: &Provider| Linked {
            provider: provider.clone(),
            known: Mutex::default(),
        };
        Self {
            linked: providers.iter().map(linked).collect(),
            http: Outgoing::default(),
        }
    }

    /// The provider with this id.
    pub(super) fn find(&self, id: &str) -> Option<&Linked> {
        self.linked.iter().find(|linked| linked.provider.id == id)
    }

    /// The provider an ID token seems to come from, among those whose tokens may be exchanged.
    pub(super) fn find_issuer(&self, token: &Jws<'_>) -> Option<&Linked> {
        let issuer = issuer_of(token)?;
        self.linked.iter().find(|linked| {
            linked.provider.app_client_id.is_some() && linked.provider.kind.might_issue(&issuer)
        })
    }

    /// The address to send a browser to.
    pub(super) async fn depart(
        &self,
        linked: &Linked,
        now: OffsetDateTime,
        leaving: &Leaving<'_>,
    ) -> Result<Url, FederationError> {
        let endpoints = self.endpoints(linked, now).await?;
        let provider = &linked.provider;
        let departure = Departure {
            client_id: &provider.client_id,
            redirect_uri: leaving.redirect_uri,
            state: leaving.state,
            nonce: leaving.nonce,
            challenge: leaving.challenge,
            domain: provider.domain.as_deref(),
        };
        Ok(departure.address(&provider.kind, &endpoints))
    }

    /// Whether an answer to the browser says the right thing about where it comes from (RFC 9207): it
    /// must where the provider always does, and may nowhere say another.
    pub(super) async fn is_answer_of(
        &self,
        linked: &Linked,
        now: OffsetDateTime,
        issuer: Option<&str>,
    ) -> Result<bool, FederationError> {
        let endpoints = self.endpoints(linked, now).await?;
        Ok(match issuer {
            Some(found) => linked.provider.kind.is_answer_of(&endpoints.issuer, found),
            None => !endpoints.sends_issuer,
        })
    }

    /// Trades a code for the knowledge who came back.
    pub(super) async fn arrive(
        &self,
        linked: &Linked,
        now: OffsetDateTime,
        arrival: &Arrival<'_>,
    ) -> Result<Proven, FederationError> {
        let endpoints = self.endpoints(linked, now).await?;
        let tokens = self.redeem(linked, &endpoints, arrival).await?;
        let proven = match &endpoints.identity {
            IdentitySource::UserApi(user) => {
                github::identify(&self.http, &endpoints.issuer, user, &tokens.access_token).await?
            }
            IdentitySource::IdToken { keys } => {
                let token = tokens
                    .id_token
                    .ok_or(FederationError::Answer("no ID token came"))?;
                let token = Jws::parse(token.expose_secret())?;
                let expected = Expected {
                    kind: &linked.provider.kind,
                    issuer: &endpoints.issuer,
                    client_id: &linked.provider.client_id,
                    oldest: OLDEST_WITH_CODE,
                    now,
                };
                let claims = self
                    .check(linked, keys, &expected, &token, Duration::ZERO)
                    .await?;
                claims.check_nonce(arrival.nonce)?;
                claims.check_access_token(tokens.access_token.expose_secret())?;
                proven(&linked.provider, claims)?
            }
        };
        admitted(&linked.provider, proven)
    }

    /// Who an ID token speaks of that the desktop app got from a provider; and the token's nonce, which
    /// the caller has to recognise.
    pub(super) async fn prove(
        &self,
        linked: &Linked,
        now: OffsetDateTime,
        token: &Jws<'_>,
    ) -> Result<(Proven, String), FederationError> {
        let endpoints = self.endpoints(linked, now).await?;
        let (IdentitySource::IdToken { keys }, Some(client_id)) =
            (&endpoints.identity, &linked.provider.app_client_id)
        else {
            return Err(FederationError::Answer("the provider has no ID tokens"));
        };
        let expected = Expected {
            kind: &linked.provider.kind,
            issuer: &endpoints.issuer,
            client_id,
            oldest: OLDEST_EXCHANGED,
            now,
        };
        let mut claims = self
            .check(linked, keys, &expected, token, KEYS_PAUSE)
            .await?;
        let nonce = claims.nonce.take().ok_or(IdTokenFault::Nonce)?;
        let proven = admitted(&linked.provider, proven(&linked.provider, claims)?)?;
        Ok((proven, nonce))
    }

    /// Who an access token speaks of that the desktop app got from a GitHub. The token ends with that.
    pub(super) async fn spend(
        &self,
        linked: &Linked,
        token: &str,
    ) -> Result<Proven, FederationError> {
        let provider = &linked.provider;
        let (ProviderKind::GitHub { base }, Some(user), Some(password)) = (
            &provider.kind,
            &provider.app_client_id,
            &provider.app_client_secret,
        ) else {
            return Err(FederationError::NoSuchIssuer);
        };
        if !github::is_token(token) {
            return Err(FederationError::ForeignToken);
        }
        let endpoints = github_endpoints(base)?;
        let app = BasicAuth { user, password };
        let proven = github::spend(&self.http, base, &endpoints.issuer, &app, token).await?;
        admitted(provider, proven)
    }

    /// Checks a token; with a key nobody has heard of, the provider's keys are looked at once more, unless that was
    /// less than `pause` ago.
    async fn check(
        &self,
        linked: &Linked,
        address: &Url,
        expected: &Expected<'_>,
        token: &Jws<'_>,
        pause: Duration,
    ) -> Result<Claims, FederationError> {
        let now = expected.now;
        let mut known = linked.known.lock().await;
        if let Some((keys, read)) = &known.keys
            && is_within(now, *read, FRESH)
        {
            match expected.check(token, keys) {
                Err(IdTokenFault::UnknownKey) if !is_within(now, *read, pause) => {}
                outcome => return Ok(outcome?),
            }
        }
        let (status, body) = self.http.get(address, None).await?;
        let keys = KeySet::read(&body)
            .filter(|_| status.is_success())
            .ok_or(FederationError::Answer("the keys cannot be read"))?;
        let outcome = expected.check(token, &keys);
        known.keys = Some((keys, now));
        Ok(outcome?)
    }

    async fn endpoints(
        &self,
        linked: &Linked,
        now: OffsetDateTime,
    ) -> Result<Endpoints, FederationError> {
        if let ProviderKind::GitHub { base } = &linked.provider.kind {
            return github_endpoints(base);
        }
        let mut known = linked.known.lock().await;
        if let Some((endpoints, read)) = &known.endpoints
            && is_within(now, *read, FRESH)
        {
            return Ok(endpoints.clone());
        }
        let address = metadata_address(&linked.provider.kind)
            .ok_or(FederationError::Answer("its address leads nowhere"))?;
        let (status, body) = self.http.get(&address, None).await?;
        if !status.is_success() {
            return Err(FederationError::Answer("there is no metadata"));
        }
        let endpoints = Endpoints::read(&linked.provider.kind, &body)?;
        known.endpoints = Some((endpoints.clone(), now));
        Ok(endpoints)
    }

    async fn redeem(
        &self,
        linked: &Linked,
        endpoints: &Endpoints,
        arrival: &Arrival<'_>,
    ) -> Result<ProviderTokens, FederationError> {
        let provider = &linked.provider;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", arrival.code),
            ("redirect_uri", arrival.redirect_uri),
            ("code_verifier", arrival.verifier.expose_secret()),
        ];
        let mut basic = None;
        match &provider.client_secret {
            Some(secret) if endpoints.secret_in_form => {
                form.push(("client_id", &provider.client_id));
                form.push(("client_secret", secret.expose_secret()));
            }
            Some(secret) => {
                basic = Some(BasicAuth {
                    user: &provider.client_id,
                    password: secret,
                });
            }
            None => form.push(("client_id", &provider.client_id)),
        }
        let (status, body) = self.http.post(&endpoints.token, &form, basic).await?;
        Ok(token_answer(status.is_success(), &body)?)
    }
}

fn github_endpoints(base: &Url) -> Result<Endpoints, FederationError> {
    Endpoints::of_github(base).ok_or(FederationError::Answer("its address leads nowhere"))
}

fn is_within(now: OffsetDateTime, since: OffsetDateTime, time: Duration) -> bool {
    since <= now && now < since + time
}
