//! The library that runs inside Sifter: started when asked, on a port that stays the same so that the
//! command lines people have written keep working.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use sifter_library_server::{
    Config, Error, LibraryServer, Owner, RunningLibrary, Ticket, mint_ticket, withdraw_ticket,
};
use url::Url;

/// The id of the local library among the servers.
pub const LOCAL_ID: &str = "this-computer";
/// What people call it.
pub(crate) const LOCAL_NAME: &str = "This computer";
/// Who owns the library when the system's login name has no letter or digit.
const FALLBACK_LOGIN: &str = "owner";

/// The local library of this installation, running or not.
#[derive(Debug)]
pub(crate) struct LocalLibrary {
    folder: PathBuf,
    /// Held while starting and stopping, so that both happen once.
    running: tokio::sync::Mutex<Option<RunningLibrary>>,
    base: Mutex<Option<Url>>,
}

impl LocalLibrary {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            running: tokio::sync::Mutex::default(),
            base: Mutex::default(),
        }
    }

    /// Its address while it can be used.
    pub(crate) fn base(&self) -> Option<Url> {
        self.lock_base().clone()
    }

    /// Starts the library, preferring `port`. Does nothing when it runs already. When another Sifter on
    /// this computer serves the same folder, that one is used.
    pub(crate) async fn start(&self, port: Option<u16>) -> Result<Url, Error> {
        let mut running = self.running.lock().await;
        if let Some(base) = self.base() {
            return Ok(base);
        }
        let library = match self.start_on(port.unwrap_or(0)).await {
            // Somebody else has the port by now; a new one is better than no library.
            Err(Error::Listen { .. }) if port.is_some() => self.start_on(0).await,
            Err(Error::AlreadyServed(folder)) => match port.and_then(loopback) {
                Some(base) => {
                    *self.lock_base() = Some(base.clone());
                    return Ok(base);
                }
                None => Err(Error::AlreadyServed(folder)),
            },
            other => other,
        }?;
        let base = library.base_url().clone();
        *running = Some(library);
        *self.lock_base() = Some(base.clone());
        Ok(base)
    }

    /// Stops the library, after the requests under way.
    pub(crate) async fn stop(&self) {
        let mut running = self.running.lock().await;
        *self.lock_base() = None;
        if let Some(library) = running.take() {
            library.shutdown().await;
        }
    }

    /// A one-time proof for the sign-in page that this person's Sifter opened it, good for the sign-in with
    /// this PKCE challenge only.
    pub(crate) async fn ticket(&self, code_challenge: &str) -> Result<SecretString, Error> {
        let ticket: Ticket = match self.running.lock().await.as_ref() {
            Some(library) => library.mint_ticket(code_challenge).await?,
            None => {
                let (folder, challenge) = (self.folder.clone(), code_challenge.to_owned());
                tokio::task::spawn_blocking(move || mint_ticket(&folder, Some(&challenge)))
                    .await
                    .map_err(|_| Error::Stopping)??
            }
        };
        Ok(ticket.secret().clone())
    }

    /// Takes the proof for a sign-in back.
    pub(crate) async fn withdraw_ticket(&self, code_challenge: &str) -> Result<(), Error> {
        match self.running.lock().await.as_ref() {
            Some(library) => library.withdraw_ticket(code_challenge).await,
            None => {
                let (folder, challenge) = (self.folder.clone(), code_challenge.to_owned());
                tokio::task::spawn_blocking(move || withdraw_ticket(&folder, &challenge))
                    .await
                    .map_err(|_| Error::Stopping)?
            }
        }
    }

    async fn start_on(&self, port: u16) -> Result<RunningLibrary, Error> {
        let login = login_name();
        match self.start_as(port, &login).await {
            Err(Error::OwnerName) => self.start_as(port, FALLBACK_LOGIN).await,
            other => other,
        }
    }

    async fn start_as(&self, port: u16, login: &str) -> Result<RunningLibrary, Error> {
        let owner = Owner {
            login: login.to_owned(),
            display_name: login.to_owned(),
        };
        let mut config = Config::new(&self.folder, owner);
        config.listen = SocketAddr::from(([127, 0, 0, 1], port));
        LibraryServer::start(config).await
    }

    fn lock_base(&self) -> MutexGuard<'_, Option<Url>> {
        self.base.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn loopback(port: u16) -> Option<Url> {
    Url::parse(&format!("http://127.0.0.1:{port}")).ok()
}

/// The name this person signs in to the computer with.
fn login_name() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|variable| std::env::var(variable).ok())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| FALLBACK_LOGIN.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_library_keeps_its_port_and_makes_do_with_another_when_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let library = LocalLibrary::new(folder.path().join("library"));
        let first = library.start(None).await.unwrap();
        assert_eq!(
            library.start(None).await.unwrap(),
            first,
            "starting twice is starting once"
        );
        library.stop().await;
        assert_eq!(library.base(), None);
        let again = library.start(first.port()).await.unwrap();
        assert_eq!(again, first, "the port stays the same");
        library.stop().await;

        let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let moved = library.start(Some(port)).await.unwrap();
        assert_ne!(moved.port(), Some(port));
        library.stop().await;
    }

    #[tokio::test]
    async fn a_library_that_another_program_serves_is_used_from_there() {
        let folder = tempfile::tempdir().unwrap();
        let serving = LocalLibrary::new(folder.path().join("library"));
        let base = serving.start(None).await.unwrap();
        let other = LocalLibrary::new(folder.path().join("library"));
        assert_eq!(other.start(base.port()).await.unwrap().port(), base.port());
        other.ticket("challenge").await.unwrap();
        serving.stop().await;
    }
}
