//! What the use cases ask of the program around them: a browser, dialogs, the clipboard.
//!
//! The desktop shell, the development bridge and the command line each have one.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use secrecy::SecretString;
use sifter_library_client::http::DesktopProxies;
use url::Url;

/// A future that may cross threads, boxed so that [`Host`] stays object safe.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What happened while the person was elsewhere: how transfers ended, one notice for all that belong together; or
/// that a token ends, or a key is revoked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// Uploads that are in their library.
    pub uploads: u32,
    /// Downloads that are in their folder.
    pub downloads: u32,
    /// Transfers that wait for a decision.
    pub stopped: u32,
    /// The file's name, when it is about one transfer.
    pub file_name: Option<String>,
    /// It is not about transfers: a token ends.
    pub reminder: Option<Reminder>,
    /// It is not about transfers: the key of somebody else is revoked.
    pub revoked: Option<RevokedSigner>,
}

/// Somebody whose key is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedSigner {
    /// The name in the key, if it has been published; else its fingerprint.
    pub name: String,
    /// How many downloads on this computer the key has signed.
    pub downloads: u32,
}

/// A token that ends soon, or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The server it is for.
    pub server: String,
    /// How many days are left at most; none when it has ended.
    pub days: u32,
}

/// How far all transfers are together, for a taskbar or dock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing moves.
    None,
    /// This many percent are done.
    Moving(u8),
    /// The same, and something waits for the person, who has not looked since.
    Attention(u8),
}

/// Keeps the computer awake until it is dropped, which may take a moment.
pub type StayAwake = Box<dyn std::any::Any + Send>;

/// The program that the use cases run in. Every method may be called from any thread. What a program says nothing
/// about, it does not have: no dialogs, no file manager, no clipboard.
pub trait Host: Send + Sync + 'static {
    /// Shows a page in the person's browser and returns without waiting for it.
    ///
    /// # Errors
    /// When no browser could be started.
    fn open_url(&self, url: &Url) -> io::Result<()>;

    /// Lets the person choose files; none when they changed their mind.
    fn choose_files(&self) -> BoxFuture<'_, Vec<PathBuf>> {
        Box::pin(std::future::ready(Vec::new()))
    }

    /// Lets the person choose a folder, beginning at `start`; `None` when they changed their mind.
    fn choose_folder<'a>(&'a self, _start: &'a Path) -> BoxFuture<'a, Option<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    /// Lets the person choose where to save a file, which may be there already; `name` is what it could be called.
    /// `None` when they changed their mind.
    fn choose_save<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Option<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    /// Lets the person choose a file of certificates. `None` when they changed their mind.
    fn choose_certificate(&self) -> BoxFuture<'_, Option<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    /// Shows a file or a folder in the file manager.
    ///
    /// # Errors
    /// When there is no file manager.
    fn reveal(&self, _path: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Puts a text on the clipboard.
    ///
    /// # Errors
    /// When there is no clipboard.
    fn copy_text(&self, _text: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The text on the clipboard. It may be a token, so it is treated as one.
    fn read_clipboard(&self) -> Option<SecretString> {
        None
    }

    /// Tells the person how transfers ended while the window is elsewhere. The words are the host's. May
    /// take a moment; called away from the threads that others wait for.
    fn notify(&self, notice: Notice);

    /// Shows on the desktop how far transfers are. Called at most once a second.
    fn show_progress(&self, _progress: Progress) {}

    /// Keeps the computer from falling asleep by itself; the person may still send it to sleep. `None`
    /// where that cannot be had. May take a moment, like [`notify`](Self::notify).
    fn stay_awake(&self) -> Option<StayAwake> {
        None
    }

    /// The desktop, where it can be asked for the proxy that leads to an address.
    fn desktop_proxies(&self) -> Option<Arc<dyn DesktopProxies>> {
        None
    }
}

/// Opens a page in the browser that the person has chosen in the operating system.
///
/// # Errors
/// When no browser could be started, or the page is not `https` nor on this computer.
pub fn open_in_system_browser(url: &Url) -> io::Result<()> {
    use sifter_account::BrowserOpener as _;
    sifter_account::SystemBrowser.open(url)
}

/// The host's browser, as sign-in wants it.
pub(crate) struct HostBrowser(pub(crate) Arc<dyn Host>);

impl sifter_account::BrowserOpener for HostBrowser {
    fn open(&self, url: &Url) -> io::Result<()> {
        self.0.open_url(url)
    }
}
