//! What leaves the app through the host: pages, texts, folders.

use sifter_contract::UiError;
use url::Url;

use crate::app::AppCore;
use crate::errors;

/// Longest text that is put on the clipboard, in bytes.
const LONGEST_COPY: usize = 64 << 10;
/// Where help is, beside the connected servers.
const HELP_HOSTS: [&str; 3] = ["docs.sylabs.io", "cloud.sylabs.io", "apptainer.org"];

impl AppCore {
    /// Opens a page in the browser: an https page of a connected server or of the manual, or a page of the
    /// library on this computer.
    pub(crate) fn open_page(&self, text: &str) -> Result<(), UiError> {
        let url = Url::parse(text).map_err(|_| errors::address(text))?;
        let host = url.host_str().unwrap_or_default();
        let plain = url.username().is_empty() && url.password().is_none();
        let known = match url.scheme() {
            "https" => HELP_HOSTS.contains(&host) || self.servers.is_known(&url),
            "http" => self.servers.is_known(&url),
            _ => false,
        };
        if !(plain && known) {
            return Err(errors::address(text));
        }
        self.host
            .open_url(&url)
            .map_err(|error| errors::browser(&error))
    }

    /// Copies a text.
    pub(crate) fn copy(&self, text: &str) -> Result<(), UiError> {
        if text.len() > LONGEST_COPY {
            return Err(errors::invalid("the text is too long to be copied"));
        }
        self.host
            .copy_text(text)
            .map_err(|error| errors::clipboard(&error))
    }

    /// Shows the data folder in the file manager.
    pub(crate) fn show_data_folder(&self) -> Result<(), UiError> {
        self.host
            .reveal(self.home.data())
            .map_err(|error| errors::reveal(&error))
    }
}
