//! What a person may send to somebody who helps: everything about one transfer that explains it, and nothing
//! that is nobody's business. Labels are in English, because helpers read them.

mod folders;

use std::fmt::Write as _;

use sifter_contract::{Direction, Phase, TransferView, UiError};
use sifter_transfer::Snapshot;

use super::{Around, no_transfer, transfer, views};
use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::errors::{clean, invalid};
use crate::system;
use folders::hide_folders;

/// The longest sentence that a window may add, in bytes.
const LONGEST_SENTENCE: usize = 2000;

impl AppCore {
    /// Copies the report of a transfer. `said` is what the window says about it.
    pub(crate) fn copy_report(&self, transfer_id: &str, said: &str) -> Result<(), UiError> {
        if said.len() > LONGEST_SENTENCE {
            return Err(invalid("the sentence is too long for a report"));
        }
        let id = transfer(transfer_id)?;
        let snapshot = self.engine.snapshot();
        let found = snapshot.transfers.iter().find(|view| view.id == id);
        let view = found.ok_or_else(no_transfer)?;
        let around = Around {
            servers: &self.servers,
            presence: &self.presence,
        };
        let alone = Snapshot {
            transfers: vec![std::sync::Arc::clone(view)],
        };
        let list = views::list(&alone, &around);
        let rows = [list.active, list.queued, list.attention, list.history];
        let row = rows.into_iter().flatten().next().ok_or_else(no_transfer)?;
        let began = view.started_at.and_then(rfc3339);
        let report = report(&row, began.as_deref(), said);
        let home = directories::UserDirs::new();
        let private = [
            view.file.as_deref().and_then(|file| file.parent()),
            view.folder.as_deref(),
            Some(self.home.data()),
            Some(self.home.config()),
            Some(self.home.downloads()),
            home.as_ref().map(directories::UserDirs::home_dir),
        ];
        self.copy(&hide_folders(&report, private.into_iter().flatten()))
    }
}

/// The report, which may still name folders.
fn report(row: &TransferView, began: Option<&str>, said: &str) -> String {
    let mut out = Lines::default();
    let (what, to) = match row.direction {
        Direction::Up => ("Upload", "To"),
        Direction::Down => ("Download", "From"),
    };
    out.line(
        "Sifter",
        format!("{} on {}", env!("CARGO_PKG_VERSION"), system::os()),
    );
    out.line(what, &row.file_name);
    out.line(to, &row.server_name);
    out.line("Reference", &row.reference);
    out.some("Architecture", row.arch.as_deref());
    out.some("Digest", row.digest.as_deref());
    out.line("State", state(&row.phase));
    let error = match &row.phase {
        Phase::NeedsAttention { error } => Some(error),
        _ => None,
    };
    out.some("Code", error.map(code).as_deref());
    out.some(
        "What happened",
        Some(clean(said)).filter(|said| !said.is_empty()).as_deref(),
    );
    out.line(
        "Size",
        format!("{} bytes, {} of them safe", row.bytes_total, row.bytes_done),
    );
    let parts = &row.parts;
    if parts.total > 0 {
        let sent = if row.direction == Direction::Up {
            "sent"
        } else {
            "fetched"
        };
        out.line(
            "Parts",
            format!(
                "{} of {} safe, {} {sent} again",
                parts.done, parts.total, parts.retried
            ),
        );
    }
    out.some(
        "Began anew because of",
        row.restarted.as_ref().map(code).as_deref(),
    );
    out.line("Asked for", &row.created);
    out.some("Began", began);
    out.some("Ended", row.finished.as_deref());
    out.some(
        "Took",
        row.seconds_taken
            .map(|seconds| format!("{seconds} s"))
            .as_deref(),
    );
    let details = error.map(|error| clean(&error.details));
    out.some(
        "Details",
        details.filter(|details| !details.is_empty()).as_deref(),
    );
    out.0
}

/// A code as it is written everywhere else.
fn code(error: &UiError) -> String {
    let code = serde_json::to_value(error.code).ok();
    code.as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn state(phase: &Phase) -> &'static str {
    match phase {
        Phase::Queued => "waiting",
        Phase::Hashing => "hashing",
        Phase::Uploading => "uploading",
        Phase::ServerProcessing => "the server is processing",
        Phase::Checking => "checking",
        Phase::Downloading => "downloading",
        Phase::Verifying => "verifying",
        Phase::Done { .. } => "done",
        Phase::Paused => "paused",
        Phase::NeedsAttention { .. } => "needs attention",
        Phase::Cancelled => "cancelled",
    }
}

/// Lines of a name and a value, each value on one line.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, value: impl AsRef<str>) {
        let value: String = value
            .as_ref()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let _ = writeln!(self.0, "{name}: {value}");
    }

    fn some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use sifter_contract::{ErrorCode, LibraryPath, Parts};

    use super::*;

    fn row(phase: Phase) -> TransferView {
        TransferView {
            id: "1".into(),
            direction: Direction::Up,
            file_name: "samtools_1.22.sif".into(),
            server_id: "lab".into(),
            server_name: "hub.uni.example".into(),
            path: LibraryPath {
                entity: "ada".into(),
                collection: "tools".into(),
                container: "samtools".into(),
            },
            tags: vec!["1.22".into()],
            arch: Some("amd64".into()),
            phase,
            bytes_total: 100,
            bytes_done: 62,
            parts: Parts {
                total: 50,
                done: 31,
                in_flight: 0,
                retried: 2,
            },
            speed: 0,
            seconds_left: None,
            created: "2026-11-25T14:02:31Z".into(),
            finished: Some("2026-11-25T14:03:01Z".into()),
            seconds_taken: Some(29),
            digest: Some("sha256.abcd".into()),
            reference: "library://ada/tools/samtools:1.22".into(),
            restarted: Some(UiError::new(ErrorCode::UploadForgotten)),
            notes: Vec::new(),
            link: None,
            file_present: false,
            check: None,
        }
    }

    #[test]
    fn it_tells_everything_that_explains_a_transfer() {
        let error = UiError::new(ErrorCode::QuotaExceeded)
            .details("refused: PUT /v2/x?sig=hunter2hunter2 Bearer hunter2\nsecond line");
        let said = "Not enough space on hub.uni.example. You have 0.9 GiB left.";
        let text = report(
            &row(Phase::NeedsAttention { error }),
            Some("2026-11-25T14:02:32Z"),
            said,
        );
        for line in [
            "Upload: samtools_1.22.sif",
            "To: hub.uni.example",
            "Reference: library://ada/tools/samtools:1.22",
            "Architecture: amd64",
            "Digest: sha256.abcd",
            "State: needs attention",
            "Code: quota_exceeded",
            "What happened: Not enough space on hub.uni.example. You have 0.9 GiB left.",
            "Size: 100 bytes, 62 of them safe",
            "Parts: 31 of 50 safe, 2 sent again",
            "Began anew because of: upload_forgotten",
            "Asked for: 2026-11-25T14:02:31Z",
            "Began: 2026-11-25T14:02:32Z",
            "Ended: 2026-11-25T14:03:01Z",
            "Took: 29 s",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} is missing:\n{text}"
            );
        }
        assert!(text.contains("Details: refused: PUT /v2/x?sig="), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(
            !text.lines().any(|line| line.starts_with("second")),
            "a value is one line"
        );
    }

    #[test]
    fn a_good_end_has_no_code_and_no_details() {
        let done = Phase::Done {
            how: sifter_contract::DoneHow::Arrived,
        };
        let text = report(&row(done), None, "");
        assert!(text.contains("State: done"));
        for absent in ["Code:", "Details:", "What happened:", "Began:"] {
            assert!(!text.contains(absent), "{absent} in\n{text}");
        }
    }

    #[test]
    fn a_sentence_of_the_window_is_redacted_as_well() {
        let text = report(&row(Phase::Cancelled), None, "token=hunter2hunter2");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
