//! A keychain that is locked, and asks the person for its password in a window of the desktop's own.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::desktop::{Desktop, PASSWORD};
use crate::programs::wait_until;

/// What shows the question: the program that a desktop with this keychain has for it.
const PROMPTER: &str = "/usr/libexec/gcr-prompter";
/// The name on the bus under which the keychain looks for it.
const PROMPTER_NAME: &str = "org.gnome.keyring.SystemPrompter";
/// Title of its window.
const QUESTION: &str = "^Unlock";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

impl Desktop {
    /// Lets the keychain ask the person. Without it, what is locked stays locked.
    ///
    /// # Errors
    /// When the program for it is missing or the bus cannot be told.
    pub fn let_the_keychain_ask(&self) -> Result<()> {
        ensure!(Path::new(PROMPTER).is_file(), "{PROMPTER} is missing");
        let service = format!("[D-BUS Service]\nName={PROMPTER_NAME}\nExec={PROMPTER}\n");
        let file = self.services().join(format!("{PROMPTER_NAME}.service"));
        fs::write(file, service)?;
        self.bus_call(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            &["org.freedesktop.DBus.ReloadConfig"],
        )?;
        Ok(())
    }

    /// Locks the keychain, as a person or a screen saver does.
    ///
    /// # Errors
    /// When it stays open.
    pub fn lock_keychain(&self) -> Result<()> {
        let what = format!("array:objpath:{COLLECTION}");
        self.bus_call(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            &["org.freedesktop.Secret.Service.Lock", &what],
        )?;
        ensure!(self.keychain_is_locked()?, "the keychain stays open");
        Ok(())
    }

    /// Whether it is locked.
    ///
    /// # Errors
    /// When it does not say.
    pub fn keychain_is_locked(&self) -> Result<bool> {
        let said = self.bus_call(
            "org.freedesktop.secrets",
            COLLECTION,
            &[
                "org.freedesktop.DBus.Properties.Get",
                "string:org.freedesktop.Secret.Collection",
                "string:Locked",
            ],
        )?;
        Ok(said.contains("boolean true"))
    }

    /// Waits for the keychain's question and types its password.
    ///
    /// # Errors
    /// When it does not ask.
    pub fn unlock_keychain(&self) -> Result<()> {
        let question = self.keychain_question()?;
        self.hands(&["windowfocus", "--sync", &question])?;
        self.hands(&["type", "--delay", "20", PASSWORD])?;
        self.hands(&["key", "Return"])?;
        wait_until("the keychain to be open", || {
            matches!(self.keychain_is_locked(), Ok(false)).then_some(())
        })
    }

    /// Waits for the keychain's question and returns its window.
    ///
    /// # Errors
    /// When it does not ask.
    pub fn keychain_question(&self) -> Result<String> {
        self.window(QUESTION)
    }

    fn bus_call(&self, name: &str, path: &str, call: &[&str]) -> Result<String> {
        let answer = self
            .command("dbus-send")
            .args(["--session", "--print-reply"])
            .arg(format!("--dest={name}"))
            .arg(path)
            .args(call)
            .output()
            .context("could not start dbus-send")?;
        let complaint = String::from_utf8_lossy(&answer.stderr);
        ensure!(answer.status.success(), "{call:?}: {complaint}");
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }
}
