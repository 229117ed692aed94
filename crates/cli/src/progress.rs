//! One line on the terminal that says how far a transfer is.

use sifter_contract::{Phase, TransferView};

use crate::format::{duration, size};
use crate::output::{Output, redraw};

/// The line; cleared when it is dropped.
pub(crate) struct Progress {
    visible: bool,
    shown: String,
}

impl Progress {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            visible: output.shows_progress(),
            shown: String::new(),
        }
    }

    /// Shows the present.
    pub(crate) fn show(&mut self, transfer: &TransferView) {
        let line = line(transfer);
        if self.visible && line != self.shown {
            redraw(&line);
            self.shown = line;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if !self.shown.is_empty() {
            redraw("");
        }
    }
}

fn line(transfer: &TransferView) -> String {
    let name = &transfer.file_name;
    match &transfer.phase {
        Phase::Queued => format!("{name}: waiting"),
        Phase::Hashing => format!("{name}: reading{}", share(transfer)),
        Phase::Uploading => format!("{name}: sending{}{}", share(transfer), pace(transfer)),
        Phase::Downloading => format!("{name}: receiving{}{}", share(transfer), pace(transfer)),
        Phase::ServerProcessing => format!("{name}: the server works on it"),
        Phase::Checking => format!("{name}: asking the library whether it arrived"),
        Phase::Verifying => format!("{name}: comparing the hash"),
        Phase::Paused => format!("{name}: paused"),
        Phase::Done { .. } | Phase::NeedsAttention { .. } | Phase::Cancelled => String::new(),
    }
}

fn share(transfer: &TransferView) -> String {
    let (done, total) = (transfer.bytes_done, transfer.bytes_total);
    match (done.min(total) as u128 * 100).checked_div(u128::from(total)) {
        Some(percent) => format!(" {percent} % of {}", size(total)),
        None => String::new(),
    }
}

fn pace(transfer: &TransferView) -> String {
    let mut text = String::new();
    if transfer.speed > 0 {
        text.push_str(&format!(", {}/s", size(transfer.speed)));
    }
    if let Some(left) = transfer.seconds_left {
        text.push_str(&format!(", {} left", duration(u64::from(left))));
    }
    text
}
