//! A Sifter whose desktop is played, and a library that is reached by TLS only.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use sifter_account::Vault;
use sifter_account::vault::{MemoryKeychain, Patience};
use sifter_app_core::{AppCore, BoxFuture, CoreConfig, Home, Host, Notice, Secrets};
use sifter_contract::requests::{ServerConnect, ServerRef};
use sifter_contract::{
    Api as _, AppEvent, CheckKind, CheckOutcome, Diagnose, DiagnosisView, NetworkView, Nothing,
    ServerView, ShownCertificate, UiError,
};
use sifter_test_support::{SpawnedLibrary, TlsFront, TlsIdentity, spawn_library_with};

/// A clipboard, and a dialog for files of certificates.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) clipboard: Mutex<String>,
    pub(crate) chosen: Mutex<Option<PathBuf>>,
}

impl Host for Played {
    fn open_url(&self, _: &url::Url) -> io::Result<()> {
        Ok(())
    }
    fn choose_files(&self) -> BoxFuture<'_, Vec<PathBuf>> {
        let file = self.chosen.lock().unwrap().take();
        Box::pin(std::future::ready(file.into_iter().collect()))
    }
    fn choose_certificate(&self) -> BoxFuture<'_, Option<PathBuf>> {
        let file = self.chosen.lock().unwrap().take();
        Box::pin(std::future::ready(file))
    }
    fn reveal(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn copy_text(&self, text: &str) -> io::Result<()> {
        text.clone_into(&mut self.clipboard.lock().unwrap());
        Ok(())
    }
    fn read_clipboard(&self) -> Option<SecretString> {
        Some(self.clipboard.lock().unwrap().as_str().into())
    }
    fn notify(&self, _: Notice) {}
}

pub(crate) struct Stage {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) core: Arc<AppCore>,
    pub(crate) host: Arc<Played>,
    vault: Vault,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::over(MemoryKeychain::new(), Patience::default());
        let host = Arc::new(Played::default());
        let core = start(folder.path(), &host, &vault).await;
        Self {
            folder,
            core,
            host,
            vault,
        }
    }

    /// Quits and starts again.
    pub(crate) async fn restart(&mut self) {
        self.core.shutdown().await;
        self.core = start(self.folder.path(), &self.host, &self.vault).await;
    }

    /// Writes a file and makes the next dialog answer it.
    pub(crate) fn will_choose(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        *self.host.chosen.lock().unwrap() = Some(path);
    }

    pub(crate) async fn connect(&self, address: &str) -> Result<ServerView, UiError> {
        let request = ServerConnect {
            address: address.to_owned(),
            allow_http: false,
        };
        self.core.server_connect(request).await
    }

    /// Connects to a library whose certificate a person has to accept, and returns the id of the server.
    pub(crate) async fn connect_trusting(&self, lab: &Secured) -> String {
        let refused = self.connect(&lab.url()).await.unwrap_err();
        self.trust(&refused).await.unwrap();
        self.connect(&lab.url()).await.unwrap().id
    }

    /// Signs in with the token of a library, which is pasted.
    pub(crate) async fn sign_in(&self, server_id: &str, library: &SpawnedLibrary) -> ServerView {
        library
            .token()
            .clone_into(&mut self.host.clipboard.lock().unwrap());
        let server_id = server_id.to_owned();
        self.core
            .sign_in_paste_token(ServerRef { server_id })
            .await
            .unwrap()
    }

    pub(crate) async fn refresh(&self, id: &str) -> ServerView {
        let server_id = id.to_owned();
        self.core
            .server_refresh(ServerRef { server_id })
            .await
            .unwrap()
    }

    pub(crate) async fn network(&self) -> NetworkView {
        self.core.network_get(Nothing {}).await.unwrap()
    }

    /// Accepts the certificate that an error tells of.
    pub(crate) async fn trust(&self, error: &UiError) -> Result<NetworkView, UiError> {
        self.core.certificate_trust(shown(error)).await
    }

    pub(crate) async fn diagnose_server(&self, id: &str) -> DiagnosisView {
        self.diagnose(Some(id), None).await
    }

    pub(crate) async fn diagnose_address(&self, address: &str) -> DiagnosisView {
        self.diagnose(None, Some(address)).await
    }

    async fn diagnose(&self, id: Option<&str>, address: Option<&str>) -> DiagnosisView {
        let mut events = self.core.watch();
        let request = Diagnose {
            server_id: id.map(str::to_owned),
            address: address.map(str::to_owned),
            allow_http: false,
        };
        let begun = self.core.diagnosis_start(request).await.unwrap();
        while let Some(event) = events.next().await {
            if let AppEvent::Diagnosis { diagnosis } = event
                && diagnosis.id == begun.id
                && diagnosis.done
            {
                return diagnosis;
            }
        }
        panic!("the events ended before the diagnosis did");
    }
}

async fn start(folder: &Path, host: &Arc<Played>, vault: &Vault) -> Arc<AppCore> {
    let home = Home::at(folder.join("sifter"));
    let mut config = CoreConfig::new(home, Arc::clone(host));
    config.secrets = Secrets::Vault(vault.clone());
    config.background = false;
    config.command_line = None;
    AppCore::start(config).await.unwrap()
}

/// What an error tells of a certificate.
pub(crate) fn shown(error: &UiError) -> ShownCertificate {
    let text = |key: &str| match &error.params[key] {
        sifter_contract::Param::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    };
    ShownCertificate {
        host: text("host"),
        fingerprint: text("fingerprint"),
    }
}

/// What was found about one thing, on whichever host.
pub(crate) fn outcome(view: &DiagnosisView, kind: CheckKind) -> &CheckOutcome {
    let checks = view.hosts.iter().flat_map(|host| &host.checks);
    let mut found = checks.filter(|check| check.kind == kind);
    &found.next().unwrap().outcome
}

pub(crate) fn error(view: &DiagnosisView, kind: CheckKind) -> &UiError {
    match outcome(view, kind) {
        CheckOutcome::Bad { error } => error,
        other => panic!("{kind:?}: {other:?}"),
    }
}

pub(crate) fn is_good(view: &DiagnosisView, kind: CheckKind) -> bool {
    matches!(outcome(view, kind), CheckOutcome::Good { .. })
}

/// All that is bad.
pub(crate) fn bad(view: &DiagnosisView) -> Vec<CheckKind> {
    let checks = view.hosts.iter().flat_map(|host| &host.checks);
    checks
        .filter(|check| matches!(check.outcome, CheckOutcome::Bad { .. }))
        .map(|check| check.kind)
        .collect()
}

/// The real library behind TLS. It names itself by `host`.
pub(crate) struct Secured {
    pub(crate) front: TlsFront,
    pub(crate) library: SpawnedLibrary,
}

impl Secured {
    pub(crate) async fn start(identity: TlsIdentity) -> Self {
        let front = TlsFront::start(identity).await.unwrap();
        let url = front.url();
        Self::behind(front, &url).await
    }

    pub(crate) async fn behind(front: TlsFront, url: &str) -> Self {
        let public = url.parse().unwrap();
        let library = spawn_library_with(|config| config.public_url = Some(public));
        let library = library.await.unwrap();
        front.pass_to(library.address());
        Self { front, library }
    }

    pub(crate) fn url(&self) -> String {
        self.front.url()
    }
}

pub(crate) fn own() -> TlsIdentity {
    TlsIdentity::self_signed(&["localhost"], |_| {}).unwrap()
}
