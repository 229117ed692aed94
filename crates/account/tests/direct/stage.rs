//! A provider, a library that knows it, the app between them, and a browser that follows where it is sent.

use std::sync::Arc;

use reqwest::redirect::Policy;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use sifter_account::vault::{MemoryKeychain, Patience};
use sifter_account::{
    Account, Accounts, AtProvider, BoxFuture, BrowserOpener, Error, Identify, IdentifyError,
    Identity, OwnClient, Server, ServerKey, SignInRequest, SignIns, Vault,
};
use sifter_library_server::{Provider, ProviderKind};
use sifter_test_support::{Edit, Habits, IdentityProvider, SpawnedLibrary, Twists};
use tokio::sync::mpsc;
use url::Url;

const ID: &str = "there";

pub(crate) struct Stage {
    pub(crate) idp: IdentityProvider,
    pub(crate) library: SpawnedLibrary,
    pub(crate) accounts: Accounts,
    pub(crate) keychain: MemoryKeychain,
    pub(crate) client: OwnClient,
    sign_ins: SignIns,
    opened: tokio::sync::Mutex<mpsc::UnboundedReceiver<Url>>,
    _folder: tempfile::TempDir,
}

/// Hands the page over to whoever plays the browser.
struct Handed(mpsc::UnboundedSender<Url>);

impl BrowserOpener for Handed {
    fn open(&self, url: &Url) -> std::io::Result<()> {
        self.0.send(url.clone()).map_err(std::io::Error::other)
    }
}

/// Asks the library who somebody is.
struct Ask(String);

impl Identify for Ask {
    fn identify<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> BoxFuture<'a, Result<Identity, IdentifyError>> {
        Box::pin(async move {
            let asked = browser()
                .get(format!("{}/v1/rbac/users/current", self.0))
                .bearer_auth(token.expose_secret())
                .send();
            let answer = asked.await.map_err(|_| IdentifyError::BadResponse)?;
            let text = answer
                .text()
                .await
                .map_err(|_| IdentifyError::BadResponse)?;
            let answer: Value =
                serde_json::from_str(&text).map_err(|_| IdentifyError::BadResponse)?;
            let user = answer.get("data").unwrap_or(&answer);
            let login = user["username"].as_str().ok_or(IdentifyError::Refused)?;
            Ok(Identity {
                subject: login.to_owned(),
                login: login.to_owned(),
                display: login.to_owned(),
                expires: None,
            })
        })
    }
}

fn kind(idp: &IdentityProvider, habits: Habits) -> ProviderKind {
    let origin = Url::parse(&idp.origin()).unwrap();
    match habits {
        Habits::Google => ProviderKind::Google {
            issuer: idp.issuer(),
        },
        Habits::GitLab => ProviderKind::GitLab {
            base: origin.join("/gitlab").unwrap(),
        },
        Habits::Microsoft => ProviderKind::Microsoft {
            authority: origin,
            tenant: "common".into(),
        },
        Habits::GitHub => ProviderKind::GitHub { base: origin },
        Habits::Plain => panic!("not one of the four"),
    }
}

impl Stage {
    pub(crate) async fn new(habits: Habits) -> Self {
        let idp = IdentityProvider::start(habits).await.unwrap();
        let kind = kind(&idp, habits);
        let wants_secret = matches!(habits, Habits::Google | Habits::GitHub);
        let app_secret = SecretString::from(IdentityProvider::APP_CLIENT_SECRET);
        let provider = Provider {
            id: ID.into(),
            label: "There".into(),
            kind: kind.clone(),
            client_id: IdentityProvider::CLIENT_ID.into(),
            client_secret: Some(SecretString::from(IdentityProvider::CLIENT_SECRET)),
            app_client_id: Some(IdentityProvider::APP_CLIENT_ID.into()),
            app_client_secret: matches!(habits, Habits::GitHub).then(|| app_secret.clone()),
            domain: None,
            subjects: None,
        };
        let configured = |config: &mut sifter_library_server::Config| {
            config.providers = vec![provider];
        };
        let library = sifter_test_support::spawn_library_with(configured);
        let library = library.await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let keychain = MemoryKeychain::new();
        let vault = Vault::over(keychain.clone(), Patience::default());
        let accounts = Accounts::open(folder.path(), vault).await.unwrap();
        let (hand, opened) = mpsc::unbounded_channel();
        Self {
            client: OwnClient {
                kind,
                client_id: IdentityProvider::APP_CLIENT_ID.into(),
                client_secret: wants_secret.then_some(app_secret),
            },
            sign_ins: SignIns::new(accounts.clone(), Arc::new(Handed(hand))),
            opened: tokio::sync::Mutex::new(opened),
            idp,
            library,
            accounts,
            keychain,
            _folder: folder,
        }
    }

    pub(crate) fn begin(&self) -> sifter_account::SignIn {
        let base = self.library.base_url();
        let server = Server {
            key: ServerKey::new("lab"),
            label: "lab".into(),
            issuer: Some(Url::parse(&base).unwrap()),
            origins: vec![Url::parse(&base).unwrap()],
        };
        let mut request = SignInRequest::new(server, Arc::new(Ask(base)));
        request.at_provider = Some(AtProvider {
            provider: ID.into(),
            client: self.client.clone(),
        });
        self.sign_ins.begin(request).unwrap()
    }

    /// One sign-in from the button to its end, with a browser that follows every redirect.
    pub(crate) async fn sign_in(&self) -> Result<Account, Arc<Error>> {
        let sign_in = self.begin();
        tokio::select! {
            outcome = sign_in.outcome() => outcome,
            () = self.browse() => sign_in.outcome().await,
        }
    }

    /// Goes where the app sends the browser, and on from there.
    pub(crate) async fn browse(&self) {
        let Some(mut at) = self.opened.lock().await.recv().await else {
            return;
        };
        loop {
            let answer = browser().get(at.clone()).send().await.unwrap();
            let Some(next) = answer.headers().get("location") else {
                return;
            };
            at = at.join(next.to_str().unwrap()).unwrap();
        }
    }

    /// Whether the app sent the browser anywhere since it was asked last.
    pub(crate) async fn has_opened(&self) -> bool {
        self.opened.lock().await.try_recv().is_ok()
    }

    /// Signs in while the provider does this otherwise; the code of the error.
    pub(crate) async fn fails(&self, twists: Twists) -> Arc<Error> {
        self.idp.twist(twists);
        let error = self.sign_in().await.unwrap_err();
        self.idp.twist(Twists::default());
        assert_eq!(self.accounts.list().await.unwrap(), [], "{error}");
        assert_eq!(self.keychain.names(), Vec::<String>::new(), "{error}");
        error
    }
}

fn browser() -> reqwest::Client {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        drop(rustls::crypto::ring::default_provider().install_default());
    }
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .redirect(Policy::none())
        .build()
        .unwrap()
}

pub(crate) fn edit(
    change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static,
) -> Option<Edit> {
    Some(Arc::new(change))
}

pub(crate) fn set(name: &'static str, value: Value) -> Option<Edit> {
    edit(move |object| {
        object.insert(name.to_owned(), value.clone());
    })
}
