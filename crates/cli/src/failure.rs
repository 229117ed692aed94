//! Why a command did not do what it was asked, and how that is told.

use std::error::Error as StdError;
use std::io;
use std::process::ExitCode;

use serde_json::{Value, json};
use sifter_app_core::StartError;
use sifter_contract::{ErrorCode, UiError};

use crate::words;

/// The exit status after an interruption, as shells have it for SIGINT.
const INTERRUPTED: u8 = 130;

/// What ended a command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine says why.
    Engine(UiError),
    /// The engine did not start.
    Start(StartError),
    /// The command line alone shows that it cannot work; clap's status and form.
    Usage(clap::Error),
    /// A fault with a sentence of its own.
    Said {
        /// The word for scripts.
        code: &'static str,
        /// The sentence for people.
        sentence: String,
    },
    /// The result has been written, and it is a no.
    No {
        /// The sentence for people.
        sentence: String,
    },
    /// Standard output took no more.
    Output(io::Error),
    /// The person or the system asked to stop.
    Interrupted,
}

impl Failure {
    pub(crate) fn said(code: &'static str, sentence: impl Into<String>) -> Self {
        Self::Said {
            code,
            sentence: sentence.into(),
        }
    }

    /// The status that the process ends with.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Interrupted => ExitCode::from(INTERRUPTED),
            _ if self.is_silent() => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// Whether there is nothing to tell: whoever reads has heard enough, as `| head` does.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// What happened, why, and what now.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Engine(error) => words::sentence(error),
            Self::Start(error) => format!(
                "Sifter could not start: {error}. Check the folder that --home or SIFTER_HOME names."
            ),
            Self::Usage(error) => error.to_string(),
            Self::Said { sentence, .. } | Self::No { sentence } => sentence.clone(),
            Self::Output(error) => format!("The result could not be written: {error}."),
            Self::Interrupted => "Stopped. Nothing unfinished was left behind.".to_owned(),
        }
    }

    /// The raw causes, for a report; empty when the sentence says it all.
    pub(crate) fn details(&self) -> String {
        match self {
            Self::Engine(error) => error.details.clone(),
            Self::Start(error) => chain(error),
            _ => String::new(),
        }
    }

    /// The failure as the one object of `--json`.
    pub(crate) fn json(&self) -> Value {
        let (code, params) = match self {
            Self::Engine(error) => (json!(error.code), json!(error.params)),
            Self::Start(_) => (json!(ErrorCode::StorageFailed), json!({})),
            Self::Usage(_) => (json!(ErrorCode::InvalidRequest), json!({})),
            Self::Said { code, .. } => (json!(code), json!({})),
            Self::No { .. } => (json!("no"), json!({})),
            Self::Output(_) => (json!(ErrorCode::Internal), json!({})),
            Self::Interrupted => (json!(ErrorCode::Cancelled), json!({})),
        };
        json!({ "error": {
            "code": code,
            "message": self.sentence(),
            "params": params,
            "details": self.details(),
        }})
    }
}

impl From<UiError> for Failure {
    fn from(error: UiError) -> Self {
        Self::Engine(error)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

/// The messages of an error and its causes, outermost first.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
