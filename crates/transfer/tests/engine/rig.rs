//! An engine, a library and folders, ready for a test.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sifter_transfer::{
    ClashPolicy, Engine, EngineOptions, Error, Phase, PullRequest, PushRequest, ServerKey,
    TransferError, TransferId, TransferView,
};

use crate::fake::Fake;

/// Longer (of the test's own time) than anything that is expected to happen.
const PATIENCE: Duration = Duration::from_secs(100 * 60 * 60);

/// How long a state is looked for again and again, where nothing tells that it has come.
const LOOKING: Duration = Duration::from_secs(60 * 60);

pub(crate) struct Rig {
    folder: tempfile::TempDir,
    pub(crate) fake: Fake,
    pub(crate) options: EngineOptions,
    engine: Option<Engine>,
}

impl Rig {
    /// Small parts and buffers; hanging calls hang for ever unless a test says otherwise.
    pub(crate) async fn new() -> Self {
        let options = EngineOptions {
            range_size: 1000,
            buffer_size: 300,
            idle_timeout: PATIENCE * 2,
            // As many as there are at first, unless a test says otherwise.
            most_parallel_parts: 1,
            small_below: 5000,
            ..EngineOptions::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let rig = Self {
            folder,
            fake: Fake::default(),
            options,
            engine: None,
        };
        std::fs::create_dir(rig.downloads()).unwrap();
        rig.started().await
    }

    async fn started(mut self) -> Self {
        self.open().await;
        self
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.downloads().join("x.sif")
    }

    /// Opens the engine, waiting for an earlier one to let go.
    pub(crate) async fn open(&mut self) {
        for _ in 0..10_000 {
            let factory = Arc::new(self.fake.clone());
            match Engine::open(&self.data(), factory, self.options.clone()).await {
                Ok(engine) => {
                    self.engine = Some(engine);
                    return;
                }
                Err(Error::InUse { .. }) => tokio::task::yield_now().await,
                Err(error) => panic!("cannot open the engine: {error:?}"),
            }
        }
        panic!("the earlier engine does not let go of its journal");
    }

    /// Drops the engine as a crash would, and opens it again.
    pub(crate) async fn crash(&mut self) {
        self.engine = None;
        self.fake.state().acknowledged.clear();
        self.fake.state().acknowledged_rows.clear();
        self.open().await;
    }

    /// Lets the library look into the journal at every request.
    pub(crate) fn watch_journal(&self) {
        let connection = rusqlite::Connection::open(self.data().join("transfers.db")).unwrap();
        self.fake.state().journal = Some(connection);
    }

    /// Keeps the engine from writing its journal for as long as the connection lives.
    pub(crate) fn hold_journal(&self) -> rusqlite::Connection {
        let journal = rusqlite::Connection::open(self.data().join("transfers.db")).unwrap();
        journal.execute_batch("BEGIN IMMEDIATE").unwrap();
        journal
    }

    /// Makes every change of a transfer in the journal fail from now on.
    pub(crate) fn break_journal(&self) {
        let journal = rusqlite::Connection::open(self.data().join("transfers.db")).unwrap();
        journal
            .execute_batch(
                "CREATE TRIGGER broken BEFORE UPDATE ON transfers
                 BEGIN SELECT RAISE(FAIL, 'the disk is broken'); END",
            )
            .unwrap();
    }

    /// Writes a file to push.
    pub(crate) fn source(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("source.sif");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) async fn push(&self, file: &Path) -> TransferId {
        self.engine().push(push_request(file)).await.unwrap()
    }

    pub(crate) async fn pull(&self, clash: ClashPolicy) -> TransferId {
        self.engine().pull(self.pull_request(clash)).await.unwrap()
    }

    pub(crate) fn pull_request(&self, clash: ClashPolicy) -> PullRequest {
        PullRequest {
            server: ServerKey::new("fake"),
            account: None,
            reference: "e/c/x:latest".to_owned(),
            arch: "amd64".to_owned(),
            folder: self.downloads(),
            file_name: "x.sif".to_owned(),
            clash,
            size_hint: None,
        }
    }

    pub(crate) fn view(&self, id: TransferId) -> TransferView {
        self.engine().snapshot().get(id).unwrap().clone()
    }

    /// Waits until a transfer is as `wanted`. Looks at the transfer itself: what was published last
    /// may be older than the command that was just answered.
    pub(crate) async fn until(
        &self,
        id: TransferId,
        wanted: impl Fn(&TransferView) -> bool,
    ) -> TransferView {
        let mut watch = self.engine().watch();
        let waiting = async {
            loop {
                watch.borrow_and_update();
                let view = self.view(id);
                if wanted(&view) {
                    return view;
                }
                watch.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(view) => view,
            Err(_) => panic!("never came to be as wanted: {:#?}", self.view(id)),
        }
    }

    /// Waits until nothing more happens to a transfer without its user.
    pub(crate) async fn at_rest(&self, id: TransferId) -> TransferView {
        self.until(id, |view| {
            matches!(
                view.phase,
                Phase::Done { .. } | Phase::NeedsAttention { .. } | Phase::Cancelled
            )
        })
        .await
    }

    /// Waits until the library is as `wanted`.
    pub(crate) async fn until_fake(&self, wanted: impl Fn(&Fake) -> bool) {
        let waiting = async {
            while !wanted(&self.fake) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(LOOKING, waiting)
            .await
            .expect("the library never got there");
    }

    /// The names in the download folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(self.downloads())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn assert_no_violations(&self) {
        assert_eq!(self.fake.state().violations, Vec::<String>::new());
    }
}

pub(crate) fn push_request(file: &Path) -> PushRequest {
    PushRequest {
        file: file.to_owned(),
        server: ServerKey::new("fake"),
        account: None,
        path: "e/c/x".to_owned(),
        tags: vec!["latest".to_owned(), "1.0".to_owned()],
        arch: "amd64".to_owned(),
        description: None,
        private: false,
    }
}

/// Bytes that differ from place to place.
pub(crate) fn image(size: usize) -> Vec<u8> {
    (0..size)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 7) as u8)
        .collect()
}

/// The problem of a transfer that stopped.
pub(crate) fn error_of(view: &TransferView) -> TransferError {
    match &view.phase {
        Phase::NeedsAttention { failure } => failure.error.clone(),
        other => panic!("expected a problem, found {other:?}"),
    }
}
