//! The pictures of a journey, numbered, with a line each.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::app::App;

/// A folder of pictures.
#[derive(Debug)]
pub struct Album {
    folder: PathBuf,
    both_themes: bool,
    taken: usize,
}

impl Album {
    /// An album in an empty folder.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: &Path, both_themes: bool) -> Result<Self> {
        if folder.is_dir() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            both_themes,
            taken: 0,
        })
    }

    /// Takes a picture and prints the step's line.
    ///
    /// # Errors
    /// When the driver or the disk fails.
    pub async fn take(&mut self, app: &App, what: &str) -> Result<()> {
        self.taken += 1;
        let name = format!("{:02}-{}", self.taken, slug(what));
        if self.both_themes {
            for theme in ["light", "dark"] {
                app.show_theme(Some(theme)).await?;
                app.picture(&self.folder.join(format!("{name}-{theme}.png")))
                    .await?;
            }
            app.show_theme(None).await?;
        } else {
            app.picture(&self.folder.join(format!("{name}.png")))
                .await?;
        }
        self.say(what);
        Ok(())
    }

    /// A file for a picture of something else than the app.
    #[must_use]
    pub fn next_file(&mut self, what: &str) -> PathBuf {
        self.taken += 1;
        self.say(what);
        self.folder
            .join(format!("{:02}-{}.png", self.taken, slug(what)))
    }

    /// Prints a step's line.
    pub fn say(&self, what: &str) {
        let mut out = std::io::stdout().lock();
        // A closed pipe must not end the journey.
        let _ = writeln!(out, "  ✓ {what}");
    }
}

/// The part of a line before the colon, as a file name.
fn slug(what: &str) -> String {
    let head = what.split([':', ',']).next().unwrap_or(what);
    head.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect()
}
