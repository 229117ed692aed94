//! The system around the app: browser, dialogs, file manager, clipboard.

use std::io;
use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::sync::Arc;

use secrecy::SecretString;
#[cfg(target_os = "linux")]
use sifter_app_core::DesktopProxies;
use sifter_app_core::{BoxFuture, Host, Notice, Progress, StayAwake};
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager, Url, UserAttentionType};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::oneshot;

use crate::words;

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

    fn choose_certificate(&self) -> BoxFuture<'_, Option<PathBuf>> {
        let (answer, answered) = oneshot::channel();
        self.0
            .dialog()
            .file()
            .add_filter("PEM", &["pem", "crt", "cer", "cert"])
            .add_filter("*", &["*"])
            .pick_file(move |file| {
                let _ = answer.send(file);
            });
        Box::pin(async move { answered.await.ok().flatten().and_then(path_of) })
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

    fn choose_save<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<PathBuf>> {
        let (answer, answered) = oneshot::channel();
        self.0
            .dialog()
            .file()
            .set_file_name(name)
            .save_file(move |file| {
                let _ = answer.send(file);
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

    fn notify(&self, notice: Notice) {
        let (title, body) = words::notice(&notice);
        let shown = self
            .0
            .notification()
            .builder()
            .title(title)
            .body(body)
            .show();
        if let Err(error) = shown {
            tracing::info!(%error, "the system shows no notifications");
        }
        // The platform also marks the window in its own way (a bouncing icon, a flashing button), but only
        // for what somebody has to do something about.
        if notice.stopped > 0
            && let Some(window) = self.0.get_webview_window(crate::WINDOW)
        {
            let _ = window.request_user_attention(Some(UserAttentionType::Informational));
        }
    }

    fn show_progress(&self, progress: Progress) {
        let (status, percent) = match progress {
            Progress::None => (ProgressBarStatus::None, None),
            Progress::Moving(percent) => (ProgressBarStatus::Normal, Some(percent)),
            Progress::Attention(percent) => (ProgressBarStatus::Error, Some(percent)),
        };
        let state = ProgressBarState {
            status: Some(status),
            progress: percent.map(u64::from),
        };
        if let Some(window) = self.0.get_webview_window(crate::WINDOW) {
            // A desktop without such a bar has nothing to show.
            let _ = window.set_progress_bar(state);
        }
    }

    fn stay_awake(&self) -> Option<StayAwake> {
        crate::awake::hold(self.0.config().identifier.clone())
    }

    #[cfg(target_os = "linux")]
    fn desktop_proxies(&self) -> Option<Arc<dyn DesktopProxies>> {
        Some(Arc::new(crate::proxies::DesktopSettings))
    }
}

fn path_of(file: FilePath) -> Option<PathBuf> {
    file.into_path().ok()
}
