//! Opening the system browser. A trait, so that the app and the tests decide what opening means.

use std::io;
use std::process::{Command, Stdio};

use url::Url;

use crate::transport::is_allowed;

/// The longest address handed to a browser, in bytes.
const MAX_LINK: usize = 8 * 1024;

/// What an AppImage or a wrapper script sets for its own libraries. A browser that inherits them
/// loads the wrong ones and dies.
const FOREIGN_ENVIRONMENT: [&str; 8] = [
    "APPDIR",
    "GDK_PIXBUF_MODULE_FILE",
    "GIO_MODULE_DIR",
    "GTK_PATH",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PYTHONHOME",
    "PYTHONPATH",
];

/// Shows a page to the person.
pub trait BrowserOpener: Send + Sync {
    /// Starts the browser and returns without waiting for it. May block for a moment.
    ///
    /// # Errors
    /// When no browser could be started.
    fn open(&self, url: &Url) -> io::Result<()>;
}

/// The browser the person has chosen in the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemBrowser;

impl BrowserOpener for SystemBrowser {
    fn open(&self, url: &Url) -> io::Result<()> {
        if !is_allowed(url) || url.as_str().len() > MAX_LINK {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "only https pages are opened",
            ));
        }
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no launcher");
        for launcher in open::commands(url.as_str()) {
            match start(launcher) {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

fn start(mut launcher: Command) -> io::Result<()> {
    for name in FOREIGN_ENVIRONMENT {
        launcher.env_remove(name);
    }
    let mut child = launcher
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Some launchers stay as long as the browser does. Waiting on a thread of its own leaves no
    // zombie; only a failure in the first moment means that the next launcher should be tried.
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::Builder::new()
        .name("browser".into())
        .spawn(move || {
            // The receiver is gone when the launcher outlives its first moment.
            let _ = sender.send(child.wait());
        })?;
    match receiver.recv_timeout(std::time::Duration::from_millis(250)) {
        Ok(Ok(status)) if !status.success() => Err(io::Error::other("the launcher failed")),
        Ok(Err(error)) => Err(error),
        _ => Ok(()),
    }
}
