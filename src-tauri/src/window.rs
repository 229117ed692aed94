//! The one window. It never leaves the app's own pages and opens no second one.

use tauri::{App, WebviewWindowBuilder};

/// Opens the window that `tauri.conf.json` describes.
///
/// # Errors
/// When the web view cannot be made.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let Some(config) = app.config().app.windows.first() else {
        return Ok(());
    };
    WebviewWindowBuilder::from_config(app, config)?
        // A dropped file or a link must not replace the app: pages are opened in the browser, by Rust.
        .on_navigation(|url| matches!(url.scheme(), "tauri") || is_own_host(url))
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Windows and Android serve the bundle as `http://tauri.localhost`; the development server is `localhost:1420`.
fn is_own_host(url: &tauri::Url) -> bool {
    match url.host_str() {
        Some("tauri.localhost") => true,
        Some("localhost") => cfg!(dev) && url.port() == Some(1420),
        _ => false,
    }
}
