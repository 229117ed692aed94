//! Sign-ins that end before they are done (A15): whatever they waited for, the port is closed, nothing is
//! stored, and no task goes on.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sifter_account::vault::MemoryKeychain;
use sifter_account::{
    Accounts, BoxFuture, Error, Identify, IdentifyError, Identity, Phase, SignIn, SignInRequest,
    Way,
};
use tokio::net::TcpStream;
use url::Url;

use crate::played::{
    AskToken, DEVICE, METADATA, Played, REVOKE, TOKEN, Tab, accounts, address_of, come_back_from,
    parameter, reached, sign_ins,
};

/// More than any of this takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    _folder: tempfile::TempDir,
    keychain: MemoryKeychain,
    accounts: Accounts,
    played: Played,
}

impl Stage {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (accounts, keychain) = accounts(folder.path()).await;
        Self {
            accounts,
            _folder: folder,
            keychain,
            played: Played::start().await,
        }
    }

    /// A sign-in ended without an account: nothing of it is left.
    async fn nothing_is_left<T: ?Sized>(&self, held_by_its_task: &Arc<T>) {
        assert_eq!(self.accounts.list().await.unwrap(), []);
        assert_eq!(self.keychain.names(), [""; 0]);
        // The task owns the request. It may need a moment to end once it has reported.
        let ended = async {
            while Arc::strong_count(held_by_its_task) > 1 {
                tokio::task::yield_now().await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        ended.expect("the task of the sign-in ends");
    }
}

async fn is_closed(port: &Url) -> bool {
    TcpStream::connect(address_of(port)).await.is_err()
}

/// How a sign-in failed.
async fn failure(sign_in: &SignIn) -> Arc<Error> {
    let ended = tokio::time::timeout(PATIENCE, sign_in.outcome()).await;
    ended.expect("the sign-in ends").unwrap_err()
}

async fn is_cancelled(sign_in: &SignIn) {
    let error = failure(sign_in).await;
    assert!(matches!(*error, Error::Cancelled), "{error:?}");
}

/// Asks for ever.
struct Silent;

impl Identify for Silent {
    fn identify<'a>(
        &'a self,
        _: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        Box::pin(std::future::pending())
    }
}

/// A request, and what tells whether its task is still there.
fn request(played: &Played) -> (SignInRequest, Arc<AskToken>) {
    let identify = Arc::new(AskToken);
    let request = SignInRequest::new(played.server(), Arc::<AskToken>::clone(&identify));
    (request, identify)
}

#[tokio::test]
async fn a15_cancelled_while_the_server_is_asked_how_it_signs_in() {
    let stage = Stage::open().await;
    stage.played.hold(METADATA);
    let (request, identify) = request(&stage.played);
    let sign_in = sign_ins(&stage.accounts).0.begin(request).unwrap();
    stage.played.is_asked(METADATA, 1).await;
    sign_in.cancel();
    is_cancelled(&sign_in).await;
    assert_eq!(sign_in.link(), None);
    stage.nothing_is_left(&identify).await;
}

#[tokio::test]
async fn a15_cancelled_while_the_browser_is_open() {
    let stage = Stage::open().await;
    let (request, identify) = request(&stage.played);
    let (sign_ins, tab) = sign_ins(&stage.accounts);
    let sign_in = sign_ins.begin(request).unwrap();
    let port = tab.way_back().await;
    assert!(!is_closed(&port).await);
    sign_in.cancel();
    is_cancelled(&sign_in).await;
    assert!(is_closed(&port).await);
    assert_eq!(stage.played.asked(TOKEN), 0);
    stage.nothing_is_left(&identify).await;
}

#[tokio::test]
async fn a15_cancelled_while_the_code_is_exchanged() {
    let stage = Stage::open().await;
    stage.played.hold(TOKEN);
    let (request, identify) = request(&stage.played);
    let (sign_ins, tab) = sign_ins(&stage.accounts);
    let sign_in = sign_ins.begin(request).unwrap();
    let port = tab.way_back().await;
    let browser = tokio::spawn(async move { tab.come_back("ada").await });
    stage.played.is_asked(TOKEN, 1).await;
    sign_in.cancel();
    is_cancelled(&sign_in).await;
    assert!(is_closed(&port).await);
    stage.nothing_is_left(&identify).await;
    // The browser is not left waiting either.
    browser.await.unwrap();
}

#[tokio::test]
async fn a15_cancelled_while_the_server_is_asked_who_it_was() {
    let stage = Stage::open().await;
    let identify = Arc::new(Silent);
    let request = SignInRequest::new(stage.played.server(), Arc::<Silent>::clone(&identify));
    let (sign_ins, tab) = sign_ins(&stage.accounts);
    let sign_in = sign_ins.begin(request).unwrap();
    let port = tab.way_back().await;
    let browser = tokio::spawn(async move { tab.come_back("ada").await });
    reached(&sign_in, |phase| matches!(phase, Phase::Validating)).await;
    sign_in.cancel();
    is_cancelled(&sign_in).await;
    assert!(is_closed(&port).await);
    stage.nothing_is_left(&identify).await;
    // Tokens that nobody will use are withdrawn.
    stage.played.is_asked(REVOKE, 1).await;
    browser.await.unwrap();
}

#[tokio::test]
async fn a15_cancelled_while_a_code_waits_to_be_entered_elsewhere() {
    let stage = Stage::open().await;
    let (mut request, identify) = request(&stage.played);
    request.way = Way::Code;
    let sign_in = sign_ins(&stage.accounts).0.begin(request).unwrap();
    reached(&sign_in, |phase| matches!(phase, Phase::AwaitingCode)).await;
    assert_eq!(stage.played.asked(DEVICE), 1);
    sign_in.cancel();
    is_cancelled(&sign_in).await;
    // Whoever enters the code now lets nobody in.
    stage.played.now().entered = true;
    stage.nothing_is_left(&identify).await;
}

#[tokio::test]
async fn a15_nobody_came_back_in_time() {
    let stage = Stage::open().await;
    let (mut request, identify) = request(&stage.played);
    request.time = Duration::ZERO;
    let sign_in = sign_ins(&stage.accounts).0.begin(request).unwrap();
    let error = failure(&sign_in).await;
    assert!(matches!(*error, Error::TimedOut), "{error:?}");
    // The browser may not even have been opened by then.
    let back = parameter(&sign_in.link().unwrap(), "redirect_uri");
    assert!(is_closed(&Url::parse(&back).unwrap()).await);
    stage.nothing_is_left(&identify).await;
}

#[tokio::test]
async fn a15_the_program_ends() {
    let stage = Stage::open().await;
    let other = Played::start().await;
    let (sign_ins, tab) = sign_ins(&stage.accounts);
    let mut running = Vec::new();
    for played in [&stage.played, &other] {
        let (request, identify) = request(played);
        tab.forget();
        let sign_in = sign_ins.begin(request).unwrap();
        running.push((sign_in, identify, tab.way_back().await));
    }
    sign_ins.cancel_all();
    for (sign_in, identify, port) in running {
        is_cancelled(&sign_in).await;
        assert!(is_closed(&port).await);
        stage.nothing_is_left(&identify).await;
    }
}

#[tokio::test]
async fn a15_two_at_once_end_each_with_its_own_account() {
    let stage = Stage::open().await;
    let other = Played::start().await;
    let (sign_ins, tab) = sign_ins(&stage.accounts);
    let first = sign_ins.begin(request(&stage.played).0).unwrap();
    let first_page = page_of(&tab).await;
    let second = sign_ins.begin(request(&other).0).unwrap();
    let second_page = page_of(&tab).await;
    assert_ne!(first_page.origin(), second_page.origin());
    // Back in the other order than they were begun.
    come_back_from(&second_page, "bob").await;
    come_back_from(&first_page, "ada").await;
    let (ada, bob) = (
        first.outcome().await.unwrap(),
        second.outcome().await.unwrap(),
    );
    assert_eq!((ada.login.as_str(), bob.login.as_str()), ("ada", "bob"));
    assert_eq!(ada.server, stage.played.server());
    assert_eq!(bob.server, other.server());
}

#[tokio::test]
async fn a15_a_second_one_for_the_same_server_ends_the_first() {
    let stage = Stage::open().await;
    let (sign_ins, tab) = sign_ins(&stage.accounts);
    let (asked, identify) = request(&stage.played);
    let first = sign_ins.begin(asked).unwrap();
    let first_page = page_of(&tab).await;
    let second = sign_ins.begin(request(&stage.played).0).unwrap();
    is_cancelled(&first).await;
    let back = Url::parse(&parameter(&first_page, "redirect_uri")).unwrap();
    assert!(is_closed(&back).await);
    stage.nothing_is_left(&identify).await;
    come_back_from(&page_of(&tab).await, "ada").await;
    assert_eq!(second.outcome().await.unwrap().login, "ada");
}

/// The page that is shown, which is forgotten then.
async fn page_of(tab: &Tab) -> Url {
    let page = tab.page().await;
    tab.forget();
    page
}
