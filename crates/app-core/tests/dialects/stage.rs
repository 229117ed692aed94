//! A library, a front that changes what it says, and a Sifter that knows only the front.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sifter_app_core::{AppCore, CoreConfig, Home, Secrets, Target, Tuning};
use sifter_contract::requests::{ImageRef, ServerConnect, Upload};
use sifter_contract::{
    Api as _, AppEvent, Capabilities, ClashPolicy, LibraryPath, Nothing, Phase, TransferView,
    UploadItem, UploadPlan,
};
use sifter_library_server::Config;
use sifter_test_support::{
    BuiltSif, Dialect, Front, SifBuilder, SpawnedLibrary, spawn_library_with,
};
use sifter_transfer::EngineOptions;
use tempfile::TempDir;

use crate::nobody::Nobody;

/// Bytes of a part, and of a range.
pub(crate) const PART: u64 = 256 << 10;
/// A transfer that has not come so far by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// Small parts and little patience.
fn tuning() -> Tuning {
    Tuning {
        engine: EngineOptions {
            parallel_parts: 2,
            most_parallel_parts: 2,
            range_size: PART,
            buffer_size: 64 << 10,
            max_attempts: 4,
            retry_base: Duration::from_millis(20),
            retry_ceiling: Duration::from_millis(50),
            update_interval: Duration::from_millis(10),
            free_space_margin: 0,
            ..EngineOptions::default()
        },
        multipart_above: PART,
        ..Tuning::default()
    }
}

pub(crate) async fn start(home: &Path) -> Arc<AppCore> {
    let mut config = CoreConfig::new(Home::at(home), Arc::new(Nobody));
    config.secrets = Secrets::Memory;
    config.background = false;
    config.tuning = tuning();
    AppCore::start(config).await.unwrap()
}

/// A Sifter that is signed in to the server at an address; answers the server's id.
async fn signed_in(home: &Path, address: &str, token: &str) -> (Arc<AppCore>, String) {
    let core = start(home).await;
    let connect = ServerConnect {
        address: address.to_owned(),
        allow_http: false,
    };
    let server = core.server_connect(connect).await.unwrap();
    let accepted = core.accept_token(&server.id, token.to_owned().into());
    accepted.await.unwrap();
    (core, server.id)
}

/// A library whose parts are as small as ours.
pub(crate) async fn library(change: impl FnOnce(&mut Config)) -> SpawnedLibrary {
    let smaller = |config: &mut Config| {
        config.uploads.part_size = Some(PART);
        config.uploads.smallest_multipart = PART;
        change(config);
    };
    spawn_library_with(smaller).await.unwrap()
}

pub(crate) struct Stage {
    pub(crate) library: SpawnedLibrary,
    pub(crate) front: Front,
    pub(crate) core: Arc<AppCore>,
    pub(crate) server_id: String,
    folder: TempDir,
}

impl Stage {
    /// A signed-in Sifter before a library that speaks a dialect.
    pub(crate) async fn new(dialect: Dialect) -> Self {
        let library = library(|_| ()).await;
        let foreign = dialect.before(&library).await.unwrap();
        let address = foreign.front.base_url();
        Self::at(library, foreign.front, &address, &foreign.token).await
    }

    /// The same for any front, reached at `address`.
    pub(crate) async fn at(
        library: SpawnedLibrary,
        front: Front,
        address: &str,
        token: &str,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (core, server_id) = signed_in(&folder.path().join("home"), address, token).await;
        Self {
            library,
            front,
            core,
            server_id,
            folder,
        }
    }

    /// Another Sifter takes over, which knows nothing of the server.
    pub(crate) async fn change_sifter(&mut self, token: &str) {
        self.core.shutdown().await;
        let (home, address) = (self.path("other"), self.front.base_url());
        (self.core, self.server_id) = signed_in(&home, &address, token).await;
    }

    /// The same Sifter after a restart; nobody is signed in.
    pub(crate) async fn restart(&mut self) {
        self.core.shutdown().await;
        self.core = start(&self.path("home")).await;
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new image of a few parts, the last one short.
    pub(crate) fn image(&self, builder: SifBuilder, seed: u64) -> BuiltSif {
        let path = self.path(&format!("{seed}.sif"));
        builder
            .filled(3 * PART + PART / 3, seed)
            .build(path)
            .unwrap()
    }

    async fn upload(&self, file: &Path, change: impl FnOnce(&mut UploadItem)) -> Upload {
        let sheet = self.core.sheet_of(vec![file.to_owned()]).await;
        let mut item = UploadItem {
            file_id: sheet.files[0].id.clone(),
            path: place(),
            tags: vec!["1".to_owned()],
            description: String::new(),
            private: false,
        };
        change(&mut item);
        Upload {
            sign: None,
            server_id: self.server_id.clone(),
            items: vec![item],
            sheet_id: sheet.id,
        }
    }

    /// What uploading a file under the tag `1` would do.
    pub(crate) async fn plan(&self, file: &Path) -> UploadPlan {
        let upload = self.upload(file, |_| ()).await;
        self.core.upload_plan(upload).await.unwrap()
    }

    /// Uploads a file under the tag `1`, and waits until that has ended, well or not.
    pub(crate) async fn push(&self, file: &Path) -> TransferView {
        self.push_as(file, |_| ()).await
    }

    pub(crate) async fn push_as(
        &self,
        file: &Path,
        change: impl FnOnce(&mut UploadItem),
    ) -> TransferView {
        let upload = self.upload(file, change).await;
        let id = self.core.upload_start(upload).await.unwrap().remove(0);
        self.wait(&id, has_ended).await
    }

    /// Uploads a file and removes it here: what is on this computer would not be fetched.
    pub(crate) async fn push_away(&self, image: &BuiltSif) -> TransferView {
        let view = self.push(&image.path).await;
        std::fs::remove_file(&image.path).unwrap();
        view
    }

    /// Downloads what lies under the tag `1`; answers how that ended, and the digest of the file.
    pub(crate) async fn pull(&self, arch: &str) -> (TransferView, String) {
        let image = ImageRef {
            server_id: self.server_id.clone(),
            path: place(),
            tag: "1".to_owned(),
            arch: arch.to_owned(),
        };
        let target = Target {
            folder: self.folder.path().to_owned(),
            file_name: Some("pulled.sif".to_owned()),
        };
        let pulled = self
            .core
            .download_to(&image, target, ClashPolicy::Replace)
            .await;
        let view = self.wait(&pulled.unwrap(), has_ended).await;
        let digest = Sha256::digest(std::fs::read(self.path("pulled.sif")).unwrap());
        let digits = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        (view, digits)
    }

    /// Waits until a transfer is as `state` wants it.
    pub(crate) async fn wait(
        &self,
        id: &str,
        state: impl Fn(&TransferView) -> bool,
    ) -> TransferView {
        let mut events = self.core.watch();
        let mut last = None;
        let waiting = async {
            while let Some(event) = events.next().await {
                let AppEvent::Transfers { list } = event else {
                    continue;
                };
                let rows = [list.active, list.queued, list.attention, list.history];
                last = rows.into_iter().flatten().find(|view| view.id == id);
                if let Some(view) = last.take_if(|view| state(view)) {
                    return Some(view);
                }
            }
            None
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found.unwrap(),
            Err(_) => panic!("waiting in vain: {last:#?}"),
        }
    }

    /// What is known of the server.
    pub(crate) async fn capabilities(&self) -> Capabilities {
        let servers = self.core.server_list(Nothing {}).await.unwrap();
        let server = servers.into_iter().find(|one| one.id == self.server_id);
        server.unwrap().capabilities
    }

    pub(crate) async fn close(self) {
        self.core.shutdown().await;
        self.library.shutdown().await;
    }
}

pub(crate) fn place() -> LibraryPath {
    LibraryPath {
        entity: "tester".to_owned(),
        collection: "dialects".to_owned(),
        container: "image".to_owned(),
    }
}

fn has_ended(view: &TransferView) -> bool {
    matches!(
        view.phase,
        Phase::Done { .. } | Phase::NeedsAttention { .. } | Phase::Cancelled
    )
}

/// Whether a transfer ended well.
pub(crate) fn is_done(view: &TransferView) -> bool {
    matches!(view.phase, Phase::Done { .. })
}

/// The code of what a transfer stopped for.
pub(crate) fn code(view: &TransferView) -> Option<sifter_contract::ErrorCode> {
    match &view.phase {
        Phase::NeedsAttention { error } => Some(error.code),
        _ => None,
    }
}
