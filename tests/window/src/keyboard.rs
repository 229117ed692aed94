//! A person who has no mouse: keys go to the screen, not to the driver.

use anyhow::{Context, Result, bail};

use crate::app::App;
use crate::desktop::Desktop;
use crate::programs::{GLANCE, PATIENCE};

/// The focus as a person hears of it, and a number that no other element has.
const FOCUS: &str = "
    const at = document.activeElement;
    const label = at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? '';
    return [[...document.querySelectorAll('*')].indexOf(at), label.replace(/\\s+/g, ' ').trim()];";

/// More stops than any screen has.
const STOPS: usize = 80;

/// Hands on the keyboard of a desktop.
#[derive(Debug)]
pub struct Keyboard<'a> {
    desktop: &'a Desktop,
    app: &'a App,
}

impl<'a> Keyboard<'a> {
    /// Takes the app's window to the front, as it is after its start.
    ///
    /// # Errors
    /// When the window is not there.
    pub fn on(desktop: &'a Desktop, app: &'a App) -> Result<Self> {
        let window = desktop.window("^Sifter$")?;
        desktop.hands(&["windowactivate", "--sync", &window])?;
        Ok(Self { desktop, app })
    }

    /// Presses a key or a chord, as `xdotool` names it.
    ///
    /// # Errors
    /// When it cannot be pressed.
    pub fn press(&self, key: &str) -> Result<()> {
        self.desktop.hands(&["key", key])?;
        Ok(())
    }

    /// Types a text.
    ///
    /// # Errors
    /// When it cannot be typed.
    pub fn write(&self, text: &str) -> Result<()> {
        self.desktop.hands(&["type", "--delay", "8", text])?;
        Ok(())
    }

    /// What has the focus, by its name.
    ///
    /// # Errors
    /// When the driver fails.
    pub async fn focus(&self) -> Result<String> {
        Ok(self.look().await?.1)
    }

    /// Goes forward with Tab until the focus rests on something whose name begins so.
    ///
    /// # Errors
    /// When it is not among the stops.
    pub async fn tab_to(&self, name: &str) -> Result<()> {
        let mut seen = Vec::new();
        for _ in 0..STOPS {
            let (place, label) = self.look().await?;
            if label.starts_with(name) {
                return Ok(());
            }
            seen.push(label);
            self.press("Tab")?;
            let begun = std::time::Instant::now();
            while self.look().await?.0 == place {
                if begun.elapsed() > PATIENCE {
                    bail!("Tab does not leave {seen:?}");
                }
                tokio::time::sleep(GLANCE / 5).await;
            }
        }
        bail!("Tab never reaches {name:?}, only {seen:?}")
    }

    async fn look(&self) -> Result<(i64, String)> {
        let focus = self.app.run(FOCUS, vec![]).await?;
        let place = focus[0].as_i64().context("no focus")?;
        Ok((place, focus[1].as_str().unwrap_or_default().to_owned()))
    }
}
