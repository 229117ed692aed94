//! Signatures of images and the keys behind them: verify, sign, and look after keys.
//!
//! Keys are looked for in the order of the command-line tools: the administrator's keyrings, the person's own, then
//! key servers. What a server sends is kept for times without a network, and earns no trust.

mod bundle;
mod check;
mod cosign;
mod ecl;
mod exchange;
mod keys;
mod lending;
mod places;
mod reasons;
mod recheck;
mod servers;
mod sign;
mod status;
mod trust;
mod verify;
mod views;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sifter_contract::{ErrorCode, UiError};
use sifter_library_client::{Http, Network};

use crate::app::{AppCore, Secrets, StartError};
use crate::home::Home;
use crate::network::Reach;
use crate::servers::Servers;
use crate::settings::Settings;

pub use bundle::{Bundle, BundleRequest, BundleStep};
pub(crate) use check::{brief, check};
pub use ecl::{ControlCheck, ControlError};
pub use keys::{ImportReport, KeyDesk, NewKeyRequest};
pub(crate) use servers::{address as key_server_address, host as key_server_host};
pub use sign::SignRequest;
pub use verify::{CertificateFiles, VerifyRequest};

use places::Places;

/// What verifies and signs images on this computer.
#[derive(Debug, Clone)]
pub struct Signatures {
    places: Arc<Places>,
    /// The way to key servers.
    http: Http,
    /// They name the usual key servers.
    settings: Arc<Settings>,
}

impl Signatures {
    /// For a program that needs nothing else of Sifter: with the keys, the settings, the proxy and the trust of the
    /// person that `home` belongs to, and with the keys of the command-line tools. Must be called in a Tokio runtime.
    ///
    /// # Errors
    /// When the settings or the trusted certificates cannot be used.
    pub async fn open(home: &Home) -> Result<Self, StartError> {
        let settings = Arc::new(Settings::open(home)?);
        let reach = Reach::open(
            home,
            Arc::clone(&settings),
            Secrets::System.vault(home),
            None,
        )?;
        // A keychain that is locked is not waited for: most of what is done with keys needs no network.
        reach.recall(false).await;
        Ok(Self::new(home, settings, reach.network()))
    }

    /// Reaches key servers by the ways and with the trust of `network`.
    pub(crate) fn new(home: &Home, settings: Arc<Settings>, network: &Network) -> Self {
        Self {
            places: Arc::new(Places::new(home)),
            http: servers::client(Http::default().on(network)),
            settings,
        }
    }

    /// The person's keys.
    #[must_use]
    pub fn keys(&self) -> KeyDesk {
        KeyDesk::new(self.clone())
    }

    /// The key servers that are asked when no others are named, in their order: those of the settings, else the ones
    /// that everybody uses.
    fn usual_servers(&self) -> Vec<String> {
        let named = self.settings.key_servers();
        named.unwrap_or_else(everybodys_servers)
    }
}

impl AppCore {
    /// The address of the key server that belongs to a library, if it has one.
    pub async fn key_server(&self, server_id: &str) -> Option<String> {
        self.servers.key_server(server_id).await
    }
}

/// A key server that is asked for keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownKeyServer {
    pub(crate) address: String,
    /// The connected library that it belongs to.
    pub(crate) library: Option<String>,
}

impl KnownKeyServer {
    /// Its host, as people name it.
    pub(crate) fn host(&self) -> String {
        servers::host(&self.address)
    }
}

/// The key servers that are asked for keys, in their order: those of the connected libraries, then the usual ones.
pub(crate) async fn key_servers(
    libraries: &Servers,
    signatures: &Signatures,
) -> Vec<KnownKeyServer> {
    let mut named: Vec<(String, Option<String>)> = Vec::new();
    for id in libraries.reachable_ids() {
        if let Some(address) = libraries.key_server(&id).await {
            named.push((address, Some(id)));
        }
    }
    let usual = signatures.usual_servers().into_iter();
    named.extend(usual.map(|address| (address, None)));
    let mut all: Vec<KnownKeyServer> = Vec::new();
    for (text, library) in named {
        // A library may name anything, and a person may have mistyped one; the others are asked all the same.
        let Ok(address) = servers::address(&text) else {
            continue;
        };
        let address = address.as_str().to_owned();
        if !all.iter().any(|known| known.address == address) {
            all.push(KnownKeyServer { address, library });
        }
    }
    all
}

/// The addresses of key servers.
pub(crate) fn addresses_of(servers: &[KnownKeyServer]) -> Vec<String> {
    servers
        .iter()
        .map(|server| server.address.clone())
        .collect()
}

/// The key servers that everybody uses, in the order in which they are asked.
pub(crate) fn everybodys_servers() -> Vec<String> {
    servers::DEFAULT_SERVERS.map(str::to_owned).to_vec()
}

/// Does blocking work on a thread of its own, which is told to stop when nobody waits for it any more.
async fn apart<T: Send + 'static>(
    work: impl FnOnce(&AtomicBool) -> Result<T, UiError> + Send + 'static,
) -> Result<T, UiError> {
    struct StopWhenDropped(Arc<AtomicBool>);
    impl Drop for StopWhenDropped {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = StopWhenDropped(Arc::default());
    let heard = Arc::clone(&stop.0);
    let done = tokio::task::spawn_blocking(move || work(&heard)).await;
    // A thread ends without an answer only when it has panicked.
    done.map_err(|error| UiError::new(ErrorCode::Internal).details(error.to_string()))?
}

/// The name of a file, for sentences about it.
fn shown(path: &std::path::Path) -> String {
    crate::uploads::file_name(path)
}

/// Paths from the environment: set, and not empty.
fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
