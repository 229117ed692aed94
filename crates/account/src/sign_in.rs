//! Signing in through the browser: what is asked, how far it is, and how to stop it.

mod at_provider;
mod flow;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::account::{Account, AccountId, Server};
use crate::accounts::Accounts;
use crate::browser::BrowserOpener;
use crate::device::UserCode;
use crate::direct::AtProvider;
use crate::error::{Cause, Error};
use crate::identity::{BoxFuture, Identify};

/// Sign-ins that may wait for a browser at the same time.
const AT_ONCE: usize = 3;
/// How long the person has. Servers keep a code for at most ten minutes.
pub const TIME_TO_SIGN_IN: Duration = Duration::from_secs(5 * 60);

/// The name of one sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignInId(Uuid);

impl std::fmt::Display for SignInId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::str::FromStr for SignInId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Lets a sign-in through the door of a server that opens to nobody without a ticket: the library
/// inside the app, which must not let other users of the computer in.
pub trait Admission: Send + Sync {
    /// A ticket for exactly the sign-in with this PKCE challenge. The address of a page can be seen
    /// by other users while the browser starts; bound like this, the ticket in it is of no use to
    /// them, because the code it leads to can be traded by the owner of the verifier only.
    fn ticket<'a>(&'a self, code_challenge: &'a str) -> BoxFuture<'a, Result<SecretString, Cause>>;

    /// Takes the ticket back: the sign-in was cancelled or took too long, and its page, which may still
    /// be open, must not offer to go on.
    fn withdraw<'a>(&'a self, code_challenge: &'a str) -> BoxFuture<'a, Result<(), Cause>>;
}

/// Where the person signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// In the browser of this computer. When none can be opened, a code is offered as well.
    #[default]
    Browser,
    /// On any device, by entering a code there.
    Code,
}

/// What to sign in to.
pub struct SignInRequest {
    /// The server; it must name an issuer.
    pub server: Server,
    /// Scopes to ask for, beside those that `account` has been granted; none leaves the choice to the server.
    pub scopes: Vec<String>,
    /// More parameters for the authorize address, such as a provider hint. They appear in the
    /// browser's address bar, so nothing secret belongs here.
    pub extra: Vec<(String, String)>,
    /// Gets the ticket where the server asks for one (parameter `ticket`).
    pub admission: Option<Arc<dyn Admission>>,
    /// Where the person signs in.
    pub way: Way,
    /// The app goes to this provider itself, instead of to the server's page.
    pub at_provider: Option<AtProvider>,
    /// The account to sign in to again; another person is refused then.
    pub account: Option<AccountId>,
    /// Asks the server who signed in.
    pub identify: Arc<dyn Identify>,
    /// How long the person has; [`TIME_TO_SIGN_IN`] unless there is a reason.
    pub time: Duration,
}

impl SignInRequest {
    /// A plain sign-in to `server`.
    pub fn new(server: Server, identify: Arc<dyn Identify>) -> Self {
        Self {
            server,
            scopes: Vec::new(),
            extra: Vec::new(),
            admission: None,
            way: Way::default(),
            at_provider: None,
            account: None,
            identify,
            time: TIME_TO_SIGN_IN,
        }
    }
}

/// How far a sign-in is.
#[derive(Clone, Debug)]
pub enum Phase {
    /// Asking the server how it signs people in, opening the port.
    Preparing,
    /// The browser has the page; the person is at work.
    AwaitingBrowser,
    /// The person enters the code on some device.
    AwaitingCode,
    /// The browser is back; the code is traded for tokens.
    Exchanging,
    /// Asking the server who signed in.
    Validating,
    /// Putting the tokens into the keychain, which may ask for its password.
    Storing,
    /// Signed in.
    Done(Box<Account>),
    /// It did not work, ran out of time or was cancelled.
    Failed(Arc<Error>),
}

impl Phase {
    /// Whether nothing more will come.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_))
    }
}

/// What the window may know about a sign-in. Holds no link and no token; a code only where it is there to be
/// shown.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Which sign-in.
    pub id: SignInId,
    /// How far it is.
    pub phase: Phase,
    /// The host whose page the browser shows.
    pub host: Option<String>,
    /// The browser could not be started: offer the link instead.
    pub browser_failed: bool,
    /// The code to enter, and where.
    pub code: Option<UserCode>,
    /// When the waiting ends.
    pub deadline: Instant,
}

impl Progress {
    /// Whole seconds until the waiting ends.
    #[must_use]
    pub fn seconds_left(&self) -> u64 {
        self.deadline
            .saturating_duration_since(Instant::now())
            .as_secs()
    }
}

/// One running or finished sign-in. Cheap to clone; dropping every clone does not stop it.
#[derive(Clone)]
pub struct SignIn {
    id: SignInId,
    progress: watch::Receiver<Progress>,
    stop: CancellationToken,
    link: Arc<OnceLock<Url>>,
    opener: Arc<dyn BrowserOpener>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SignIn")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl SignIn {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> SignInId {
        self.id
    }

    /// How far it is, now and from now on.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// The address of the sign-in page for "Copy link"; `None` while preparing. It works once, in
    /// any browser of this computer, or on any device where a code is entered.
    #[must_use]
    pub fn link(&self) -> Option<Url> {
        self.link.get().cloned()
    }

    /// Shows the page again.
    ///
    /// # Errors
    /// When there is no page yet, or no browser could be started.
    pub async fn open_again(&self) -> Result<(), Error> {
        let nothing = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let link = self
            .link()
            .ok_or_else(|| Error::BrowserUnavailable(nothing()))?;
        open(&self.opener, link)
            .await
            .map_err(Error::BrowserUnavailable)
    }

    /// Stops it; the port is closed at once and nothing is kept. Does nothing when it is finished.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// Why it did not work.
    pub async fn outcome(&self) -> Result<Account, Arc<Error>> {
        let mut progress = self.progress.clone();
        let last = progress
            .wait_for(|progress| progress.phase.is_final())
            .await;
        match last.map(|progress| progress.phase.clone()) {
            Ok(Phase::Done(account)) => Ok(*account),
            Ok(Phase::Failed(error)) => Err(error),
            // The runtime is going down.
            Ok(_) | Err(_) => Err(Arc::new(Error::Cancelled)),
        }
    }
}

/// All sign-ins of the program.
#[derive(Clone)]
pub struct SignIns {
    accounts: Accounts,
    opener: Arc<dyn BrowserOpener>,
    running: Arc<Mutex<HashMap<SignInId, (Server, SignIn)>>>,
}

impl std::fmt::Debug for SignIns {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SignIns").finish_non_exhaustive()
    }
}

impl SignIns {
    /// Signs in to `accounts`, showing pages with `opener`.
    #[must_use]
    pub fn new(accounts: Accounts, opener: Arc<dyn BrowserOpener>) -> Self {
        Self {
            accounts,
            opener,
            running: Arc::default(),
        }
    }

    /// Begins a sign-in and returns at once. One that is still running for the same server is
    /// cancelled: the person has started over. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// When three sign-ins to other servers are waiting already.
    pub fn begin(&self, request: SignInRequest) -> Result<SignIn, Error> {
        let mut running = self.running();
        running.retain(|_, (_, sign_in)| !sign_in.progress.borrow().phase.is_final());
        running.retain(|_, (server, sign_in)| {
            let same = server.key == request.server.key;
            if same {
                sign_in.cancel();
            }
            !same
        });
        if running.len() >= AT_ONCE {
            return Err(Error::TooManySignIns);
        }
        let id = SignInId(Uuid::new_v4());
        let (report, progress) = watch::channel(Progress {
            id,
            phase: Phase::Preparing,
            host: request
                .server
                .issuer
                .as_ref()
                .and_then(|url| url.host_str().map(str::to_owned)),
            browser_failed: false,
            code: None,
            deadline: Instant::now() + request.time,
        });
        let sign_in = SignIn {
            id,
            progress,
            stop: CancellationToken::new(),
            link: Arc::default(),
            opener: Arc::clone(&self.opener),
        };
        running.insert(id, (request.server.clone(), sign_in.clone()));
        drop(running);
        tokio::spawn(flow::run(
            self.accounts.clone(),
            request,
            sign_in.clone(),
            report,
        ));
        Ok(sign_in)
    }

    /// A sign-in by its name, as long as no later one has been begun after its end.
    #[must_use]
    pub fn get(&self, id: SignInId) -> Option<SignIn> {
        self.running().get(&id).map(|(_, sign_in)| sign_in.clone())
    }

    /// Stops every sign-in: the program is ending.
    pub fn cancel_all(&self) {
        for (_, sign_in) in self.running().values() {
            sign_in.cancel();
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<SignInId, (Server, SignIn)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starting a browser may block for a moment, so it happens on a thread of its own.
async fn open(opener: &Arc<dyn BrowserOpener>, link: Url) -> std::io::Result<()> {
    let opener = Arc::clone(opener);
    let (sender, receiver) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        // Nobody waits any more when the sign-in was cancelled.
        let _ = sender.send(opener.open(&link));
    });
    receiver
        .await
        .unwrap_or_else(|_| Err(std::io::ErrorKind::Interrupted.into()))
}
