//! The built window as files. Small enough to be read whole for every request.

use std::path::{Component, Path, PathBuf};

use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use crate::Bridge;

/// Answers with a file of the window.
pub(crate) async fn serve(State(bridge): State<Bridge>, uri: Uri) -> Response {
    let missing = || (StatusCode::NOT_FOUND, "not found").into_response();
    let Some(path) = file_of(&bridge.ui, uri.path()) else {
        return missing();
    };
    match tokio::fs::read(&path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, content_type(&path))], bytes).into_response(),
        Err(_) => missing(),
    }
}

/// The file under `folder` that an address names; `None` when it leads anywhere else.
fn file_of(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path.trim_start_matches('/'));
    let path = if path.as_os_str().is_empty() {
        Path::new("index.html")
    } else {
        path
    };
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| folder.join(path))
}

/// Browsers refuse scripts and styles of the wrong type under `nosniff`.
fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_leaves_the_folder() {
        let folder = Path::new("/ui");
        assert_eq!(file_of(folder, "/"), Some("/ui/index.html".into()));
        assert_eq!(
            file_of(folder, "/assets/a.js"),
            Some("/ui/assets/a.js".into())
        );
        for path in ["/../etc/passwd", "/a/../../b", "/./x/../.."] {
            assert_eq!(file_of(folder, path), None, "{path}");
        }
        assert_eq!(
            file_of(folder, "//etc/passwd"),
            Some("/ui/etc/passwd".into())
        );
    }
}
