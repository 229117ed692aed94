//! The only place that writes: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::failure::Failure;
use crate::format::harmless;

/// Characters of a line that every terminal shows in one row.
const LONGEST_LINE: usize = 79;

/// How results are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a progress line would be seen by a person.
    pub(crate) fn shows_progress(self) -> bool {
        !self.json && io::stderr().is_terminal()
    }

    /// Writes the result: one JSON object, or a text for people.
    pub(crate) fn result(
        self,
        object: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let line = if self.json {
            serde_json::to_string(object).map_err(|error| Failure::Output(error.into()))?
        } else {
            harmless(&text())
        };
        if line.is_empty() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")
            .and_then(|()| out.flush())
            .map_err(Failure::Output)
    }

    /// Writes a document that has a form of its own, with and without `--json`.
    pub(crate) fn document(self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", harmless(text))
            .and_then(|()| out.flush())
            .map_err(Failure::Output)
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Tells of a failure. With `--json` the object says the same.
    pub(crate) fn failure(self, failure: &Failure) {
        if failure.is_silent() {
            return;
        }
        if let Failure::Usage(error) = failure {
            let _ = error.print();
            return;
        }
        // One object is enough, and a "no" is its own.
        if self.json && !matches!(failure, Failure::No { .. }) {
            // The sentence on standard error is the answer when nobody takes the object.
            let _ = writeln!(io::stdout().lock(), "{}", failure.json());
        }
        note(&format!("sifter-cli: {}", failure.sentence()));
        let details = failure.details();
        if !details.is_empty() {
            note(&format!("  details: {details}"));
        }
    }
}

/// Writes a remark for the person at the terminal.
pub(crate) fn note(text: &str) {
    // With standard error closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", harmless(text));
}

/// Writes over the present line of the terminal; an empty text clears it. What a narrow terminal would wrap is cut.
pub(crate) fn redraw(line: &str) {
    let line: String = line.chars().take(LONGEST_LINE).collect();
    let mut out = io::stderr().lock();
    // As above: nobody to tell.
    let _ = write!(out, "\r{}\u{1b}[K", harmless(&line)).and_then(|()| out.flush());
}
