//! A library, a proxy before it, and a Sifter that knows only the proxy.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sifter_app_core::{AppCore, CoreConfig, Home, Target, Tuning};
use sifter_contract::requests::{ImageRef, ServerConnect, TransferRef, Upload};
use sifter_contract::{
    Api as _, AppEvent, ClashPolicy, LibraryPath, Nothing, Phase, ServerView, TransferView,
    UiError, UploadItem,
};
use sifter_library_server::Config;
use sifter_test_support::{
    BuiltSif, Exchange, FaultProxy, OciFront, Registry, Sessions, SifBuilder, SpawnedLibrary,
    spawn_library_with,
};
use sifter_transfer::EngineOptions;
use tempfile::TempDir;

use crate::nobody::Nobody;

/// Bytes of a part, and of a range.
pub(crate) const PART: u64 = 1 << 20;
/// Bytes of an image beside its header: a few parts, the last one short.
pub(crate) const FILLING: u64 = 4 * PART + PART / 3;
/// Parts in flight at once.
pub(crate) const PARALLEL: usize = 2;
/// Tries of a request before the person is asked.
pub(crate) const TRIES: u32 = 5;
/// Where the library takes bytes, and where it gives them.
pub(crate) const TAKES: &str = "/signed/upload/";
pub(crate) const GIVES: &str = "/signed/image/";
/// The same of a registry; a blob's digest follows where it gives.
pub(crate) const REGISTRY_TAKES: &str = "/blobs/uploads/";
pub(crate) const REGISTRY_GIVES: &str = "/blobs/sha256:";
/// No description of an image is longer, in bytes.
const MOST_OF_A_CONFIG: u64 = 4 << 10;
/// A transfer that has not ended by then never will.
const PATIENCE: Duration = Duration::from_secs(90);

/// How a file travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// In one piece.
    Single,
    /// In parts.
    Parts,
    /// In chunks into the registry behind the library, and in ranges out of it.
    Oci,
    /// The same, where the registry forgets an upload whose chunk broke off.
    Fragile,
}

impl Mode {
    /// Whether it can be played on this machine. Says so where not.
    pub(crate) fn is_possible(self) -> bool {
        let possible = self.sessions().is_none() || Registry::is_installed();
        if !possible {
            eprintln!("skipped: docker-registry is not installed");
        }
        possible
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Parts => "parts",
            Self::Oci => "oci",
            Self::Fragile => "fragile",
        }
    }

    fn sessions(self) -> Option<Sessions> {
        match self {
            Self::Single | Self::Parts => None,
            Self::Oci => Some(Sessions::Lasting),
            Self::Fragile => Some(Sessions::Fragile),
        }
    }
}

/// The engine as the app has it, with small parts and little patience.
pub(crate) fn tuning(mode: Mode, silence: Duration) -> Tuning {
    let (range_size, multipart_above) = match mode {
        Mode::Single => (u64::MAX, u64::MAX),
        Mode::Parts | Mode::Oci | Mode::Fragile => (PART, PART),
    };
    Tuning {
        engine: EngineOptions {
            parallel_parts: PARALLEL,
            most_parallel_parts: PARALLEL,
            range_size,
            buffer_size: 64 << 10,
            max_attempts: TRIES,
            retry_base: Duration::from_millis(40),
            retry_ceiling: Duration::from_millis(150),
            idle_timeout: silence,
            update_interval: Duration::from_millis(20),
            free_space_margin: 0,
            ..EngineOptions::default()
        },
        multipart_above,
        chunk_size: PART,
        silence,
    }
}

/// Its secrets are gone when it ends unless `keys` names a file for them.
pub(crate) async fn start(home: &Path, tuning: Tuning, keys: Option<&Path>) -> Arc<AppCore> {
    let mut config = CoreConfig::new(Home::at(home), Arc::new(Nobody));
    config.secrets = match keys {
        Some(file) => sifter_app_core::Secrets::Vault(crate::keys::vault(file)),
        None => sifter_app_core::Secrets::Memory,
    };
    config.background = false;
    config.tuning = tuning;
    AppCore::start(config).await.unwrap()
}

/// Connects a library and signs in to it; answers its id.
pub(crate) async fn sign_in(core: &AppCore, address: &str, token: &str) -> String {
    let request = ServerConnect {
        address: address.to_owned(),
        allow_http: false,
    };
    let server = core.server_connect(request).await.unwrap();
    core.accept_token(&server.id, token.to_owned().into())
        .await
        .unwrap();
    server.id
}

fn place() -> LibraryPath {
    LibraryPath {
        entity: "tester".to_owned(),
        collection: "survive".to_owned(),
        container: "image".to_owned(),
    }
}

/// Starts a push; answers its id.
pub(crate) async fn push(core: &AppCore, server_id: &str, file: &Path) -> String {
    push_as(core, server_id, file, false).await
}

/// Starts a push, into a private container if asked for; answers its id.
pub(crate) async fn push_as(core: &AppCore, server_id: &str, file: &Path, private: bool) -> String {
    let sheet = core.sheet_of(vec![file.to_owned()]).await;
    let upload = Upload {
        sign: None,
        server_id: server_id.to_owned(),
        items: vec![UploadItem {
            file_id: sheet.files[0].id.clone(),
            path: place(),
            tags: vec!["1".to_owned()],
            description: String::new(),
            private,
        }],
        sheet_id: sheet.id,
    };
    core.upload_start(upload).await.unwrap().remove(0)
}

/// Starts a pull to a file, over what is there; answers its id.
pub(crate) async fn pull(core: &AppCore, server_id: &str, to: &Path) -> Result<String, UiError> {
    let image = ImageRef {
        server_id: server_id.to_owned(),
        path: place(),
        tag: "1".to_owned(),
        arch: "amd64".to_owned(),
    };
    let target = Target {
        folder: to.parent().unwrap().to_owned(),
        file_name: Some(to.file_name().unwrap().to_str().unwrap().to_owned()),
    };
    core.download_to(&image, target, ClashPolicy::Replace).await
}

/// Waits until a transfer is as `state` wants it.
pub(crate) async fn wait(
    core: &AppCore,
    id: &str,
    state: impl Fn(&TransferView) -> bool,
) -> TransferView {
    let mut events = core.watch();
    let mut last = None;
    let waiting = async {
        while let Some(event) = events.next().await {
            let AppEvent::Transfers { list } = event else {
                continue;
            };
            let rows = [list.active, list.queued, list.attention, list.history];
            let Some(view) = rows.into_iter().flatten().find(|view| view.id == id) else {
                continue;
            };
            if state(&view) {
                return Some(view);
            }
            last = Some(view);
        }
        None
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(found) => found.unwrap(),
        Err(_) => panic!("waiting in vain: {last:#?}"),
    }
}

/// Waits for the end of a transfer, good or bad.
pub(crate) async fn end(core: &AppCore, id: &str) -> Phase {
    let ended = |view: &TransferView| {
        matches!(
            view.phase,
            Phase::Done { .. } | Phase::NeedsAttention { .. } | Phase::Cancelled
        )
    };
    wait(core, id, ended).await.phase
}

/// An end in a word.
pub(crate) fn told(phase: &Phase) -> String {
    match phase {
        Phase::Done { how } => format!("{how:?}"),
        Phase::NeedsAttention { error } => format!("{:?}", error.code),
        other => format!("{other:?}"),
    }
}

/// Bytes of bodies that crossed the line where the library takes or gives bytes.
pub(crate) fn moved(exchanges: &[Exchange]) -> u64 {
    let bytes = exchanges.iter().map(|exchange| {
        let is_chunk = exchange.target.contains(REGISTRY_TAKES) && exchange.method == "PATCH";
        let is_blob = exchange.target.contains(REGISTRY_GIVES)
            && (exchange.range.is_some() || exchange.response_bytes > MOST_OF_A_CONFIG);
        if exchange.target.contains(TAKES) || is_chunk {
            exchange.request_bytes
        } else if exchange.target.contains(GIVES) || is_blob {
            exchange.response_bytes
        } else {
            0
        }
    });
    bytes.sum()
}

/// SHA-256 of a file, in hexadecimal digits.
pub(crate) fn hash(file: &Path) -> String {
    let digest = Sha256::digest(std::fs::read(file).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All of it together.
pub(crate) struct Stage {
    pub(crate) library: SpawnedLibrary,
    pub(crate) proxy: FaultProxy,
    pub(crate) core: Arc<AppCore>,
    pub(crate) server_id: String,
    folder: TempDir,
    /// The registry before the library, in a mode that has one.
    pub(crate) front: Option<OciFront>,
}

/// The registry of a mode that has one, before a library.
pub(crate) async fn registry_before(library: &SpawnedLibrary, mode: Mode) -> Option<OciFront> {
    let front = OciFront::start(library.address(), mode.sessions()?).await;
    Some(front.unwrap().unwrap())
}

impl Stage {
    pub(crate) async fn new(mode: Mode, tuning: Tuning, change: impl FnOnce(&mut Config)) -> Self {
        let library = spawn_library_with(|config| {
            config.uploads.part_size = Some(PART);
            config.uploads.smallest_multipart = PART;
            change(config);
        })
        .await
        .unwrap();
        let front = registry_before(&library, mode).await;
        let address = front.as_ref().map_or(library.address(), OciFront::address);
        let proxy = FaultProxy::start(address).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let core = start(&folder.path().join("home"), tuning, None).await;
        let server_id = sign_in(&core, &proxy.base_url(), library.token()).await;
        Self {
            library,
            proxy,
            core,
            server_id,
            folder,
            front,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new image on this computer.
    pub(crate) fn image(&self, name: &str, seed: u64) -> BuiltSif {
        let builder = SifBuilder::new().filled(FILLING, seed);
        builder.build(self.path(name)).unwrap()
    }

    /// A new image in the library, and nowhere else: what is on this computer would not be fetched.
    pub(crate) async fn image_there(&self, seed: u64) -> BuiltSif {
        let image = self.image("seed.sif", seed);
        let id = push(&self.core, &self.server_id, &image.path).await;
        let phase = end(&self.core, &id).await;
        assert!(matches!(phase, Phase::Done { .. }), "{phase:?}");
        std::fs::remove_file(&image.path).unwrap();
        image
    }

    pub(crate) async fn push(&self, file: &Path) -> String {
        push(&self.core, &self.server_id, file).await
    }

    pub(crate) async fn pull(&self, to: &Path) -> Result<String, UiError> {
        pull(&self.core, &self.server_id, to).await
    }

    pub(crate) async fn end(&self, id: &str) -> Phase {
        end(&self.core, id).await
    }

    pub(crate) async fn retry(&self, id: &str) {
        let transfer_id = id.to_owned();
        self.core
            .transfer_retry(TransferRef { transfer_id })
            .await
            .unwrap();
        let waits = |view: &TransferView| matches!(view.phase, Phase::NeedsAttention { .. });
        wait(&self.core, id, |view| !waits(view)).await;
    }

    /// Pauses a transfer and waits until it does nothing any more.
    pub(crate) async fn pause(&self, id: &str) {
        let transfer_id = id.to_owned();
        self.core
            .transfer_pause(TransferRef { transfer_id })
            .await
            .unwrap();
        let paused = |view: &TransferView| matches!(view.phase, Phase::Paused);
        wait(&self.core, id, paused).await;
    }

    pub(crate) async fn resume(&self, id: &str) {
        let transfer_id = id.to_owned();
        self.core
            .transfer_resume(TransferRef { transfer_id })
            .await
            .unwrap();
    }

    /// The server as the window shows it.
    pub(crate) async fn server(&self) -> ServerView {
        let servers = self.core.server_list(Nothing {}).await.unwrap();
        let own = servers.into_iter().find(|one| one.id == self.server_id);
        own.unwrap()
    }

    /// The hash of what the library gives under the tag, by a way without faults.
    pub(crate) async fn hash_there(&self) -> Result<String, UiError> {
        self.proxy.clear();
        let file = self.path("check.sif");
        let id = self.pull(&file).await?;
        let phase = self.end(&id).await;
        assert!(matches!(phase, Phase::Done { .. }), "{phase:?}");
        Ok(hash(&file))
    }

    /// Nobody is left working.
    pub(crate) async fn close(self) {
        assert!(self.core.transfer_list(Nothing {}).await.is_ok());
        self.core.shutdown().await;
        self.library.shutdown().await;
    }
}
