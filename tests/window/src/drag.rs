//! A drag from another program: a GTK window that offers files, and a pointer that moves as a hand would.

use std::path::Path;
use std::process::Stdio;

use anyhow::Result;

use crate::desktop::Desktop;
use crate::programs::{Running, wait_until};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/drag_source.py");

/// A drag whose button is still down.
#[derive(Debug)]
pub struct Drag<'a> {
    desktop: &'a Desktop,
    _source: Running,
}

impl<'a> Drag<'a> {
    /// Picks the files up and carries them over the middle of the app's window.
    ///
    /// # Errors
    /// When a window cannot be found or the pointer cannot be moved.
    pub fn over_app(desktop: &'a Desktop, files: &[&Path]) -> Result<Self> {
        let source = Running::start(
            desktop
                .command("/usr/bin/python3")
                .arg(SOURCE)
                .args(files)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let window = desktop.window("^sifter-drag-source$")?;
        // Beside the app, so that the drag enters its window from outside.
        wait_until("the drag source to have its place", || {
            let (x, y) = middle(desktop, &window).ok()?;
            (x > 1300 && y > 40).then_some(())
        })?;
        desktop.hands(&["windowraise", &window])?;
        let app = desktop.window("^Sifter$")?;
        let (from_x, from_y) = middle(desktop, &window)?;
        let (to_x, to_y) = middle(desktop, &app)?;
        move_to(desktop, from_x, from_y)?;
        desktop.hands(&["mousedown", "1"])?;
        // GTK begins a drag after a few pixels, and the target needs several motions to answer.
        let steps = 24;
        for step in 1..=steps {
            let x = from_x + (to_x - from_x) * step / steps;
            let y = from_y + (to_y - from_y) * step / steps;
            move_to(desktop, x, y)?;
        }
        Ok(Self {
            desktop,
            _source: source,
        })
    }

    /// Moves a little, so that the target hears from the drag again.
    ///
    /// # Errors
    /// When the pointer cannot be moved.
    pub fn nudge(&self) -> Result<()> {
        self.desktop
            .hands(&["mousemove_relative", "--sync", "3", "2"])?;
        self.desktop
            .hands(&["mousemove_relative", "--sync", "--", "-3", "-2"])?;
        Ok(())
    }

    /// Lets go.
    ///
    /// # Errors
    /// When the button cannot be released.
    pub fn drop_files(self) -> Result<Running> {
        self.desktop.hands(&["mouseup", "1"])?;
        // The source stays alive: the target asks it for the data after the drop.
        Ok(self._source)
    }
}

fn move_to(desktop: &Desktop, x: i64, y: i64) -> Result<()> {
    desktop.hands(&["mousemove", "--sync", &x.to_string(), &y.to_string()])?;
    Ok(())
}

fn middle(desktop: &Desktop, window: &str) -> Result<(i64, i64)> {
    let measure = |what| desktop.measure(window, what);
    Ok((
        measure("X")? + measure("WIDTH")? / 2,
        measure("Y")? + measure("HEIGHT")? / 2,
    ))
}
