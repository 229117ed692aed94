//! Starting and stopping: what belongs to one running Sifter.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sifter_account::command_line::{CommandLine, Places};
use sifter_account::vault::{Cost, FileState, MemoryKeychain, Patience};
use sifter_account::{Accounts, DEFAULT_SERVICE, SignIns, Vault, VaultStatus};
use sifter_contract::{AppEvent, AppView, DropPhase, KeychainState, Storage, VaultState};
use sifter_library_client::Http;
use sifter_transfer::Engine;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bundles::Bundles;
use crate::events::{EventStream, Hub};
use crate::files::{self, OwnFileError};
use crate::home::Home;
use crate::host::{Host, HostBrowser};
use crate::inspect::{Glance, OpenFiles};
use crate::keys::NotesOfKeys;
use crate::manners::{Schedule, wall_clock};
use crate::network::Reach;
use crate::provider_clients;
use crate::remote_image::KeptImages;
use crate::servers::{Diagnoses, Servers};
use crate::settings::{Settings, SettingsError};
use crate::sign_in::PastedToken;
use crate::signatures::Signatures;
use crate::system;
use crate::tokens::NewTokens;
use crate::transfers::{OpenUploads, Presence, Remotes, SignatureJudge, Stranger};
use crate::tuning::Tuning;
use crate::uploads::Drafts;

/// How long the first frame of the window waits for what it can do without.
const GLANCE: Duration = Duration::from_millis(300);

/// Where secrets are kept.
#[derive(Clone)]
pub enum Secrets {
    /// The keychain of the operating system; in memory where there is none.
    System,
    /// As on a computer that has no keychain: in the vault file if the person makes one, else in memory.
    NoKeychain,
    /// In memory, gone when the program ends; the window is told so.
    Memory,
    /// In memory, as if that were a keychain. This is how the window is tried out without the person's own.
    PlayedKeychain,
    /// A vault of the caller's own. This is how tests survive a restart.
    Vault(Vault),
}

impl Secrets {
    /// Opens that place, for the person that `home` belongs to.
    pub(crate) fn vault(self, home: &Home) -> Vault {
        match self {
            Self::System => Vault::system(DEFAULT_SERVICE).with_file(home.data(), Cost::default()),
            Self::NoKeychain => Vault::session_only().with_file(home.data(), Cost::default()),
            Self::Memory => Vault::session_only(),
            Self::PlayedKeychain => Vault::over(MemoryKeychain::new(), Patience::default()),
            Self::Vault(vault) => vault,
        }
    }
}

/// What a Sifter is told before it starts.
pub struct CoreConfig {
    /// Where everything is kept.
    pub home: Home,
    /// The program around it.
    pub host: Arc<dyn Host>,
    /// Where secrets are kept.
    pub secrets: Secrets,
    /// Where the journal of transfers lies; one running program per folder.
    pub transfers: PathBuf,
    /// Whether things begin by themselves: the local library when the settings say so, and asking every
    /// server how it is. A program that does one thing and ends wants neither.
    pub background: bool,
    /// Whether the signatures of every download are checked before it gets its name.
    pub judge_downloads: bool,
    /// The numbers transfers go by.
    pub tuning: Tuning,
    /// Where the command lines of others keep their files. `None`: nowhere, because this user has no home.
    pub command_line: Option<Places>,
}

impl CoreConfig {
    /// The usual: the system's keychain, transfers in the data folder.
    pub fn new(home: Home, host: Arc<impl Host>) -> Self {
        Self {
            transfers: home.data().to_owned(),
            home,
            host,
            secrets: Secrets::System,
            background: true,
            judge_downloads: true,
            tuning: Tuning::default(),
            command_line: user_home().map(|home| Places::from_environment(&home)),
        }
    }
}

/// Why Sifter could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A folder cannot be made.
    #[error("cannot use the folder {}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The settings cannot be used.
    #[error("cannot use the settings")]
    Settings(#[from] SettingsError),
    /// The list of servers, or the certificates that are believed, cannot be used.
    #[error("cannot use a file of Sifter's own")]
    OwnFile(#[from] OwnFileError),
    /// The accounts cannot be used.
    #[error("cannot use the accounts")]
    Accounts(#[from] sifter_account::Error),
    /// The transfers cannot be used; most often another Sifter is running.
    #[error("cannot use the transfers")]
    Transfers(#[from] sifter_transfer::Error),
}

impl StartError {
    /// Whether another Sifter uses the same folder.
    #[must_use]
    pub fn is_running_already(&self) -> bool {
        matches!(self, Self::Transfers(sifter_transfer::Error::InUse { .. }))
    }
}

/// One running Sifter.
pub struct AppCore {
    pub(crate) home: Home,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) schedule: Arc<Schedule>,
    /// Whether the person looks at the window.
    pub(crate) focus: watch::Sender<bool>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) servers: Arc<Servers>,
    pub(crate) reach: Arc<Reach>,
    pub(crate) diagnoses: Diagnoses,
    pub(crate) accounts: Accounts,
    pub(crate) sign_ins: SignIns,
    pub(crate) engine: Engine,
    pub(crate) open_uploads: Arc<OpenUploads>,
    /// Longer files go up in parts, where the library takes parts.
    pub(crate) multipart_above: u64,
    pub(crate) presence: Arc<Presence>,
    pub(crate) drafts: Drafts,
    pub(crate) signatures: Signatures,
    pub(crate) key_notes: Arc<NotesOfKeys>,
    /// The offline bundles of this session.
    pub(crate) bundles: Bundles,
    /// The files that are open in the inspector.
    pub(crate) open_files: OpenFiles,
    pub(crate) remote_images: KeptImages,
    pub(crate) glance: Glance,
    pub(crate) new_tokens: NewTokens,
    pub(crate) pasted: PastedToken,
    pub(crate) command_line: CommandLine,
    /// The home folder of this user, which paths are shown against.
    pub(crate) user_home: Option<PathBuf>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    container_program: tokio::sync::OnceCell<Option<String>>,
}

impl std::fmt::Debug for AppCore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppCore")
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

/// The home folder of this user.
fn user_home() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned())
}

impl AppCore {
    /// Opens what lies on disk and goes on with what was interrupted. Must be called in a Tokio runtime.
    ///
    /// # Errors
    /// When a folder, the settings, or one of the lists cannot be used, or another Sifter runs on them.
    pub async fn start(config: CoreConfig) -> Result<Arc<Self>, StartError> {
        let CoreConfig {
            home,
            host,
            secrets,
            transfers,
            background,
            judge_downloads,
            tuning,
            command_line,
        } = config;
        for folder in [home.config(), home.data(), &transfers] {
            files::make_private_folder(folder).map_err(|source| StartError::Folder {
                folder: folder.to_owned(),
                source,
            })?;
        }
        let settings = Arc::new(Settings::open(&home)?);
        let hub = Arc::new(Hub::new(settings.view()));
        let vault = secrets.vault(&home);
        let reach = Reach::open(
            &home,
            Arc::clone(&settings),
            vault.clone(),
            host.desktop_proxies(),
        )?;
        let reach = Arc::new(reach);
        let open_vault = reach.recall(false).await;
        let http = Http::default().on(reach.network());
        let accounts = Accounts::open_on(home.config(), vault, http).await?;
        let servers = Arc::new(Servers::open(
            &home,
            accounts.clone(),
            Arc::clone(&hub),
            tuning.silence,
            reach.network(),
        )?);
        servers.set_own_clients(provider_clients::all(&settings));
        if background && settings.start_local_library() {
            servers.start_local_in_background().await;
        }
        let mut options = tuning.engine;
        let patience = options.retry_base;
        options.large_lane = settings.large_lane();
        let signatures = Signatures::new(&home, Arc::clone(&settings), reach.network());
        if judge_downloads {
            options.judge = Some(Arc::new(SignatureJudge {
                signatures: signatures.clone(),
                servers: Arc::clone(&servers),
            }));
        }
        let remotes = Arc::new(Remotes::new(
            Arc::clone(&servers),
            tuning.multipart_above,
            tuning.chunk_size,
        ));
        let open_uploads = remotes.open_uploads();
        let engine = Engine::open(&transfers, Arc::<Remotes>::clone(&remotes), options).await?;
        let limited = engine.clone();
        let schedule = Arc::new(Schedule::new(
            Arc::clone(&settings),
            Arc::clone(&hub),
            Box::new(move |limits| limited.set_limits(limits)),
            Box::new(wall_clock),
        ));
        schedule.apply();
        let places = command_line.unwrap_or_else(|| Places::from_environment(home.config()));
        let command_line = CommandLine::new(places, home.config());
        let browser = Arc::new(HostBrowser(Arc::clone(&host)));
        let key_notes = Arc::new(NotesOfKeys::new(home.key_notes_file()));
        let core = Arc::new(Self {
            sign_ins: SignIns::new(accounts.clone(), browser),
            home,
            host,
            settings,
            schedule,
            focus: watch::Sender::new(false),
            hub,
            servers,
            accounts,
            reach,
            diagnoses: Diagnoses::default(),
            engine,
            open_uploads,
            multipart_above: tuning.multipart_above,
            presence: Arc::default(),
            drafts: Drafts::default(),
            signatures,
            key_notes,
            bundles: Bundles::default(),
            open_files: OpenFiles::default(),
            remote_images: KeptImages::default(),
            glance: Glance::default(),
            new_tokens: NewTokens::default(),
            pasted: PastedToken::default(),
            command_line,
            user_home: user_home(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            container_program: tokio::sync::OnceCell::new(),
        });
        core.follow_transfers();
        let stranger = Stranger {
            servers: Arc::clone(&core.servers),
            remotes,
            engine: core.engine.clone(),
            patience,
            stop: core.stop.clone(),
            tasks: core.tasks.clone(),
        };
        stranger.follow();
        core.mind_manners();
        if background {
            core.remind();
            core.lock_unused_vault();
            core.watch_keys();
        }
        core.follow_accounts(background);
        core.follow_keychain();
        if !open_vault {
            core.recall_proxy_password();
        }
        Ok(core)
    }

    /// Ends everything in order: sign-ins, transfers (which go on at the next start), the local library.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.sign_ins.cancel_all();
        if let Err(error) = self.engine.shutdown().await {
            tracing::warn!(error = %error, "the transfers did not stop in order");
        }
        self.tasks.close();
        self.tasks.wait().await;
        self.servers.stop_local().await;
    }

    /// Everything that changes, the present first.
    #[must_use]
    pub fn watch(&self) -> EventStream {
        self.hub.subscribe()
    }

    /// Files are being dragged over the window; positions in CSS pixels.
    pub fn drag(&self, phase: DropPhase, files: u32, x: f64, y: f64) {
        self.hub.moment(AppEvent::Drag { phase, files, x, y });
    }

    /// Files were dropped on the window, or handed over by the system. The window hears of the sheet.
    pub async fn drop_files(&self, paths: Vec<PathBuf>, x: f64, y: f64) {
        self.hub.moment(AppEvent::Drag {
            phase: DropPhase::Leave,
            files: 0,
            x,
            y,
        });
        if !paths.is_empty() {
            let sheet = self.sheet_of(paths).await;
            self.hub.handed_over(AppEvent::Dropped { sheet, x, y });
        }
    }

    /// Files were handed over by the system. One is looked at, several are for an upload.
    pub async fn open_paths(&self, paths: Vec<PathBuf>) {
        match <[PathBuf; 1]>::try_from(paths) {
            Ok([path]) => {
                let file_id = self.open_files.add(path);
                self.hub.handed_over(AppEvent::Opened { file_id });
            }
            Err(paths) => self.drop_files(paths, 0.0, 0.0).await,
        }
    }

    /// What the window needs to draw its frame.
    pub(crate) async fn view(&self) -> AppView {
        // A desktop may run a script to answer, which the first frame does not wait for.
        let uses_proxy = tokio::time::timeout(GLANCE, self.reach.proxy_in_use());
        let (status, file, uses_proxy, program) = tokio::join!(
            self.accounts.vault().status(),
            self.accounts.vault().file(),
            uses_proxy,
            self.container_program
                .get_or_init(system::container_program)
        );
        let (keychain, storage) = match status {
            VaultStatus::Ready { name } => (KeychainState::Ready, Storage::Keychain { name }),
            VaultStatus::Locked { name } => (KeychainState::Locked, Storage::Keychain { name }),
            VaultStatus::Absent if file == FileState::Open => {
                (KeychainState::Absent, Storage::Vault)
            }
            VaultStatus::Absent => (KeychainState::Absent, Storage::SessionOnly),
        };
        AppView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os: system::os().to_owned(),
            first_run: !self.settings.welcome_done() && self.servers.is_untouched(),
            keychain,
            vault: match file {
                FileState::None => VaultState::None,
                FileState::Closed => VaultState::Closed,
                FileState::Open => VaultState::Open,
            },
            storage,
            container_program: program.clone(),
            uses_proxy: uses_proxy.is_ok_and(|proxy| proxy.is_some()),
            settings: self.settings.view(),
        }
    }
}
