//! The steps of a sign-in at a provider itself: there, back, and with what was got to the library.

use oauth2::{CsrfToken, PkceCodeChallenge};
use secrecy::SecretString;
use sifter_openid::{Departure, Endpoints, IdentitySource};
use url::Url;

use super::Phase;
use super::flow::{Came, Flow};
use crate::account::Account;
use crate::device;
use crate::direct::library::{self, Brought};
use crate::direct::provider::{self, Trade};
use crate::direct::{AtProvider, OwnClient, refused};
use crate::error::Error;
use crate::loopback::{Expect, Issuer, Loopback};
use crate::metadata::Metadata;

/// One way to the provider and back.
struct Journey<'a> {
    metadata: &'a Metadata,
    there: &'a AtProvider,
    endpoints: Endpoints,
}

/// What has to come back from the browser, and what it is worth.
struct Left {
    redirect: Url,
    verifier: SecretString,
    nonce: String,
}

impl Flow {
    pub(super) async fn at_provider(
        &self,
        metadata: &Metadata,
        there: &AtProvider,
    ) -> Result<Account, Error> {
        // What the server announces now, not what it did when the button was drawn.
        let is_taken = metadata
            .providers
            .iter()
            .any(|provider| provider.id == there.provider && there.client.fits(provider));
        if !is_taken {
            return Err(Error::NoExchange);
        }
        let http = &self.accounts.shared.http;
        let asked = provider::endpoints(http, &there.client.kind);
        let endpoints = self.unless_cancelled(asked).await?;
        let host = endpoints.authorize.host_str().map(str::to_owned);
        self.report.send_modify(|progress| progress.host = host);
        let journey = Journey {
            metadata,
            there,
            endpoints,
        };
        if there.client.is_by_code() {
            self.by_code_there(&journey).await
        } else {
            self.by_browser_there(&journey).await
        }
    }

    async fn by_browser_there(&self, journey: &Journey<'_>) -> Result<Account, Error> {
        let http = &self.accounts.shared.http;
        let (client, endpoints) = (&journey.there.client, &journey.endpoints);
        let nonce = match endpoints.identity {
            IdentitySource::IdToken { .. } => {
                self.unless_cancelled(library::nonce(http, journey.metadata))
                    .await?
            }
            IdentitySource::UserApi(_) => String::new(),
        };
        let port = Loopback::bind_for(client.redirect());
        let port = port.await.map_err(Error::PortUnavailable)?;
        let redirect = port.redirect_uri().map_err(|_| Error::BadResponse {
            what: "the address of this computer",
        })?;
        let state = CsrfToken::new_random_len(32).into_secret();
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let departure = Departure {
            client_id: &client.client_id,
            redirect_uri: redirect.as_str(),
            state: &state,
            nonce: &nonce,
            challenge: challenge.as_str(),
            domain: None,
        };
        let link = departure.address(&client.kind, endpoints);
        // Set once, here: the cell is new.
        let _ = self.sign_in.link.set(link.clone());
        let expect = Expect {
            state: state.into(),
            issuer: Issuer::Of(client.kind.clone(), endpoints.issuer.clone()),
            issuer_required: endpoints.sends_issuer,
        };
        let browser = self.browser(port, expect, &link, std::future::pending());
        let arrival = match self.unless_cancelled(browser).await? {
            Came::Back(arrival) => arrival,
            // There is no second way beside the browser.
            Came::Elsewhere(_) => return Err(Error::Cancelled),
        };
        let left = Left {
            redirect,
            verifier: verifier.into_secret().into(),
            nonce,
        };
        let finish = async |code| self.finish_there(journey, &left, &code).await;
        self.settle(arrival, finish, |reason| refused(&reason))
            .await
    }

    async fn finish_there(
        &self,
        journey: &Journey<'_>,
        left: &Left,
        code: &SecretString,
    ) -> Result<Account, Error> {
        self.enter(Phase::Exchanging);
        let http = &self.accounts.shared.http;
        let (client, endpoints) = (&journey.there.client, &journey.endpoints);
        let got = async {
            let trade = Trade {
                code,
                verifier: &left.verifier,
                redirect: &left.redirect,
            };
            let tokens = provider::redeem(http, endpoints, client, &trade).await?;
            match &endpoints.identity {
                IdentitySource::IdToken { keys } => {
                    provider::id_token(http, endpoints, keys, client, &left.nonce, tokens)
                        .await
                        .map(Brought::IdToken)
                }
                IdentitySource::UserApi(user) => {
                    provider::github_user(http, user, &tokens.access_token).await?;
                    Ok(Brought::AccessToken(tokens.access_token))
                }
            }
        };
        let brought = self.unless_cancelled(got).await?;
        self.bring(journey, &brought).await
    }

    /// Without a secret GitHub takes nobody back from a browser, but lets in a device.
    async fn by_code_there(&self, journey: &Journey<'_>) -> Result<Account, Error> {
        let http = &self.accounts.shared.http;
        let endpoints = &journey.endpoints;
        let OwnClient {
            kind, client_id, ..
        } = &journey.there.client;
        let address = endpoints.device.as_ref().ok_or(Error::NoCode)?;
        let asked = device::begin_at(http, kind, address, client_id);
        let pending = self.unless_cancelled(asked).await.map_err(sorted)?;
        self.show_code(&pending);
        let waiting = pending.wait_at(http, &endpoints.token, client_id);
        let tokens = self.unless_cancelled(waiting).await.map_err(sorted)?;
        self.enter(Phase::Exchanging);
        if let IdentitySource::UserApi(user) = &endpoints.identity {
            let asked = provider::github_user(http, user, &tokens.access_token);
            self.unless_cancelled(asked).await?;
        }
        self.bring(journey, &Brought::AccessToken(tokens.access_token))
            .await
    }

    async fn bring(&self, journey: &Journey<'_>, brought: &Brought) -> Result<Account, Error> {
        let exchange = library::exchange(
            &self.accounts.shared.http,
            journey.metadata,
            &journey.there.provider,
            brought,
            &self.request.scopes,
        );
        let grant = self.unless_cancelled(exchange).await?;
        self.accept(grant, journey.metadata).await
    }
}

/// A provider's refusal while a code is entered.
fn sorted(error: Error) -> Error {
    match error {
        Error::ServerRejected { reason } => refused(&reason),
        other => other,
    }
}
