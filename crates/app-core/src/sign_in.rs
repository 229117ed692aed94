//! Signing in and out: begins attempts, tells the window how far they are, and takes pasted tokens.

mod admission;
mod identify;
mod pasted;

use std::sync::Arc;

use secrecy::SecretString;
use sifter_account::{Account, AtProvider, Error, Phase, Progress, SignIn, SignInRequest, Way};
use sifter_contract::requests::SignInStart;
use sifter_contract::{
    AppEvent, ErrorCode, ServerView, SignInCode, SignInHow, SignInPhase, SignInView, UiError,
};
use sifter_transfer::Engine;
use url::Url;

use crate::app::AppCore;
use crate::errors::{self, Place};
use crate::events::Hub;
use crate::provider_clients;
use crate::servers::{LOCAL_ID, Servers};
use admission::LocalDoor;
use identify::AskLibrary;
pub(crate) use pasted::PastedToken;

impl AppCore {
    /// Begins a sign-in.
    pub(crate) async fn begin_sign_in(&self, asked: &SignInStart) -> Result<SignInView, UiError> {
        let server_id = asked.server_id.as_str();
        let server = self.servers.reach(server_id).await?;
        let place = Place::of(&server.name, false);
        let identify = AskLibrary::new(self.servers.http_for(&server), &server.endpoints);
        let mut request = SignInRequest::new(server.for_accounts(), Arc::new(identify));
        request.way = match asked.how {
            SignInHow::Browser => Way::Browser,
            SignInHow::Code => Way::Code,
            // Where the person signs in is the provider's matter then.
            SignInHow::Provider => Way::Browser,
        };
        request.scopes = scopes(asked.scopes.as_deref())?;
        let mut place = place;
        let no_such = || no_such_provider(&server.name);
        if let Some(id) = &asked.provider {
            let provider = self.servers.provider(server_id, id).ok_or_else(no_such)?;
            place = place.provider(&provider.label);
            if asked.how == SignInHow::Provider {
                let (settings, vault) = (&self.settings, self.accounts.vault());
                let client = provider_clients::fitting(settings, vault, &provider).await;
                request.at_provider = Some(AtProvider {
                    provider: provider.id,
                    client: client.ok_or_else(no_such)?,
                });
            } else {
                request.extra.push(provider.hint());
            }
        } else if asked.how == SignInHow::Provider {
            return Err(no_such());
        }
        // Signing in again renews the account instead of adding another.
        if !asked.another {
            let account = self.servers.account_on(server_id).await?;
            request.account = account.map(|account| account.id);
        }
        if server_id == LOCAL_ID {
            request.admission = Some(Arc::new(LocalDoor(Arc::clone(&self.servers))));
        }
        // At its end there is something to keep.
        self.accounts.vault().note_use();
        let sign_in = self
            .sign_ins
            .begin(request)
            .map_err(|error| errors::account(&error, &place))?;
        let view = view_of(server_id, &place, &sign_in.progress().borrow());
        self.hub.sign_in(view.clone());
        self.follow_sign_in(server_id.to_owned(), place, &sign_in);
        Ok(view)
    }

    /// Tells the window of every step, and of the account at the end.
    fn follow_sign_in(&self, server_id: String, place: Place, sign_in: &SignIn) {
        let mut progress = sign_in.progress();
        let (hub, after) = (Arc::clone(&self.hub), self.after_sign_in());
        self.tasks.spawn(async move {
            loop {
                let now = progress.borrow_and_update().clone();
                if let Phase::Done(account) = &now.phase {
                    after.choose(account);
                    after.run(&server_id).await;
                }
                hub.sign_in(view_of(&server_id, &place, &now));
                if now.phase.is_final() || progress.changed().await.is_err() {
                    return;
                }
            }
        });
    }

    pub(crate) fn after_sign_in(&self) -> AfterSignIn {
        AfterSignIn {
            servers: Arc::clone(&self.servers),
            hub: Arc::clone(&self.hub),
            engine: self.engine.clone(),
        }
    }

    /// The attempt under an id.
    pub(crate) fn attempt(&self, sign_in_id: &str) -> Result<SignIn, UiError> {
        sign_in_id
            .parse()
            .ok()
            .and_then(|id| self.sign_ins.get(id))
            .ok_or_else(|| errors::invalid("there is no such sign-in"))
    }

    /// Shows the sign-in page again.
    pub(crate) async fn open_again(&self, sign_in_id: &str) -> Result<(), UiError> {
        let sign_in = self.attempt(sign_in_id)?;
        sign_in
            .open_again()
            .await
            .map_err(|error| errors::account(&error, &Place::default()))
    }

    /// Puts the attempt's link on the clipboard without the window seeing it.
    pub(crate) fn copy_sign_in_link(&self, sign_in_id: &str) -> Result<(), UiError> {
        let link = self
            .attempt(sign_in_id)?
            .link()
            .ok_or_else(|| errors::invalid("the sign-in has no link yet"))?;
        self.host
            .copy_text(link.as_str())
            .map_err(|error| errors::clipboard(&error))
    }

    /// The link of an attempt, for a host that shows it on a terminal. `None` while it is prepared.
    #[must_use]
    pub fn sign_in_link(&self, sign_in_id: &str) -> Option<Url> {
        self.attempt(sign_in_id).ok()?.link()
    }

    /// Opens the page of the server where people make tokens.
    pub(crate) async fn open_token_page(&self, server_id: &str) -> Result<(), UiError> {
        let server = self.servers.reach(server_id).await?;
        let mut page = server.endpoints.web.unwrap_or(server.endpoints.library);
        page.set_path("/auth/tokens");
        self.host
            .open_url(&page)
            .map_err(|error| errors::browser(&error))
    }

    /// Checks a token with the server and keeps it as the account's.
    ///
    /// # Errors
    /// `token_refused` when the server does not know it, `no_token_in_clipboard` when it cannot be one,
    /// and whatever keeps the server from being asked.
    pub async fn accept_token(
        &self,
        server_id: &str,
        token: SecretString,
    ) -> Result<ServerView, UiError> {
        let server = self.servers.reach(server_id).await?;
        let place = Place::of(&server.name, false);
        let identify = AskLibrary::new(self.servers.http_for(&server), &server.endpoints).dated();
        let account = self
            .accounts
            .add_token(server.for_accounts(), token, &identify)
            .await
            .map_err(|error| errors::account(&error, &place))?;
        let after = self.after_sign_in();
        after.choose(&account);
        after.run(server_id).await;
        self.server_view(server_id).await
    }

    /// Makes an account the one in use on its server.
    pub(crate) async fn use_account(&self, account_id: &str) -> Result<(), UiError> {
        let id = account_id
            .parse()
            .map_err(|_| errors::invalid("there is no such account"))?;
        let account = self.accounts.get(id).await;
        let account = account.map_err(|error| errors::account(&error, &Place::default()))?;
        self.servers.choose_account(&account)?;
        // What the other account was seen to have is not this one's; the window hears of it before the answer.
        self.servers.announce().await;
        self.after_sign_in().run(account.server.key.as_str()).await;
        Ok(())
    }

    /// Revokes at the server, then forgets.
    pub(crate) async fn sign_out(&self, account_id: &str) -> Result<(), UiError> {
        let id = account_id
            .parse()
            .map_err(|_| errors::invalid("there is no such account"))?;
        let place = Place::default();
        let account = self
            .accounts
            .get(id)
            .await
            .map_err(|error| errors::account(&error, &place))?;
        let done = self.accounts.sign_out(id).await;
        let done = done.map_err(|error| errors::account(&error, &place))?;
        tracing::info!(
            revoked = done.revoked,
            forgotten = done.forgotten,
            "signed out"
        );
        self.after_sign_in().run(account.server.key.as_str()).await;
        Ok(())
    }

    /// The view of one server.
    pub(crate) async fn server_view(&self, server_id: &str) -> Result<ServerView, UiError> {
        self.servers
            .view(server_id)
            .await
            .ok_or_else(|| errors::invalid("there is no such server"))
    }
}

/// What changes once an account came or went: the server may show more now, and stopped transfers go on.
pub(crate) struct AfterSignIn {
    servers: Arc<Servers>,
    hub: Arc<Hub>,
    engine: Engine,
}

impl AfterSignIn {
    /// Whoever has just signed in is the one to work as.
    fn choose(&self, account: &Account) {
        if let Err(error) = self.servers.choose_account(account) {
            tracing::warn!(error = %error, "the account in use was not noted");
        }
    }

    pub(crate) async fn run(&self, server_id: &str) {
        if let Err(error) = self.servers.refresh(server_id).await {
            tracing::warn!(error = %error, "the server was not asked after a sign-in");
        }
        self.hub.moment(AppEvent::LibraryChanged {
            server_id: server_id.to_owned(),
        });
        let snapshot = self.engine.snapshot();
        for view in snapshot
            .transfers
            .iter()
            .filter(|view| view.server.as_str() == server_id)
        {
            if let sifter_transfer::Phase::NeedsAttention { failure } = &view.phase
                && failure.error.waits_for_account()
                && let Err(error) = self.engine.retry(view.id).await
            {
                tracing::warn!(error = %error, "a transfer did not go on after the sign-in");
            }
        }
    }
}

/// The longest list of scopes that a sign-in may ask for, in bytes.
const LONGEST_SCOPES: usize = 512;

/// The scopes of a list, each of the characters that a scope may have (RFC 6749 section 3.3).
fn scopes(list: Option<&str>) -> Result<Vec<String>, UiError> {
    let list = list.unwrap_or_default();
    let is_scope = |byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~');
    if list.len() > LONGEST_SCOPES || !list.bytes().all(is_scope) {
        return Err(errors::invalid("these are not scopes"));
    }
    let scopes = list.split(' ').filter(|scope| !scope.is_empty());
    Ok(scopes.map(str::to_owned).collect())
}

/// The provider is gone from the server's list, or was never in it.
fn no_such_provider(server: &str) -> UiError {
    UiError::new(ErrorCode::NotOffered)
        .with("server", server)
        .with("what", "provider")
}

fn view_of(server_id: &str, place: &Place, progress: &Progress) -> SignInView {
    let (phase, error) = match &progress.phase {
        Phase::Preparing => (SignInPhase::Preparing, None),
        Phase::AwaitingBrowser => (SignInPhase::WaitingForBrowser, None),
        Phase::AwaitingCode => (SignInPhase::WaitingForCode, None),
        Phase::Exchanging | Phase::Validating => (SignInPhase::Exchanging, None),
        Phase::Storing => (SignInPhase::Storing, None),
        Phase::Done(_) => (SignInPhase::Done, None),
        Phase::Failed(error) if matches!(**error, Error::Cancelled) => {
            (SignInPhase::Cancelled, None)
        }
        Phase::Failed(error) => (SignInPhase::Failed, Some(errors::account(error, place))),
    };
    SignInView {
        id: progress.id.to_string(),
        server_id: server_id.to_owned(),
        phase,
        host: progress.host.clone().unwrap_or_default(),
        seconds_left: u32::try_from(progress.seconds_left()).unwrap_or(u32::MAX),
        browser_opened: !progress.browser_failed,
        code: progress.code.as_ref().map(|shown| SignInCode {
            code: shown.code.clone(),
            page: shown.page.to_string(),
        }),
        error,
    }
}
