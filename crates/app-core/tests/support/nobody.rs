//! The program around the use cases, for tests that have none.

use sifter_app_core::{Host, Notice};
use url::Url;

/// A host that nothing is asked of.
pub(crate) struct Nobody;

impl Host for Nobody {
    fn open_url(&self, _: &Url) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn notify(&self, _: Notice) {}
}
