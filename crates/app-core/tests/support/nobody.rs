//! The program around the use cases, for tests that have none.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use sifter_app_core::{BoxFuture, Host, Notice};
use url::Url;

/// A host that nothing is asked of.
pub(crate) struct Nobody;

impl Host for Nobody {
    fn open_url(&self, _: &Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn choose_files(&self) -> BoxFuture<'_, Vec<PathBuf>> {
        Box::pin(std::future::ready(Vec::new()))
    }
    fn choose_folder<'a>(&'a self, _: &'a Path) -> BoxFuture<'a, Option<PathBuf>> {
        Box::pin(std::future::ready(None))
    }
    fn reveal(&self, _: &Path) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn copy_text(&self, _: &str) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn read_clipboard(&self) -> Option<SecretString> {
        None
    }
    fn notify(&self, _: Notice) {}
}
