//! Starting and stopping a library.

use std::fs::File;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, Db};
use crate::error::Error;
use crate::listen;
use crate::people;
use crate::routes;
use crate::settings;
use crate::signed_url::SigningKey;
use crate::state::AppState;
use crate::sweep;
use crate::tickets::{self, Ticket};

/// How long requests may go on after a stop was asked for.
const GRACE: Duration = Duration::from_secs(3);

/// Starts libraries.
#[derive(Debug)]
pub struct LibraryServer;

/// A library that is answering. Dropping it stops it without waiting; [`RunningLibrary::shutdown`] waits.
#[derive(Debug)]
pub struct RunningLibrary {
    state: AppState,
    base_url: Url,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    /// Held for as long as the library runs, so that no second one uses the same folder.
    _lock: File,
}

impl LibraryServer {
    /// Opens the data folder, binds the address and begins to answer.
    ///
    /// # Errors
    /// When the folder cannot be used or is being served already, the database is from a newer version,
    /// the owner's name makes no entity name, there are providers but no address they can send browsers
    /// back to, or the address is taken.
    pub async fn start(config: Config) -> Result<RunningLibrary, Error> {
        Self::start_at(config, Clock::system()).await
    }

    /// [`LibraryServer::start`] with a clock of the caller's choice.
    pub(crate) async fn start_at(config: Config, clock: Clock) -> Result<RunningLibrary, Error> {
        people::entity_name(&config.owner.login)?;
        let is_private = config.listen.ip().is_loopback();
        if !config.providers.is_empty() && config.public_url.is_none() && !is_private {
            return Err(Error::NoPublicUrl);
        }
        make_private_folder(&config.data_dir)?;
        let lock = lock(&config.data_dir)?;
        let db = Db::open(&database_path(&config.data_dir))?;
        let signing_key = db.call(|connection| SigningKey::load(connection)).await?;
        let blobs = Blobs::open(&config.data_dir.join("blobs"))?;

        let address = config.listen;
        let refused = |source| Error::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let local = listener.local_addr().map_err(refused)?;
        let base_url = base_url(&config, local)?;

        let owner = config.owner.clone();
        db.write(move |c| settings::remember_owner(c, &owner))
            .await?;

        let state = AppState::new(config, clock, db, blobs, signing_key, local);
        let stop = CancellationToken::new();
        let app = routes::app(state.clone());
        let tasks = vec![
            tokio::spawn(listen::answer(listener, app, stop.clone(), GRACE)),
            tokio::spawn(sweep::keep_tidy(state.clone(), stop.clone())),
        ];
        tracing::info!(%local, "library is answering");
        Ok(RunningLibrary {
            state,
            base_url,
            stop,
            tasks,
            _lock: lock,
        })
    }
}

impl RunningLibrary {
    /// Where clients find the library: the public address, or the one that was bound. No trailing slash
    /// is added to a path.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The address that was bound.
    #[must_use]
    pub fn local_address(&self) -> SocketAddr {
        self.state.local_address()
    }

    /// Makes a one-time ticket for the sign-in page, good for five minutes and only for the
    /// authorization request with this PKCE challenge.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mint_ticket(&self, code_challenge: &str) -> Result<Ticket, Error> {
        let (clock, challenge) = (self.state.clock().clone(), code_challenge.to_owned());
        self.state
            .db()
            .call(move |connection| tickets::mint(connection, &clock, Some(&challenge)))
            .await
    }

    /// Takes back the ticket for the authorization request with this PKCE challenge: the sign-in was given
    /// up, and its page must not offer to go on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn withdraw_ticket(&self, code_challenge: &str) -> Result<(), Error> {
        let challenge = code_challenge.to_owned();
        self.state
            .db()
            .call(move |connection| tickets::withdraw(connection, &challenge))
            .await
    }

    /// Stops: no new requests, a few seconds for the ones under way, then the rest is cut off.
    /// Unfinished uploads stay on disk.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        for task in self.tasks.drain(..) {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task of the library ended badly");
            }
        }
    }
}

impl Drop for RunningLibrary {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Where the database of a data folder is.
pub(crate) fn database_path(data_dir: &Path) -> PathBuf {
    data_dir.join("library.db")
}

/// Opens the database of a data folder, served or not, making both if needed.
pub(crate) fn open_database(data_dir: &Path) -> Result<Connection, Error> {
    make_private_folder(data_dir)?;
    db::connect(&database_path(data_dir))
}

fn make_private_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(Error::disk(folder))
}

fn lock(data_dir: &Path) -> Result<File, Error> {
    let path = data_dir.join("library.lock");
    let file = File::create(&path).map_err(Error::disk(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::AlreadyServed(data_dir.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(Error::Disk { path, source }),
    }
}

/// What to tell people: the public address, else the bound one (loopback if that is "any address").
fn base_url(config: &Config, local: SocketAddr) -> Result<Url, Error> {
    if let Some(url) = &config.public_url {
        return Ok(url.clone());
    }
    let ip = if local.ip().is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        local.ip()
    };
    let text = format!("http://{}", SocketAddr::new(ip, local.port()));
    Url::parse(&text).map_err(|_| Error::Corrupt("address"))
}
