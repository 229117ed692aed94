//! How the programs of this crate learn that nobody needs them any more.

use std::io;

/// Waits until the program is asked to end, by Ctrl-C or a termination signal.
///
/// # Errors
/// When the program cannot be told.
#[cfg(unix)]
pub async fn stop_asked() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits until the program is asked to end, by Ctrl-C.
///
/// # Errors
/// When the program cannot be told.
#[cfg(not(unix))]
pub async fn stop_asked() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
