//! A native host without a desktop: a test says what a dialog answers and reads what was done.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use serde::Serialize;
use sifter_app_core::{BoxFuture, Host, Notice, Progress, StayAwake};
use url::Url;

/// What the app asked its host to do, oldest first.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Deeds {
    opened: Vec<Url>,
    revealed: Vec<PathBuf>,
    copied: Vec<String>,
    notices: Vec<String>,
    progress: Vec<String>,
    /// How often the computer was kept awake, and is now.
    stayed_awake: u32,
    awake: bool,
}

#[derive(Default)]
struct State {
    deeds: Deeds,
    files: VecDeque<Vec<PathBuf>>,
    folders: VecDeque<PathBuf>,
    saves: VecDeque<PathBuf>,
    clipboard: Option<SecretString>,
    browser_missing: bool,
}

/// The host that tests play.
#[derive(Default)]
pub(crate) struct PlayedHost(Arc<Mutex<State>>);

/// Keeps nothing awake, but knows until when it would.
struct Waker(Arc<Mutex<State>>);

impl Drop for Waker {
    fn drop(&mut self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.deeds.awake = false;
    }
}

impl PlayedHost {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn deeds(&self) -> Deeds {
        self.state().deeds.clone()
    }

    pub(crate) fn answer_files(&self, files: Vec<PathBuf>) {
        self.state().files.push_back(files);
    }

    pub(crate) fn answer_folder(&self, folder: PathBuf) {
        self.state().folders.push_back(folder);
    }

    pub(crate) fn answer_save(&self, file: PathBuf) {
        self.state().saves.push_back(file);
    }

    pub(crate) fn set_clipboard(&self, text: String) {
        self.state().clipboard = Some(text.into());
    }

    pub(crate) fn set_browser_missing(&self, missing: bool) {
        self.state().browser_missing = missing;
    }
}

impl Host for PlayedHost {
    fn open_url(&self, url: &Url) -> io::Result<()> {
        let mut state = self.state();
        if state.browser_missing {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no browser"));
        }
        state.deeds.opened.push(url.clone());
        Ok(())
    }

    fn choose_files(&self) -> BoxFuture<'_, Vec<PathBuf>> {
        let files = self.state().files.pop_front().unwrap_or_default();
        Box::pin(std::future::ready(files))
    }

    fn choose_certificate(&self) -> BoxFuture<'_, Option<PathBuf>> {
        let files = self.state().files.pop_front().unwrap_or_default();
        Box::pin(std::future::ready(files.into_iter().next()))
    }

    fn choose_folder<'a>(&'a self, _start: &'a Path) -> BoxFuture<'a, Option<PathBuf>> {
        let folder = self.state().folders.pop_front();
        Box::pin(std::future::ready(folder))
    }

    fn choose_save<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Option<PathBuf>> {
        let file = self.state().saves.pop_front();
        Box::pin(std::future::ready(file))
    }

    fn reveal(&self, path: &Path) -> io::Result<()> {
        self.state().deeds.revealed.push(path.to_owned());
        Ok(())
    }

    fn copy_text(&self, text: &str) -> io::Result<()> {
        let mut state = self.state();
        state.deeds.copied.push(text.to_owned());
        state.clipboard = Some(text.into());
        Ok(())
    }

    fn read_clipboard(&self) -> Option<SecretString> {
        self.state().clipboard.clone()
    }

    fn notify(&self, notice: Notice) {
        self.state().deeds.notices.push(format!("{notice:?}"));
    }

    fn show_progress(&self, progress: Progress) {
        self.state().deeds.progress.push(format!("{progress:?}"));
    }

    fn stay_awake(&self) -> Option<StayAwake> {
        let mut state = self.state();
        state.deeds.stayed_awake += 1;
        state.deeds.awake = true;
        Some(Box::new(Waker(Arc::clone(&self.0))))
    }
}
