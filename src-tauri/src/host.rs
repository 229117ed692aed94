//! The system around the app: browser, dialogs, file manager, clipboard.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use sifter_app_core::{BoxFuture, Host, Notice};
use tauri::{AppHandle, Manager, Url, UserAttentionType};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

/// The desktop shell's [`Host`].
#[derive(Debug, Clone)]
pub(crate) struct Shell(pub(crate) AppHandle);

impl Host for Shell {
    fn open_url(&self, url: &Url) -> io::Result<()> {
        sifter_app_core::open_in_system_browser(url)
    }

    fn choose_files(&self) -> BoxFuture<'_, Vec<PathBuf>> {
        let (answer, answered) = oneshot::channel();
        self.0
            .dialog()
            .file()
            .add_filter("SIF", &["sif", "simg"])
            .add_filter("*", &["*"])
            .pick_files(move |files| {
                // The receiver is gone when the app is quitting.
                let _ = answer.send(files.unwrap_or_default());
            });
        Box::pin(async move {
            answered
                .await
                .unwrap_or_default()
                .into_iter()
                .filter_map(path_of)
                .collect()
        })
    }

    fn choose_folder<'a>(&'a self, start: &'a Path) -> BoxFuture<'a, Option<PathBuf>> {
        let (answer, answered) = oneshot::channel();
        self.0
            .dialog()
            .file()
            .set_directory(start)
            .pick_folder(move |folder| {
                let _ = answer.send(folder);
            });
        Box::pin(async move { answered.await.ok().flatten().and_then(path_of) })
    }

    fn reveal(&self, path: &Path) -> io::Result<()> {
        tauri_plugin_opener::reveal_item_in_dir(path).map_err(io::Error::other)
    }

    fn copy_text(&self, text: &str) -> io::Result<()> {
        self.0
            .clipboard()
            .write_text(text)
            .map_err(io::Error::other)
    }

    fn read_clipboard(&self) -> Option<SecretString> {
        self.0.clipboard().read_text().ok().map(SecretString::from)
    }

    fn notify(&self, _notice: Notice) {
        // The platform marks the window in its own way (a bouncing icon, a flashing button).
        if let Some(window) = self.0.get_webview_window(crate::WINDOW)
            && !window.is_focused().unwrap_or(false)
        {
            let _ = window.request_user_attention(Some(UserAttentionType::Informational));
        }
    }
}

fn path_of(file: FilePath) -> Option<PathBuf> {
    file.into_path().ok()
}
