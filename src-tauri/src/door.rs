//! The door between the window and the app: one handler for every command of the contract.
//!
//! There is no list of commands here to keep in step: Tauri's access control admits what
//! `capabilities/main.json` allows, and the contract's own table runs it.

use sifter_contract::{ErrorCode, UiError};
use tauri::ipc::{Invoke, InvokeBody};
use tauri::{Manager, Wry};

use crate::Core;

/// Runs one command of the contract. Always takes the message: an unknown name is answered by the table.
pub(crate) fn handle(invoke: Invoke<Wry>) -> bool {
    let core = invoke.message.webview().state::<Core>().inner().clone();
    let name = invoke.message.command().to_owned();
    let request = match invoke.message.payload() {
        InvokeBody::Json(body) => body
            .get("request")
            .cloned()
            .unwrap_or_else(|| serde_json::json!({})),
        InvokeBody::Raw(_) => serde_json::Value::Null,
    };
    let resolver = invoke.resolver;
    tauri::async_runtime::spawn(async move {
        match sifter_contract::dispatch(core.as_ref(), &name, request).await {
            Ok(answer) => resolver.resolve(answer),
            Err(error) => resolver.reject(error),
        }
    });
    true
}

/// The event stream: a snapshot first, then every change. It ends with the window.
#[tauri::command]
pub(crate) async fn app_watch(
    core: tauri::State<'_, Core>,
    on_event: tauri::ipc::Channel<sifter_contract::AppEvent>,
) -> Result<(), UiError> {
    let mut events = core.watch();
    while let Some(event) = events.next().await {
        if on_event.send(event).is_err() {
            return Ok(());
        }
    }
    Err(UiError::new(ErrorCode::Cancelled))
}
