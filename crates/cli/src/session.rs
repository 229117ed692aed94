//! One command's engine: where it keeps things, which server it speaks to, and as whom.
//!
//! With a token file the engine lives in a folder that is gone afterwards, so that the token and its account touch
//! neither the keychain nor the lists of the app. Without one it uses the accounts that the app uses. The journal
//! of transfers is always the command's own: a running app keeps its journal, and commands may run side by side.

mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sifter_app_core::{AppCore, CoreConfig, Home, LogGuard, Secrets};
use sifter_contract::requests::{ServerConnect, ServerRef, TransferRef};
use sifter_contract::{Api as _, Nothing, ServerState, ServerView};
use tempfile::TempDir;

use crate::args::Options;
use crate::failure::Failure;
use crate::host::Terminal;
use crate::output::note;
use crate::stop::Stop;
use crate::token_file;
use crate::vault;
use server::names_server;
pub(crate) use server::{DEFAULT_ADDRESS, known, token_of_whom, usage};

/// How long the end of a command waits for a server that has to be told.
const PATIENCE: Duration = Duration::from_secs(3);

/// An engine for one command.
pub(crate) struct Engine {
    pub(crate) core: Arc<AppCore>,
    _scratch: TempDir,
}

impl Engine {
    /// The engine over the accounts and servers that the app uses.
    pub(crate) async fn of_this_person(options: &Options) -> Result<Self, Failure> {
        let scratch = scratch()?;
        let home = home(options)?;
        let mut config = CoreConfig::new(home, Arc::new(Terminal));
        config.transfers = scratch.path().to_owned();
        config.background = false;
        // `pull` fetches and `verify` says whether to use it, as with the command-line tools.
        config.judge_downloads = false;
        Ok(Self {
            core: AppCore::start(config).await?,
            _scratch: scratch,
        })
    }

    /// An engine that knows nobody and leaves nothing behind.
    pub(crate) async fn of_nobody() -> Result<Self, Failure> {
        let scratch = scratch()?;
        let mut config = CoreConfig::new(Home::at(scratch.path()), Arc::new(Terminal));
        config.secrets = Secrets::Memory;
        config.background = false;
        config.judge_downloads = false;
        Ok(Self {
            core: AppCore::start(config).await?,
            _scratch: scratch,
        })
    }

    /// The session with a server, or the end of both when there is none.
    async fn with_server(self, server: Result<ServerView, Failure>) -> Result<Session, Failure> {
        match server {
            Ok(server) => Ok(Session {
                engine: self,
                server,
            }),
            Err(failure) => {
                self.close().await;
                Err(failure)
            }
        }
    }

    /// Finds out what is at an address.
    pub(crate) async fn connect(&self, address: &str) -> Result<ServerView, Failure> {
        let request = ServerConnect {
            address: address.to_owned(),
            allow_http: false,
        };
        Ok(self.core.server_connect(request).await?)
    }

    /// Gives up what is unfinished, tells the servers, and stops.
    pub(crate) async fn close(self) {
        // Whoever does not answer in time hears of it from its own clean-up.
        let _ = tokio::time::timeout(PATIENCE, self.give_up()).await;
        let _ = tokio::time::timeout(PATIENCE, self.core.shutdown()).await;
    }

    async fn give_up(&self) {
        let list = self.core.transfer_list(Nothing {}).await;
        let list = list.unwrap_or_default();
        let open = list
            .active
            .into_iter()
            .chain(list.queued)
            .chain(list.attention);
        for transfer in open {
            let transfer_id = transfer.id;
            // A transfer that has ended meanwhile is what was wanted.
            let _ = self.core.transfer_cancel(TransferRef { transfer_id }).await;
        }
        self.core.uploads_settled().await;
    }
}

/// An engine and the server that the command is about.
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) server: ServerView,
}

impl Session {
    /// Opens the server that the options, or the host of a reference, name.
    pub(crate) async fn open(options: &Options, host: Option<&str>) -> Result<Self, Failure> {
        let address = options.server.as_deref().or(host);
        let session = match &options.token_file {
            Some(path) => Self::with_token(path, address).await,
            None => Self::with_accounts(options, address).await,
        }?;
        match host {
            Some(host) if !names_server(host, &session.server) => {
                let other = server::mismatch(host, &session.server);
                session.engine.close().await;
                Err(other)
            }
            _ => Ok(session),
        }
    }

    async fn with_token(path: &Path, address: Option<&str>) -> Result<Self, Failure> {
        let address = address.ok_or_else(server::token_of_whom)?;
        let token = token_file::read(path)?;
        let engine = Engine::of_nobody().await?;
        let server = async {
            let server = engine.connect(address).await?;
            Ok(engine.core.accept_token(&server.id, token).await?)
        }
        .await;
        engine.with_server(server).await
    }

    async fn with_accounts(options: &Options, address: Option<&str>) -> Result<Self, Failure> {
        let engine = Engine::of_this_person(options).await?;
        let servers = engine.core.server_list(Nothing {}).await;
        if let Some(server) = known(&servers.unwrap_or_default(), address) {
            let opened = if server::keeps_in_vault(&server) {
                vault::open(&engine.core, options).await
            } else {
                Ok(())
            };
            return engine.with_server(opened.map(|()| server)).await;
        }
        // Looking at a foreign server does not add it to the app.
        engine.close().await;
        let engine = Engine::of_nobody().await?;
        let server = engine.connect(address.unwrap_or(DEFAULT_ADDRESS)).await;
        engine.with_server(server).await
    }

    /// Does something with the server and ends in order, whatever comes of it.
    pub(crate) async fn with<T>(
        options: &Options,
        host: Option<&str>,
        stop: &Stop,
        work: impl AsyncFnOnce(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let session = stop.or(Self::open(options, host)).await?;
        let done = stop.or(work(&session)).await;
        session.engine.close().await;
        done
    }

    /// The server as it is now; it is asked unless that has just been done.
    pub(crate) async fn refreshed(&self) -> Result<ServerView, Failure> {
        if self.server.state != ServerState::Unknown {
            return Ok(self.server.clone());
        }
        let server_id = self.server.id.clone();
        Ok(self.core().server_refresh(ServerRef { server_id }).await?)
    }

    pub(crate) fn core(&self) -> &AppCore {
        &self.engine.core
    }
}

/// Where this person's Sifter keeps things.
pub(crate) fn home(options: &Options) -> Result<Home, Failure> {
    let home = match &options.home {
        Some(folder) => std::path::absolute(folder).ok().map(Home::at),
        None => Home::from_environment(),
    };
    home.ok_or_else(|| {
        Failure::said(
            "storage_failed",
            "This computer names no home folder for you. Name one with --home or SIFTER_HOME.",
        )
    })
}

/// A folder that is gone when the command ends.
pub(crate) fn scratch() -> Result<TempDir, Failure> {
    tempfile::Builder::new()
        .prefix("sifter-cli-")
        .tempdir()
        .map_err(|error| {
            let folder = std::env::temp_dir();
            Failure::said(
                "storage_failed",
                format!(
                    "The folder {} for temporary files cannot be used ({error}). Name another one with TMPDIR.",
                    folder.display()
                ),
            )
        })
}

/// Keeps a log for as long as the answer lives. The command line keeps none unless `SIFTER_LOG` asks for it.
pub(crate) fn log(options: &Options) -> Option<LogGuard> {
    std::env::var_os("SIFTER_LOG")?;
    let started = sifter_app_core::start_log(home(options).ok()?.logs());
    if let Err(error) = &started {
        note(&format!("Warning: no log is written ({error})."));
    }
    started.ok()
}
