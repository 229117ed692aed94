//! A notification server that only notes what it is asked to show.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::Result;

use crate::desktop::Desktop;
use crate::programs::{Running, wait_until};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/notifications.py");

/// The running stand-in.
#[derive(Debug)]
pub struct Notifications {
    notes: PathBuf,
    _program: Running,
}

impl Notifications {
    /// Starts it on a desktop.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(desktop: &Desktop) -> Result<Self> {
        let notes = desktop.place("notifications")?.join("shown");
        let program = Running::start(
            desktop
                .command("/usr/bin/python3")
                .arg(SERVER)
                .arg(&notes)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        desktop.wait_for_name("org.freedesktop.Notifications")?;
        Ok(Self {
            notes,
            _program: program,
        })
    }

    /// Waits until something is shown, and returns everything that was, `title: text`, oldest first.
    ///
    /// # Errors
    /// When nothing is ever shown.
    pub fn shown(&self) -> Result<Vec<String>> {
        wait_until("a notification", || {
            let text = std::fs::read_to_string(&self.notes).ok()?;
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            (!lines.is_empty()).then_some(lines)
        })
    }
}
