//! The program around the engine, when that is a terminal: pages are opened and printed, dialogs do not exist.

use std::io;

use sifter_app_core::{Host, Notice};
use url::Url;

use crate::output::note;

/// Whether a browser would show up where the person is. Over SSH without a forwarded display it would not.
fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let remote = is_set("SSH_CONNECTION") || cfg!(all(unix, not(target_os = "macos")));
    !remote || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// A terminal.
pub(crate) struct Terminal;

impl Host for Terminal {
    fn open_url(&self, url: &Url) -> io::Result<()> {
        if !has_display() {
            // A launcher might start a browser in this very terminal.
            note(&format!(
                "Sign in on this page, in a browser on this computer:\n  {url}"
            ));
            return Err(io::ErrorKind::NotFound.into());
        }
        note(&format!(
            "Sign in on this page; it opens in your browser, or open it yourself on this computer:\n  {url}"
        ));
        sifter_app_core::open_in_system_browser(url)
    }

    // The end of a transfer is the end of the command, which says so itself.
    fn notify(&self, _notice: Notice) {}
}
