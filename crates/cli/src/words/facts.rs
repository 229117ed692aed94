//! What an error says about itself.

use sifter_contract::{Param, UiError};

/// Typed access to the facts of an error; a missing one gets words that still make a sentence.
pub(super) struct Facts<'a>(pub(super) &'a UiError);

impl Facts<'_> {
    pub(super) fn some_text(&self, key: &str) -> Option<String> {
        match self.0.params.get(key) {
            Some(Param::Text(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn text(&self, key: &str, missing: &str) -> String {
        self.some_text(key).unwrap_or_else(|| missing.to_owned())
    }

    pub(super) fn number(&self, key: &str) -> Option<u64> {
        match self.0.params.get(key) {
            Some(Param::Number(number)) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.0.params.get(key) == Some(&Param::Flag(true))
    }

    pub(super) fn server(&self) -> String {
        self.text("server", "the server")
    }

    /// The server at the start of a sentence.
    pub(super) fn the_server(&self) -> String {
        self.text("server", "The server")
    }

    pub(super) fn file(&self) -> String {
        self.text("name", "The file")
    }
}
