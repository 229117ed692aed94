//! A Sifter with a played browser and clipboard, and the pages of the library as a person uses them.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use secrecy::{ExposeSecret as _, SecretString};
use sifter_app_core::{
    AppCore, CommandLinePlaces, CoreConfig, EventStream, Home, Host, Notice, Secrets, Tuning,
};
use sifter_contract::requests::{ServerConnect, SignInStart, Upload};
use sifter_contract::{
    Api as _, AppEvent, LibraryPath, Nothing, ServerView, SignInHow, SignInPhase, SignInView,
    TransferView, UploadItem,
};
use sifter_test_support::SifBuilder;
use tokio::sync::watch;
use url::Url;

/// A clipboard, and a browser that keeps what it was shown.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) clipboard: Mutex<String>,
    /// How often the clipboard was read.
    pub(crate) reads: AtomicUsize,
    /// There is no browser.
    pub(crate) browserless: Mutex<bool>,
    pub(crate) opened: watch::Sender<Option<Url>>,
}

impl Host for Played {
    fn open_url(&self, url: &Url) -> io::Result<()> {
        if *self.browserless.lock().unwrap() {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.opened.send_replace(Some(url.clone()));
        Ok(())
    }
    fn copy_text(&self, text: &str) -> io::Result<()> {
        text.clone_into(&mut self.clipboard.lock().unwrap());
        Ok(())
    }
    fn read_clipboard(&self) -> Option<SecretString> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        Some(self.clipboard.lock().unwrap().as_str().into())
    }
    fn notify(&self, _: Notice) {}
}

/// One Sifter and the home of its person.
pub(crate) struct Stage {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) core: Arc<AppCore>,
    pub(crate) host: Arc<Played>,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        Self::tuned(|_| {}).await
    }

    /// With other numbers for transfers.
    pub(crate) async fn tuned(change: impl FnOnce(&mut Tuning)) -> Self {
        Self::configured(|config| change(&mut config.tuning)).await
    }

    /// Told otherwise before it starts.
    pub(crate) async fn configured(change: impl FnOnce(&mut CoreConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::new(Played::default());
        let home = Home::at(folder.path().join("sifter"));
        let mut config = CoreConfig::new(home, Arc::<Played>::clone(&host));
        config.secrets = Secrets::PlayedKeychain;
        config.background = false;
        config.command_line = Some(CommandLinePlaces {
            singularity: folder.path().join(".singularity"),
            apptainer: folder.path().join(".apptainer"),
            system: Vec::new(),
            credentials: vec![folder.path().join(".docker/config.json")],
            programs: Vec::new(),
        });
        change(&mut config);
        let core = AppCore::start(config).await.unwrap();
        Self { folder, core, host }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn clipboard(&self) -> String {
        self.host
            .read_clipboard()
            .unwrap()
            .expose_secret()
            .to_owned()
    }

    pub(crate) async fn connect(&self, address: &str) -> ServerView {
        let request = ServerConnect {
            address: address.to_owned(),
            allow_http: false,
        };
        self.core.server_connect(request).await.unwrap()
    }

    pub(crate) async fn server(&self, id: &str) -> ServerView {
        let servers = self.core.server_list(Nothing {}).await.unwrap();
        servers.into_iter().find(|server| server.id == id).unwrap()
    }

    /// The library on this computer, signed in through the browser.
    pub(crate) async fn signed_in_here(&self) -> ServerView {
        let server = self.core.server_start_local(Nothing {}).await.unwrap();
        self.approved(&server.id, None).await;
        self.server(&server.id).await
    }

    /// Signs in through the browser, for some scopes; the link that the browser was shown.
    pub(crate) async fn approved(&self, server_id: &str, scopes: Option<&str>) -> Url {
        let mut events = self.core.watch();
        self.host.opened.send_replace(None);
        let mut opened = self.host.opened.subscribe();
        let started = self.start_for(server_id, SignInHow::Browser, scopes).await;
        let link = opened.wait_for(Option::is_some).await.unwrap().clone();
        let link = link.unwrap();
        approve(&link).await;
        let end = ended(&mut events, &started.id).await;
        assert_eq!(end.phase, SignInPhase::Done, "{end:?}");
        link
    }

    pub(crate) async fn start(&self, server_id: &str, how: SignInHow, another: bool) -> SignInView {
        let request = SignInStart {
            server_id: server_id.to_owned(),
            how,
            another,
            provider: None,
            scopes: None,
        };
        self.core.sign_in_start(request).await.unwrap()
    }

    pub(crate) async fn start_for(
        &self,
        server_id: &str,
        how: SignInHow,
        scopes: Option<&str>,
    ) -> SignInView {
        let request = SignInStart {
            server_id: server_id.to_owned(),
            how,
            another: false,
            provider: None,
            scopes: scopes.map(str::to_owned),
        };
        self.core.sign_in_start(request).await.unwrap()
    }

    /// Begins to upload an image of about `bytes`; its transfer and its exact size.
    pub(crate) async fn upload(&self, server_id: &str, owner: &str, bytes: u64) -> (String, u64) {
        let image = SifBuilder::new().filled(bytes, 1);
        let image = image.build(self.path("image.sif")).unwrap();
        let sheet = self.core.sheet_of(vec![image.path.clone()]).await;
        let upload = Upload {
            sign: None,
            server_id: server_id.to_owned(),
            items: vec![UploadItem {
                file_id: sheet.files[0].id.clone(),
                path: LibraryPath {
                    entity: owner.into(),
                    collection: "long".into(),
                    container: "image".into(),
                },
                tags: vec!["1".into()],
                description: String::new(),
                private: false,
            }],
            sheet_id: sheet.id,
        };
        let transfer = self.core.upload_start(upload).await.unwrap().remove(0);
        (transfer, image.size)
    }
}

/// Waits until a sign-in is in a phase.
pub(crate) async fn reached(
    events: &mut EventStream,
    id: &str,
    wanted: impl Fn(&SignInView) -> bool,
) -> SignInView {
    while let Some(event) = events.next().await {
        match event {
            AppEvent::SignIn { sign_in } if sign_in.id == id && wanted(&sign_in) => return sign_in,
            _ => {}
        }
    }
    panic!("the events ended before the sign-in got there");
}

/// Waits until a transfer has ended or needs somebody.
pub(crate) async fn settled(events: &mut EventStream, id: &str) -> TransferView {
    loop {
        let event = events.next().await.unwrap();
        let AppEvent::Transfers { list } = event else {
            continue;
        };
        let at_rest = [list.attention, list.history].concat();
        if let Some(view) = at_rest.into_iter().find(|view| view.id == id) {
            return view;
        }
    }
}

/// Waits until a transfer is in its library.
pub(crate) async fn arrived(events: &mut EventStream, id: &str) -> TransferView {
    loop {
        let view = settled(events, id).await;
        if matches!(view.phase, sifter_contract::Phase::Done { .. }) {
            return view;
        }
    }
}

/// Waits until a sign-in is over.
pub(crate) async fn ended(events: &mut EventStream, id: &str) -> SignInView {
    let is_over = |view: &SignInView| {
        matches!(
            view.phase,
            SignInPhase::Done | SignInPhase::Failed | SignInPhase::Cancelled
        )
    };
    reached(events, id, is_over).await
}

pub(crate) fn browser() -> reqwest::Client {
    let builder = sifter_library_client::http::client_builder();
    let builder = builder.no_proxy().tls_certs_only([]);
    builder
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Presses "Continue as …" on the page that a link leads to.
async fn approve(link: &Url) {
    let browser = browser();
    let page = browser
        .get(link.clone())
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("Continue as"), "{page}");
    let mut form = hidden_fields(&page);
    form.push(("decision".to_owned(), "allow".to_owned()));
    let target = link.join("authorize").unwrap();
    let answer = browser.post(target).form(&form).send().await.unwrap();
    let back = answer.headers()[reqwest::header::LOCATION]
        .to_str()
        .unwrap();
    let back = browser.get(back).send().await.unwrap();
    assert!(back.status().is_success());
}

/// Names and values of the hidden fields of a page.
pub(crate) fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1).unwrap();
        let value = value.split('"').next().unwrap();
        value.replace("&quot;", "\"").replace("&amp;", "&")
    };
    // A page may have several forms with the same fields.
    let fields: BTreeMap<_, _> = page
        .split("<input type=\"hidden\"")
        .skip(1)
        .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
        .collect();
    fields.into_iter().collect()
}
