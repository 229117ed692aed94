//! Child programs that end with their owner, and waiting for a state with a bound.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at a state.
pub const GLANCE: Duration = Duration::from_millis(50);

/// A running program that is killed when it is dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts it.
    ///
    /// # Errors
    /// When the program cannot be started, with its name.
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("could not start {:?}", command.get_program()))?;
        Ok(Self(child))
    }

    /// The process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks until `look` finds something, or gives up and says what was waited for.
///
/// # Errors
/// After [`PATIENCE`].
pub fn wait_until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = look() {
            return Ok(found);
        }
        std::thread::sleep(GLANCE);
    }
    bail!("waited {PATIENCE:?} in vain for {what}")
}

/// What `look` finds in the end; `None` when it finds nothing within [`PATIENCE`].
///
/// # Errors
/// Those of `look`.
pub async fn seen<T>(mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = look().await? {
            return Ok(Some(found));
        }
        tokio::time::sleep(GLANCE).await;
    }
    Ok(None)
}

/// A port that was free a moment ago.
///
/// # Errors
/// When the system has none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Waits until something listens.
///
/// # Errors
/// After [`PATIENCE`].
pub fn wait_for_port(what: &str, port: u16) -> Result<()> {
    wait_until(what, || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .ok()
            .map(drop)
    })
}
