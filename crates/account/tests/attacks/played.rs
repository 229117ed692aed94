//! An authorization server that counts what it is asked, answers late when it is told to, and rotates refresh
//! tokens as a strict server does. And a browser that comes back with its codes.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sifter_account::vault::{MemoryKeychain, Patience};
use sifter_account::{
    Account, Accounts, BoxFuture, BrowserOpener, Identify, IdentifyError, Identity, Phase, Server,
    ServerKey, SignIn, SignInRequest, SignIns, Vault,
};
use sifter_test_support::front::{self, Body, Front, Request, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use url::Url;

/// The paths of the server.
pub(crate) const METADATA: &str = "/.well-known/oauth-authorization-server";
pub(crate) const TOKEN: &str = "/token";
pub(crate) const REVOKE: &str = "/revoke";
pub(crate) const DEVICE: &str = "/device";

/// What the server does otherwise than it should, and what it was asked.
#[derive(Default)]
pub(crate) struct Now {
    /// How long access tokens live, in seconds.
    pub(crate) life: u64,
    /// A used refresh token brings its successor again.
    pub(crate) grace: bool,
    /// ID tokens say this person, whoever it is; empty is none.
    pub(crate) id_token_of: Option<String>,
    /// The person has entered the code of the device.
    pub(crate) entered: bool,
    /// Tokens that were withdrawn here.
    pub(crate) revoked: Vec<String>,
    /// What became of each refresh token: its successor once it was used, nothing before.
    refresh: BTreeMap<String, Option<String>>,
    dead: Vec<String>,
    count: u64,
}

/// No accounts yet, over a keychain that a test can look into.
pub(crate) async fn accounts(folder: &Path) -> (Accounts, MemoryKeychain) {
    let keychain = MemoryKeychain::new();
    let vault = Vault::over(keychain.clone(), Patience::default());
    (Accounts::open(folder, vault).await.unwrap(), keychain)
}

/// The running server.
pub(crate) struct Played {
    front: Front,
    now: Arc<Mutex<Now>>,
    /// Paths whose answers are kept back.
    held: watch::Sender<Vec<&'static str>>,
    /// How often each path was asked.
    asked: watch::Sender<HashMap<String, usize>>,
}

impl Played {
    pub(crate) async fn start() -> Self {
        let now = Arc::new(Mutex::new(Now {
            life: 900,
            ..Now::default()
        }));
        let held = watch::Sender::new(Vec::new());
        let asked = watch::Sender::new(HashMap::new());
        let (state, hold, count) = (Arc::clone(&now), held.clone(), asked.clone());
        let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
        let front = Front::start(nobody, move |request: Request, _| {
            let (state, count) = (Arc::clone(&state), count.clone());
            let mut hold = hold.subscribe();
            async move {
                let path = request.uri().path().to_owned();
                count.send_modify(|asked| *asked.entry(path.clone()).or_default() += 1);
                let _ = hold
                    .wait_for(|held| !held.contains(&path.as_str()))
                    .await
                    .unwrap();
                answer(&state, &path, request).await
            }
        });
        Self {
            front: front.await.unwrap(),
            now,
            held,
            asked,
        }
    }

    pub(crate) fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap()
    }

    pub(crate) fn server(&self) -> Server {
        let issuer = Url::parse(&self.front.base_url()).unwrap();
        Server {
            key: ServerKey::new(issuer.as_str()),
            label: "Played".into(),
            issuer: Some(issuer),
            origins: Vec::new(),
        }
    }

    /// Keeps the answers of a path back until [`release`](Self::release).
    pub(crate) fn hold(&self, path: &'static str) {
        self.held.send_modify(|held| held.push(path));
    }

    pub(crate) fn release(&self) {
        self.held.send_modify(Vec::clear);
    }

    /// How often a path was asked.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.asked.borrow().get(path).copied().unwrap_or_default()
    }

    /// Waits until a path was asked that often.
    pub(crate) async fn is_asked(&self, path: &str, times: usize) {
        let mut asked = self.asked.subscribe();
        let wanted =
            |asked: &HashMap<String, usize>| asked.get(path).copied().unwrap_or_default() >= times;
        let _ = asked.wait_for(wanted).await.unwrap();
    }

    /// Signs a person in, through the whole of it.
    pub(crate) async fn signed_in(&self, accounts: &Accounts, person: &str) -> Account {
        let (sign_ins, tab) = sign_ins(accounts);
        let sign_in = sign_ins.begin(self.request()).unwrap();
        tab.come_back(person).await;
        sign_in.outcome().await.unwrap()
    }

    pub(crate) fn request(&self) -> SignInRequest {
        SignInRequest::new(self.server(), Arc::new(AskToken))
    }
}

async fn answer(state: &Mutex<Now>, path: &str, request: Request) -> Response {
    let host = request.headers()["host"].to_str().unwrap().to_owned();
    let base = format!("http://{host}");
    if path == METADATA {
        return front::json(
            200,
            &json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}{TOKEN}"),
                "revocation_endpoint": format!("{base}{REVOKE}"),
                "device_authorization_endpoint": format!("{base}{DEVICE}"),
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": true,
            }),
        );
    }
    let form = form_of(request.into_body()).await;
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut now = state.lock().unwrap();
    match path {
        TOKEN => match field("grant_type").as_str() {
            "authorization_code" => now.grant(&base, &field("code")),
            "refresh_token" => now.renew(&base, &field("refresh_token")),
            _ if now.entered => now.grant(&base, "ada"),
            _ => front::json(400, &json!({ "error": "authorization_pending" })),
        },
        REVOKE => {
            now.revoked.push(field("token"));
            let person = person_of(&field("token")).to_owned();
            now.end(&person);
            front::empty(200)
        }
        DEVICE => front::json(
            200,
            &json!({
                "device_code": "device",
                "user_code": "WXYZ",
                "verification_uri": format!("{base}/enter"),
                "expires_in": 600,
                "interval": 1,
            }),
        ),
        _ => front::empty(404),
    }
}

async fn form_of(body: Body) -> HashMap<String, String> {
    let bytes = front::bytes(body).await;
    url::form_urlencoded::parse(&bytes).into_owned().collect()
}

/// The person in the name of a token: `rt.ada.7`.
fn person_of(token: &str) -> &str {
    token.split('.').nth(1).unwrap_or_default()
}

impl Now {
    fn grant(&mut self, base: &str, person: &str) -> Response {
        self.dead.retain(|dead| dead != person);
        let refresh = self.next("rt", person);
        self.refresh.insert(refresh.clone(), None);
        self.tokens(base, person, &refresh)
    }

    fn renew(&mut self, base: &str, old: &str) -> Response {
        let person = person_of(old).to_owned();
        let refused = || front::json(400, &json!({ "error": "invalid_grant" }));
        let Some(used) = self.refresh.get(old).cloned() else {
            return refused();
        };
        if self.dead.contains(&person) {
            return refused();
        }
        match used {
            None => {
                let successor = self.next("rt", &person);
                self.refresh.insert(old.to_owned(), Some(successor.clone()));
                self.refresh.insert(successor.clone(), None);
                self.tokens(base, &person, &successor)
            }
            Some(successor) if self.grace => self.tokens(base, &person, &successor),
            // A token that is used twice was stolen from somebody.
            Some(_) => {
                self.end(&person);
                refused()
            }
        }
    }

    /// Ends every token of a person.
    pub(crate) fn end(&mut self, person: &str) {
        self.dead.push(person.to_owned());
    }

    fn next(&mut self, kind: &str, person: &str) -> String {
        self.count += 1;
        format!("{kind}.{person}.{}", self.count)
    }

    fn tokens(&mut self, base: &str, person: &str, refresh: &str) -> Response {
        let access = self.next("at", person);
        let mut tokens = json!({
            "access_token": access,
            "token_type": "bearer",
            "expires_in": self.life,
            "refresh_token": refresh,
        });
        if let Some(subject) = &self.id_token_of {
            tokens["id_token"] = id_token(&json!({ "iss": base, "sub": subject })).into();
        }
        front::json(200, &tokens)
    }
}

/// Nobody looks at the signature: it comes straight from the token endpoint.
fn id_token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(&json!({ "alg": "RS256" })), part(claims))
}

/// Whose token it is stands in it.
pub(crate) struct AskToken;

impl Identify for AskToken {
    fn identify<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        let name = person_of(token.expose_secret()).to_owned();
        Box::pin(std::future::ready(Ok(Identity {
            subject: format!("id of {name}"),
            login: name.clone(),
            display: name,
            expires: None,
        })))
    }
}

/// The browser: it keeps the page it was shown.
#[derive(Clone)]
pub(crate) struct Tab(watch::Sender<Option<Url>>);

impl BrowserOpener for Tab {
    fn open(&self, url: &Url) -> io::Result<()> {
        self.0.send_replace(Some(url.clone()));
        Ok(())
    }
}

pub(crate) fn sign_ins(accounts: &Accounts) -> (SignIns, Tab) {
    let tab = Tab(watch::Sender::new(None));
    (SignIns::new(accounts.clone(), Arc::new(tab.clone())), tab)
}

impl Tab {
    /// The page, once it is shown.
    pub(crate) async fn page(&self) -> Url {
        let mut shown = self.0.subscribe();
        let page = shown.wait_for(Option::is_some).await.unwrap();
        page.clone().unwrap()
    }

    /// Waits for another page.
    pub(crate) fn forget(&self) {
        self.0.send_replace(None);
    }

    /// The way back that the page names.
    pub(crate) async fn way_back(&self) -> Url {
        let page = self.page().await;
        Url::parse(&parameter(&page, "redirect_uri")).unwrap()
    }

    /// Comes back with a code for a person. Ends when the sign-in has let go of the browser.
    pub(crate) async fn come_back(&self, person: &str) {
        come_back_from(&self.page().await, person).await;
    }
}

pub(crate) async fn come_back_from(page: &Url, person: &str) {
    let mut back = Url::parse(&parameter(page, "redirect_uri")).unwrap();
    let issuer = page.origin().ascii_serialization();
    back.query_pairs_mut()
        .append_pair("code", person)
        .append_pair("state", &parameter(page, "state"))
        .append_pair("iss", &issuer);
    let host = address_of(&back);
    let target = &back[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

pub(crate) fn parameter(page: &Url, name: &str) -> String {
    let found = page.query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}

/// The address of a port on this machine.
pub(crate) fn address_of(url: &Url) -> SocketAddr {
    url.socket_addrs(|| None).unwrap()[0]
}

/// Waits until a sign-in is in a phase.
pub(crate) async fn reached(sign_in: &SignIn, wanted: impl Fn(&Phase) -> bool) {
    let mut progress = sign_in.progress();
    let _ = progress
        .wait_for(|progress| wanted(&progress.phase))
        .await
        .unwrap();
}

/// A token as text.
pub(crate) fn text(token: &SecretString) -> &str {
    token.expose_secret()
}
