//! What the desktop sends to the window: files dragged over it, files opened with Sifter, a second start.

use std::path::PathBuf;

use sifter_contract::DropPhase;
use tauri::{DragDropEvent, Manager, PhysicalPosition, Window, WindowEvent};

use crate::Core;

/// Hands a drag to the app, of which the page hears only an opaque sheet and a position, never a path; and
/// whether the person looks at the window.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    let Some(core) = window.try_state::<Core>() else {
        return;
    };
    let core = core.inner().clone();
    match event {
        WindowEvent::DragDrop(drag) => on_drag(core, window, drag),
        WindowEvent::Focused(focused) => core.set_focused(*focused),
        _ => {}
    }
}

fn on_drag(core: Core, window: &Window, drag: &DragDropEvent) {
    let scale = window.scale_factor().unwrap_or(1.0);
    let place = |position: &PhysicalPosition<f64>| (position.x / scale, position.y / scale);
    match drag {
        DragDropEvent::Enter { paths, position } => {
            let (x, y) = place(position);
            core.drag(
                DropPhase::Enter,
                u32::try_from(paths.len()).unwrap_or(u32::MAX),
                x,
                y,
            );
        }
        DragDropEvent::Over { position } => {
            let (x, y) = place(position);
            core.drag(DropPhase::Over, 0, x, y);
        }
        DragDropEvent::Drop { paths, position } => {
            let (x, y) = place(position);
            let paths = paths.clone();
            tauri::async_runtime::spawn(async move { core.drop_files(paths, x, y).await });
        }
        _ => core.drag(DropPhase::Leave, 0, 0.0, 0.0),
    }
}

/// Files among a program's arguments, as a double click or *Open with* passes them.
pub(crate) fn files_in(
    arguments: impl IntoIterator<Item = String>,
    folder: &std::path::Path,
) -> Vec<PathBuf> {
    arguments
        .into_iter()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .map(|argument| folder.join(argument))
        .filter(|path| path.exists())
        .collect()
}

/// Shows a file that was opened with Sifter; several become an upload sheet.
pub(crate) fn open_files(core: &Core, files: Vec<PathBuf>) {
    if files.is_empty() {
        return;
    }
    let core = core.clone();
    tauri::async_runtime::spawn(async move { core.open_paths(files).await });
}

/// A second start: show the window that is there, and open the files it was started with.
pub(crate) fn on_second_start(app: &tauri::AppHandle, arguments: Vec<String>, folder: &str) {
    if let Some(window) = app.get_webview_window(crate::WINDOW) {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
    if let Some(core) = app.try_state::<Core>() {
        open_files(
            core.inner(),
            files_in(arguments, std::path::Path::new(folder)),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn files(arguments: &[&str], folder: &Path) -> Vec<PathBuf> {
        let program = std::iter::once("sifter");
        let all = program.chain(arguments.iter().copied()).map(str::to_owned);
        files_in(all, folder)
    }

    /// Any program of this user may start a second Sifter, or call the first in its name.
    #[test]
    fn a33_of_the_arguments_of_a_second_start_only_files_that_are_there_count() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.sif");
        std::fs::write(&file, "").unwrap();
        std::fs::write(folder.path().join("--remove"), "").unwrap();
        let long = "x".repeat(1 << 20);
        let hostile = [
            "--remove",
            "-",
            "--server=https://evil.test",
            "sifter://sign-in?server=https://evil.test",
            "library://evil.test/e/c/i:latest",
            "https://evil.test/x.sif",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "x.sif\0",
            "$(touch y)",
            "\u{202e}fis.x",
            "nothing.sif",
            long.as_str(),
        ];
        assert!(files(&hostile, folder.path()).is_empty());
        let address = file.display().to_string();
        let found = files(&["x.sif", "--remove", address.as_str()], folder.path());
        assert_eq!(found, [file.clone(), file]);
        assert!(files_in([], folder.path()).is_empty());
    }
}
