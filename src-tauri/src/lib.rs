//! The shell: wires Sifter's libraries to one window, and decides nothing itself.

mod awake;
mod desktop;
mod door;
mod host;
#[cfg(target_os = "linux")]
mod proxies;
mod window;
mod words;

use std::process::ExitCode;
use std::sync::Arc;

use sifter_app_core::{AppCore, CoreConfig, Home};
use tauri::ipc::Invoke;
use tauri::{Manager, RunEvent, Wry};

/// The app's use cases, shared by the door, the event stream and the desktop's events.
pub(crate) type Core = Arc<AppCore>;

/// Label of the only window; `capabilities/main.json` names it too.
pub(crate) const WINDOW: &str = "main";

/// Runs the desktop program until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    let watch: Box<dyn Fn(Invoke<Wry>) -> bool + Send + Sync> =
        Box::new(tauri::generate_handler![door::app_watch]);
    let mut builder = tauri::Builder::default();
    // Two data folders are two apps; the same folder is one.
    if std::env::var_os(sifter_app_core::HOME_VARIABLE).is_none() {
        builder = builder.plugin(tauri_plugin_single_instance::init(
            |app, arguments, folder| {
                desktop::on_second_start(app, arguments, &folder);
            },
        ));
    }
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_notification::init())
        .on_window_event(desktop::on_window_event)
        .invoke_handler(move |invoke| {
            if invoke.message.command() == "app_watch" {
                watch(invoke)
            } else {
                door::handle(invoke)
            }
        })
        .setup(|app| {
            let home = Home::from_environment().ok_or("this user has no home folder")?;
            // The log is written until the app's state is dropped, after the window.
            app.manage(sifter_app_core::start_log(home.logs())?);
            let host = Arc::new(host::Shell(app.handle().clone()));
            let core = tauri::async_runtime::block_on(AppCore::start(CoreConfig::new(home, host)))?;
            let folder = std::env::current_dir()?;
            desktop::open_files(&core, desktop::files_in(std::env::args(), &folder));
            app.manage(core);
            window::open(app)?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event
                    && let Some(core) = app.try_state::<Core>()
                {
                    tauri::async_runtime::block_on(core.shutdown());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "Sifter could not start");
            eprintln!("Sifter could not start: {error}");
            ExitCode::FAILURE
        }
    }
}
