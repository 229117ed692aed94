//! What came of it, as a table.

use std::io::Write as _;

/// One transfer that met one fault.
#[derive(Debug)]
pub(crate) struct Row {
    /// What it met.
    pub(crate) fault: String,
    /// `push` or `pull`.
    pub(crate) way: &'static str,
    /// `single`, `parts`, …
    pub(crate) mode: &'static str,
    /// How it ended.
    pub(crate) outcome: String,
    /// Bytes that crossed the line more often than once.
    pub(crate) again: u64,
    /// What is wrong with that, if anything.
    pub(crate) wrong: Option<String>,
}

/// Prints the rows, past the test harness, and fails when anything is wrong with any.
#[track_caller]
pub(crate) fn conclude(title: &str, rows: &[Row]) {
    let mut out = std::io::stdout().lock();
    let mut text = format!(
        "\n{title}\n{:<34} {:<5} {:<7} {:<34} {:>10}\n",
        "fault", "way", "mode", "outcome", "sent again"
    );
    for row in rows {
        let Row {
            fault,
            way,
            mode,
            outcome,
            again,
            wrong,
        } = row;
        let wrong = wrong.as_deref().map(|wrong| format!("  WRONG: {wrong}"));
        let wrong = wrong.unwrap_or_default();
        text.push_str(&format!(
            "{fault:<34} {way:<5} {mode:<7} {outcome:<34} {again:>10}{wrong}\n"
        ));
    }
    // A closed pipe is no reason to fail.
    let _ = out.write_all(text.as_bytes());
    let wrong = rows.iter().filter(|row| row.wrong.is_some()).count();
    assert!(!rows.is_empty(), "nothing ran");
    assert_eq!(wrong, 0, "{text}");
}
