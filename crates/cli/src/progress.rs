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

/// The numbers come first: a long name is what may be cut.
fn line(transfer: &TransferView) -> String {
    let what = match &transfer.phase {
        Phase::Queued => "Waiting".to_owned(),
        Phase::Hashing => format!("Reading{}", share(transfer)),
        Phase::Uploading => format!("Sending{}{}", share(transfer), pace(transfer)),
        Phase::Downloading => format!("Receiving{}{}", share(transfer), pace(transfer)),
        Phase::ServerProcessing => "The server works on it".to_owned(),
        Phase::Checking => "Asking the library whether it arrived".to_owned(),
        Phase::Verifying => "Comparing the hash".to_owned(),
        Phase::Paused => "Paused".to_owned(),
        Phase::Done { .. } | Phase::NeedsAttention { .. } | Phase::Cancelled => {
            return String::new();
        }
    };
    format!("{what}: {}", transfer.file_name)
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
