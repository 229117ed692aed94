//! `/test/…`: playing the desktop around the window.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use sifter_contract::DropPhase;

use crate::Bridge;
use crate::host::Deeds;

pub(crate) fn routes() -> Router<Bridge> {
    Router::new()
        .route("/test/drop", post(drop_files))
        .route("/test/drag", post(drag))
        .route("/test/choose", post(choose))
        .route("/test/choose-folder", post(choose_folder))
        .route("/test/choose-save", post(choose_save))
        .route("/test/open", post(open_files))
        .route("/test/clipboard", post(clipboard))
        .route("/test/browser", post(browser))
        .route("/test/host", get(host))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drop {
    paths: Vec<PathBuf>,
    #[serde(default)]
    x: f64,
    #[serde(default)]
    y: f64,
}

/// Files fall on the window.
async fn drop_files(State(bridge): State<Bridge>, Json(drop): Json<Drop>) -> StatusCode {
    bridge.core.drop_files(drop.paths, drop.x, drop.y).await;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drag {
    phase: DropPhase,
    files: u32,
    #[serde(default)]
    x: f64,
    #[serde(default)]
    y: f64,
}

/// Files hover over the window.
async fn drag(State(bridge): State<Bridge>, Json(drag): Json<Drag>) -> StatusCode {
    bridge.core.drag(drag.phase, drag.files, drag.x, drag.y);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choose {
    paths: Vec<PathBuf>,
}

/// What the next file dialog answers.
async fn choose(State(bridge): State<Bridge>, Json(choose): Json<Choose>) -> StatusCode {
    bridge.host.answer_files(choose.paths);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChooseFolder {
    path: PathBuf,
}

/// What the next folder dialog answers.
async fn choose_folder(
    State(bridge): State<Bridge>,
    Json(choose): Json<ChooseFolder>,
) -> StatusCode {
    bridge.host.answer_folder(choose.path);
    StatusCode::NO_CONTENT
}

/// What the next dialog for saving answers.
async fn choose_save(State(bridge): State<Bridge>, Json(choose): Json<ChooseFolder>) -> StatusCode {
    bridge.host.answer_save(choose.path);
    StatusCode::NO_CONTENT
}

/// Files are opened with Sifter, as a double click does.
async fn open_files(State(bridge): State<Bridge>, Json(choose): Json<Choose>) -> StatusCode {
    bridge.core.open_paths(choose.paths).await;
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clipboard {
    text: String,
}

/// What lies on the clipboard.
async fn clipboard(State(bridge): State<Bridge>, Json(clipboard): Json<Clipboard>) -> StatusCode {
    bridge.host.set_clipboard(clipboard.text);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Browser {
    missing: bool,
}

/// Whether a browser can be opened.
async fn browser(State(bridge): State<Bridge>, Json(browser): Json<Browser>) -> StatusCode {
    bridge.host.set_browser_missing(browser.missing);
    StatusCode::NO_CONTENT
}

/// What the app asked its host to do.
async fn host(State(bridge): State<Bridge>) -> Json<Deeds> {
    Json(bridge.host.deeds())
}
