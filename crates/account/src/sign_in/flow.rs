//! The steps of one sign-in, from the server's description to the stored account.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::watch;
use url::Url;

use super::{Phase, Progress, SignIn, SignInRequest, Way, open};
use crate::account::{Account, AccountId};
use crate::accounts::Accounts;
use crate::device::{self, Pending};
use crate::error::Error;
use crate::grants::Request;
use crate::loopback::{Arrival, Expect, Loopback, Outcome, Page};
use crate::metadata::Metadata;
use crate::secret::{Grant, Secret};

/// Runs the sign-in and reports its end, whatever it is.
pub(super) async fn run(
    accounts: Accounts,
    request: SignInRequest,
    sign_in: SignIn,
    report: watch::Sender<Progress>,
) {
    let mut flow = Flow {
        accounts,
        request,
        sign_in,
        report,
    };
    let phase = match flow.whole().await {
        Ok(account) => Phase::Done(Box::new(account)),
        Err(error) => {
            tracing::info!(sign_in = %flow.sign_in.id, code = error.code(), "sign-in ended");
            Phase::Failed(Arc::new(error))
        }
    };
    flow.enter(phase);
}

/// What the browser shows at the end.
fn last_page(outcome: &Result<Account, Error>) -> Page {
    match outcome {
        Ok(account) => Page::SignedIn {
            name: account.display.clone(),
            server: account.server.label.clone(),
        },
        Err(Error::Denied { .. }) => Page::Declined,
        Err(_) => Page::Failed,
    }
}

/// How the person came back.
pub(super) enum Came {
    /// In the browser.
    Back(Arrival),
    /// On another device, with the code.
    Elsewhere(Grant),
}

pub(super) struct Flow {
    pub(super) accounts: Accounts,
    pub(super) request: SignInRequest,
    pub(super) sign_in: SignIn,
    pub(super) report: watch::Sender<Progress>,
}

impl Flow {
    pub(super) fn enter(&self, phase: Phase) {
        self.report.send_modify(|progress| progress.phase = phase);
    }

    /// Does one step unless the person cancels. The step's future is dropped then, and with it
    /// its port and connections.
    pub(super) async fn unless_cancelled<T>(
        &self,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.sign_in.stop.cancelled() => Err(Error::Cancelled),
            outcome = step => outcome,
        }
    }

    async fn whole(&mut self) -> Result<Account, Error> {
        let issuer = self.request.server.issuer.clone().ok_or(Error::NoSignIn)?;
        let granted = async { Ok(self.granted().await) };
        let granted = self.unless_cancelled(granted).await?;
        self.request.scopes.extend(granted);
        // Always asked anew: this is the moment to notice that the server has changed.
        let asked = self.accounts.fresh_metadata(&issuer);
        let metadata = self.unless_cancelled(asked).await?;
        if let Some(there) = &self.request.at_provider {
            return self.at_provider(&metadata, there).await;
        }
        match self.request.way {
            Way::Browser => self.by_browser(&metadata).await,
            Way::Code => self.by_code(&metadata).await,
        }
    }

    /// What the account was granted so far, where more is asked for: a new sign-in must not take it away.
    async fn granted(&self) -> Vec<String> {
        let Some(account) = self.request.account else {
            return Vec::new();
        };
        let wanted = &self.request.scopes;
        if wanted.is_empty() {
            return Vec::new();
        }
        let stored = self.accounts.shared.vault.peek(account).await;
        match stored.map(|text| text.map(|text| Secret::from_text(&text))) {
            Ok(Some(Ok(Secret::Grant(grant)))) => {
                let scopes = grant.scopes.into_iter();
                scopes.filter(|scope| !wanted.contains(scope)).collect()
            }
            // What cannot be read is not known; the server still grants what is asked for.
            _ => Vec::new(),
        }
    }

    async fn by_browser(&self, metadata: &Metadata) -> Result<Account, Error> {
        let port = Loopback::bind().await.map_err(Error::PortUnavailable)?;
        let redirect = port.redirect_uri().map_err(|_| Error::BadResponse {
            what: "the address of this computer",
        })?;
        let mut request = Request::new(
            metadata,
            redirect,
            &self.request.scopes,
            &self.request.extra,
        );
        if let Some(admission) = &self.request.admission {
            let asked = admission.ticket(request.challenge());
            let asked = async { asked.await.map_err(Error::Network) };
            let ticket = self.unless_cancelled(asked).await?;
            request.add_ticket(&ticket);
        }
        // Set once, here: the cell is new.
        let _ = self.sign_in.link.set(request.link.clone());
        let expect = Expect {
            state: request.state.clone(),
            issuer: metadata.issuer.as_str().into(),
            issuer_required: metadata.sends_issuer,
        };
        let beside = self.code_beside(metadata);
        let came = self
            .unless_cancelled(self.browser(port, expect, &request.link, beside))
            .await;
        match came {
            Ok(Came::Back(arrival)) => {
                let finish = async |code| self.finish(metadata, request, &code).await;
                let denied = |reason| Error::Denied { reason };
                self.settle(arrival, finish, denied).await
            }
            Ok(Came::Elsewhere(grant)) => {
                self.close_the_door(&request).await;
                self.accept(grant, metadata).await
            }
            Err(error) => {
                self.close_the_door(&request).await;
                Err(error)
            }
        }
    }

    /// The person signs in on another device.
    async fn by_code(&self, metadata: &Metadata) -> Result<Account, Error> {
        let asked = device::begin(&self.accounts.shared.http, metadata, &self.request.scopes);
        let pending = self.unless_cancelled(asked).await?;
        self.show_code(&pending);
        let waiting = pending.wait(&self.accounts.shared.http, metadata);
        let grant = self.unless_cancelled(waiting).await?;
        self.accept(grant, metadata).await
    }

    /// Shows a code that is the only way of this sign-in, for as long as it can be entered.
    pub(super) fn show_code(&self, pending: &Pending) {
        // Set once, here: the cell is new.
        let _ = self.sign_in.link.set(pending.link.clone());
        self.report.send_modify(|progress| {
            progress.phase = Phase::AwaitingCode;
            progress.host = pending.shown.page.host_str().map(str::to_owned);
            progress.code = Some(pending.shown.clone());
            progress.deadline = pending.until;
        });
    }

    /// There is no browser here: shows a code to enter elsewhere while the link can still be used.
    async fn code_beside(&self, metadata: &Metadata) -> Result<Grant, Error> {
        // A server that opens to this app only knows no other devices.
        if metadata.device.is_none() || self.request.admission.is_some() {
            return std::future::pending().await;
        }
        let http = &self.accounts.shared.http;
        match device::begin(http, metadata, &self.request.scopes).await {
            Ok(pending) => {
                self.report
                    .send_modify(|progress| progress.code = Some(pending.shown.clone()));
                pending.wait(http, metadata).await
            }
            Err(error) => {
                tracing::warn!(error = %error, "no code to enter elsewhere");
                std::future::pending().await
            }
        }
    }

    /// The browser did not come back: the page it may still show must not lead on.
    async fn close_the_door(&self, request: &Request) {
        if let Some(admission) = &self.request.admission
            && let Err(error) = admission.withdraw(request.challenge()).await
        {
            tracing::warn!(%error, "the ticket of a sign-in could not be taken back");
        }
    }

    /// Shows the page and waits until the browser is back, or `beside` has an end where none could be opened.
    pub(super) async fn browser(
        &self,
        port: Loopback,
        expect: Expect,
        link: &Url,
        beside: impl Future<Output = Result<Grant, Error>>,
    ) -> Result<Came, Error> {
        self.enter(Phase::AwaitingBrowser);
        let opening = async {
            let opened = open(&self.sign_in.opener, link.clone()).await;
            if let Err(error) = opened {
                // Not the end: the person can copy the link into a browser.
                tracing::warn!(error = %error, "no browser could be opened");
                self.report
                    .send_modify(|progress| progress.browser_failed = true);
                return beside.await;
            }
            std::future::pending().await
        };
        let deadline = self.report.borrow().deadline;
        tokio::select! {
            arrival = tokio::time::timeout_at(deadline, port.wait(expect)) => {
                arrival.map(Came::Back).map_err(|_| Error::TimedOut)
            }
            grant = opening => grant.map(Came::Elsewhere),
        }
    }

    /// The browser waits for its last page while `finish` does the rest with the code behind it. `refused` says what
    /// a refusal means.
    pub(super) async fn settle(
        &self,
        arrival: Arrival,
        finish: impl AsyncFnOnce(SecretString) -> Result<Account, Error>,
        refused: impl FnOnce(String) -> Error,
    ) -> Result<Account, Error> {
        let (arrived, tab) = arrival.split();
        let outcome = match arrived {
            Outcome::Code(code) => finish(code).await,
            Outcome::Denied(reason) => Err(refused(reason)),
            Outcome::IssuerMismatch => Err(Error::IssuerMismatch),
        };
        tab.show(last_page(&outcome)).await;
        outcome
    }

    async fn finish(
        &self,
        metadata: &Metadata,
        request: Request,
        code: &SecretString,
    ) -> Result<Account, Error> {
        self.enter(Phase::Exchanging);
        let exchange = async {
            // Nothing is stored yet: an `invalid_grant` here is the server's word against the code.
            request
                .exchange(&self.accounts.shared.http, code)
                .await
                .map_err(|error| match error {
                    Error::NeedsSignIn => Error::ServerRejected {
                        reason: "invalid_grant".into(),
                    },
                    other => other,
                })
        };
        let grant = self.unless_cancelled(exchange).await?;
        self.accept(grant, metadata).await
    }

    /// Keeps the tokens, or ends them when nobody will use them.
    pub(super) async fn accept(
        &self,
        mut grant: Grant,
        metadata: &Metadata,
    ) -> Result<Account, Error> {
        // A server that does not say has granted what was asked for (RFC 6749 section 5.1).
        if grant.scopes.is_empty() {
            grant.scopes.clone_from(&self.request.scopes);
        }
        let kept = self.identify_and_keep(&grant).await;
        if kept.is_err() {
            // Tokens nobody will use should not live on at the server.
            let (http, metadata) = (self.accounts.shared.http.clone(), metadata.clone());
            tokio::spawn(async move { crate::grants::revoke(&http, &metadata, &grant).await });
        }
        kept
    }

    async fn identify_and_keep(&self, grant: &Grant) -> Result<Account, Error> {
        self.enter(Phase::Validating);
        let asked = async { Ok(self.request.identify.identify(&grant.access).await?) };
        let identity = self.unless_cancelled(asked).await?;
        self.enter(Phase::Storing);
        let server = self.request.server.clone();
        let renewed: Option<AccountId> = self.request.account;
        let secret = Secret::Grant(grant.clone());
        // Not cancelled half-way: the keychain and the list belong together.
        self.accounts.keep(server, identity, secret, renewed).await
    }
}
