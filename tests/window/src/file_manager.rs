//! A file manager that only notes what it is asked to show.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::Result;

use crate::desktop::Desktop;
use crate::programs::{Running, wait_until};

const MANAGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/file_manager.py");

/// The running stand-in.
#[derive(Debug)]
pub struct FileManager {
    notes: PathBuf,
    _program: Running,
}

impl FileManager {
    /// Starts it on a desktop.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn start(desktop: &Desktop) -> Result<Self> {
        let notes = desktop.place("file-manager")?.join("shown");
        let program = Running::start(
            desktop
                .command("/usr/bin/python3")
                .arg(MANAGER)
                .arg(&notes)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        desktop.wait_for_name("org.freedesktop.FileManager1")?;
        Ok(Self {
            notes,
            _program: program,
        })
    }

    /// Waits until it is asked to show something, and returns the addresses.
    ///
    /// # Errors
    /// When it is never asked.
    pub fn shown(&self) -> Result<Vec<String>> {
        wait_until("the file manager to be asked", || {
            let text = std::fs::read_to_string(&self.notes).ok()?;
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            (!lines.is_empty()).then_some(lines)
        })
    }
}
