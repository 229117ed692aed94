//! The one thread that talks to the keychain: calls in the order they came, each with a time limit.

use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Keychain, SecretStore, StoreError, VaultError};

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the thread. The thread ends when the last handle is gone.
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    pub(super) fn start(keychain: Box<dyn Keychain>) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let mut connection = Connection {
                    keychain,
                    store: None,
                };
                for job in queue {
                    job(&mut connection);
                }
            });
        if let Err(error) = thread {
            // The queue is gone with the closure, so every call answers "absent".
            tracing::error!(error = %error, "no thread for the keychain");
        }
        Self { jobs }
    }

    /// Runs `work` on the thread. A call that waits longer than `limit` counts as locked: the
    /// keychain is asking the person something. The work itself cannot be stopped, but it is
    /// skipped when its turn comes after the caller has left.
    pub(super) async fn ask<T, W>(&self, limit: Duration, work: W) -> Result<T, VaultError>
    where
        T: Send + 'static,
        W: Fn(&mut dyn SecretStore) -> Result<T, VaultFault> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            if !sender.is_closed() {
                // The caller may leave while the keychain asks its question.
                let _ = sender.send(connection.run(&work));
            }
        });
        if self.jobs.send(job).is_err() {
            return Err(VaultError::Absent);
        }
        match tokio::time::timeout(limit, receiver).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(VaultError::Absent),
            Err(_) => Err(VaultError::Locked),
        }
    }
}

/// What work on a connection may end with: a failure of the store, or of what lies in it.
pub(super) enum VaultFault {
    Store(StoreError),
    Content(VaultError),
}

impl From<StoreError> for VaultFault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Connection {
    keychain: Box<dyn Keychain>,
    store: Option<Box<dyn SecretStore>>,
}

impl Connection {
    /// Runs the work, and once more over a new connection when the old one turned out to be dead
    /// (a restarted Secret Service refuses the old session for ever).
    fn run<T>(
        &mut self,
        work: &impl Fn(&mut dyn SecretStore) -> Result<T, VaultFault>,
    ) -> Result<T, VaultError> {
        let had_connection = self.store.is_some();
        match self.once(work) {
            Err(VaultFault::Store(StoreError::Disconnected(_))) if had_connection => {
                self.store = None;
                self.once(work)
            }
            other => other,
        }
        .map_err(|fault| match fault {
            VaultFault::Content(error) => error,
            VaultFault::Store(StoreError::Locked) => VaultError::Locked,
            VaultFault::Store(StoreError::Corrupt) => VaultError::Corrupt,
            VaultFault::Store(StoreError::Disconnected(cause)) => {
                self.store = None;
                tracing::debug!(error = %cause, "no connection to a keychain");
                VaultError::Absent
            }
            VaultFault::Store(StoreError::Failed(cause)) => VaultError::Failed(cause),
        })
    }

    fn once<T>(
        &mut self,
        work: &impl Fn(&mut dyn SecretStore) -> Result<T, VaultFault>,
    ) -> Result<T, VaultFault> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => self.keychain.connect()?,
        };
        let outcome = work(store.as_mut());
        self.store = Some(store);
        outcome
    }
}
