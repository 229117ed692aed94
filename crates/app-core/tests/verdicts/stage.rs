//! A library with images that are signed in every way, and a Sifter that fetches them.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sifter_app_core::{AppCore, BoxFuture, CoreConfig, Home, Host, LOCAL_ID, Notice, Secrets};
use sifter_contract::requests::{Download, ImageRef, ServerConnect, Upload};
use sifter_contract::{
    Api, ClashPolicy, FileCheck, LibraryPath, Nothing, Phase, SignWith, TransferView, UploadItem,
};
use sifter_sif::Stamp;
use sifter_signing::openpgp::{KeyAlgorithm, KeyStore, NewKey, SecretKey, Time};
use sifter_signing::{ImageSigner, Selection, sign};
use sifter_test_support::{SifBuilder, SpawnedLibrary, spawn_library};
use tempfile::TempDir;
use url::Url;

/// A host whose dialogs answer what a test has put there.
#[derive(Default)]
pub(crate) struct Dialogs {
    pub(crate) files: Mutex<VecDeque<PathBuf>>,
    pub(crate) saves: Mutex<VecDeque<PathBuf>>,
    pub(crate) folders: Mutex<VecDeque<PathBuf>>,
    /// What was shown in the file manager.
    pub(crate) revealed: Mutex<Vec<PathBuf>>,
    pub(crate) notices: Mutex<Vec<Notice>>,
}

impl Host for Dialogs {
    fn open_url(&self, _: &Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn choose_files(&self) -> BoxFuture<'_, Vec<PathBuf>> {
        let file = self.files.lock().unwrap().pop_front();
        Box::pin(std::future::ready(file.into_iter().collect()))
    }
    fn choose_folder<'a>(&'a self, _: &'a Path) -> BoxFuture<'a, Option<PathBuf>> {
        let folder = self.folders.lock().unwrap().pop_front();
        Box::pin(std::future::ready(folder))
    }
    fn choose_save<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<PathBuf>> {
        let file = self.saves.lock().unwrap().pop_front();
        Box::pin(std::future::ready(file))
    }
    fn reveal(&self, path: &Path) -> std::io::Result<()> {
        self.revealed.lock().unwrap().push(path.to_owned());
        Ok(())
    }
    fn copy_text(&self, _: &str) -> std::io::Result<()> {
        Ok(())
    }
    fn notify(&self, notice: Notice) {
        self.notices.lock().unwrap().push(notice);
    }
}

pub(crate) struct Stage {
    pub(crate) folder: TempDir,
    pub(crate) core: Arc<AppCore>,
    pub(crate) host: Arc<Dialogs>,
    pub(crate) server_id: String,
    pub(crate) library: SpawnedLibrary,
}

/// A key made now, or some time ago.
pub(crate) fn key(name: &str, expires: Option<i64>) -> SecretKey {
    let now = Time::now().0;
    let new = NewKey {
        name: name.to_owned(),
        algorithm: KeyAlgorithm::Ed25519,
        expires: expires.map(|seconds| Time(now + seconds)),
        created: Time(now - 100_000),
    };
    SecretKey::generate(&new, None).unwrap()
}

impl Stage {
    /// With key servers of which none answers.
    pub(crate) async fn new() -> Self {
        Self::with_settings("key_servers = [\"http://127.0.0.1:1\"]\n").await
    }

    pub(crate) async fn with_settings(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("home/config");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("settings.toml"), settings).unwrap();
        let library = spawn_library().await.unwrap();
        let host = Arc::new(Dialogs::default());
        let core = start(folder.path(), &host).await;
        let connect = ServerConnect {
            address: library.base_url(),
            allow_http: false,
        };
        let server_id = core.server_connect(connect).await.unwrap().id;
        let token = library.token().to_owned().into();
        core.accept_token(&server_id, token).await.unwrap();
        Self {
            folder,
            core,
            host,
            server_id,
            library,
        }
    }

    /// Somebody else who has connected the same library and is not signed in there.
    pub(crate) async fn second(&self) -> (Arc<AppCore>, Arc<Dialogs>) {
        let folder = self.path("second");
        let config = folder.join("home/config");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("settings.toml"), "key_servers = []\n").unwrap();
        let host = Arc::new(Dialogs::default());
        let core = start(&folder, &host).await;
        let connect = ServerConnect {
            address: self.library.base_url(),
            allow_http: false,
        };
        core.server_connect(connect).await.unwrap();
        (core, host)
    }

    /// Ends Sifter and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.core.shutdown().await;
        self.core = start(self.folder.path(), &self.host).await;
    }

    pub(crate) async fn end(self) {
        self.core.shutdown().await;
        drop(self.library);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn downloads(&self) -> PathBuf {
        self.path("home/downloads")
    }

    /// The names in the download folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.downloads()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// An image, signed by `key`.
    pub(crate) fn image(&self, name: &str, key: Option<&SecretKey>) -> PathBuf {
        let path = self.path(name);
        let built = SifBuilder::new().label("name", name).build(&path);
        built.unwrap();
        if let Some(key) = key {
            let passphrase = None;
            let signer = ImageSigner::OpenPgp { key, passphrase };
            sign(&path, &Selection::all(), signer, Stamp::Deterministic).unwrap();
        }
        path
    }

    /// Opens an image in the inspector, and returns the id that it has there.
    pub(crate) async fn opened(&self, path: PathBuf) -> String {
        self.host.files.lock().unwrap().push_back(path);
        let chosen = self.core.inspect_choose(Nothing {}).await;
        chosen.unwrap().remove(0)
    }

    /// Changes what is signed in an image.
    pub(crate) fn alter(&self, path: &Path) {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[5] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }

    /// The keys that the person trusts.
    pub(crate) fn trusted(&self) -> KeyStore {
        KeyStore::new(self.path("home/config/keys"))
    }

    /// The keys that have been met.
    pub(crate) fn met(&self) -> KeyStore {
        KeyStore::new(self.path("home/config/keys/fetched"))
    }

    /// Publishes an image under `container:1` and removes the file, which would not be fetched otherwise.
    pub(crate) async fn publish(&self, file: &Path, container: &str) {
        self.upload(file, container, None).await;
        std::fs::remove_file(file).unwrap();
    }

    pub(crate) async fn upload(&self, file: &Path, container: &str, sign: Option<SignWith>) {
        let upload = self.sheet(file, container, sign).await;
        let id = self.core.upload_start(upload).await.unwrap().remove(0);
        ended(&self.core, &id).await;
    }

    pub(crate) async fn sheet(
        &self,
        file: &Path,
        container: &str,
        sign: Option<SignWith>,
    ) -> Upload {
        let sheet = self.core.sheet_of(vec![file.to_owned()]).await;
        Upload {
            sign,
            server_id: self.server_id.clone(),
            items: vec![UploadItem {
                file_id: sheet.files[0].id.clone(),
                path: place(container),
                tags: vec!["1".to_owned()],
                description: String::new(),
                private: false,
            }],
            sheet_id: sheet.id,
        }
    }

    /// Downloads `container:1` and waits for its end.
    pub(crate) async fn download(&self, container: &str) -> TransferView {
        self.download_as(container, ClashPolicy::Ask).await
    }

    pub(crate) async fn download_as(&self, container: &str, clash: ClashPolicy) -> TransferView {
        self.download_by(&self.core, container, clash).await
    }

    /// The same for somebody else who has connected the library.
    pub(crate) async fn download_by(
        &self,
        core: &AppCore,
        container: &str,
        clash: ClashPolicy,
    ) -> TransferView {
        let image = ImageRef {
            server_id: library_of(core).await,
            path: place(container),
            tag: "1".to_owned(),
            arch: "amd64".to_owned(),
        };
        let download = Download { image, clash };
        let id = core.download_start(download).await.unwrap();
        ended(core, &id).await
    }

    /// A transfer as it is now.
    pub(crate) async fn transfer(&self, id: &str) -> TransferView {
        let list = self.core.transfer_list(Nothing {}).await.unwrap();
        let mut history = list.history.into_iter();
        history.find(|view| view.id == id).unwrap()
    }
}

/// The id under which somebody has connected the library.
async fn library_of(core: &AppCore) -> String {
    let servers = core.server_list(Nothing {}).await.unwrap().into_iter();
    let mut connected = servers.filter(|server| server.id != LOCAL_ID);
    connected.next().unwrap().id
}

/// Waits until a transfer is done, and returns it.
async fn ended(core: &AppCore, id: &str) -> TransferView {
    let mut events = core.watch();
    loop {
        let list = core.transfer_list(Nothing {}).await.unwrap();
        if let Some(stopped) = list.attention.iter().find(|view| view.id == id) {
            panic!("{:?}", stopped.phase);
        }
        let done = |view: &&TransferView| view.id == id && matches!(view.phase, Phase::Done { .. });
        if let Some(view) = list.history.iter().find(done) {
            return view.clone();
        }
        events.next().await.unwrap();
    }
}

pub(crate) fn place(container: &str) -> LibraryPath {
    LibraryPath {
        entity: "tester".to_owned(),
        collection: "default".to_owned(),
        container: container.to_owned(),
    }
}

/// The verdict of a download, which there always is.
pub(crate) fn check(view: &TransferView) -> &FileCheck {
    view.check.as_ref().expect("every download is judged")
}

async fn start(folder: &Path, host: &Arc<Dialogs>) -> Arc<AppCore> {
    let home = Home::at(folder.join("home"));
    let mut config = CoreConfig::new(home, Arc::<Dialogs>::clone(host));
    config.secrets = Secrets::PlayedKeychain;
    config.background = false;
    AppCore::start(config).await.unwrap()
}
