//! Tauri's access control with the configuration that ships: who may call what (A31), and what is not there
//! at all (A35).

use std::path::Path;

use sifter_contract::COMMANDS;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::read;

/// Where the app's own pages are.
const HOME: &str = if cfg!(windows) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

/// The app as its configuration says, with a handler that carries everything out.
fn app() -> App<MockRuntime> {
    mock_builder()
        .invoke_handler(|invoke| {
            invoke.resolver.resolve("carried out");
            true
        })
        .build(tauri::generate_context!())
        .unwrap()
}

fn window(app: &App<MockRuntime>, label: &str) -> WebviewWindow<MockRuntime> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::default())
        .build()
        .unwrap()
}

/// Whether a command that a page at `from` calls is carried out.
fn carries_out(window: &WebviewWindow<MockRuntime>, command: &str, from: &str) -> bool {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: from.parse().unwrap(),
        body: InvokeBody::default(),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).is_ok()
}

#[test]
fn a31_commands_are_for_the_apps_own_page_in_its_own_window() {
    let app = app();
    let main = window(&app, "main");
    let other = window(&app, "other");
    for command in COMMANDS {
        assert!(carries_out(&main, command, HOME), "{command}");
        assert!(
            !carries_out(&other, command, HOME),
            "{command} from a window without the capability"
        );
        for remote in [
            "https://evil.test/",
            "http://127.0.0.1:8080/",
            "http://tauri.localhost.evil.test/",
            "https://localhost/",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(
                !carries_out(&main, command, remote),
                "{command} from {remote}"
            );
        }
    }
}

#[test]
fn a31_what_the_contract_does_not_name_is_carried_out_for_nobody() {
    let app = app();
    let main = window(&app, "main");
    for command in [
        "app_read_secret",
        "",
        "plugin:clipboard-manager|read_text",
        "plugin:clipboard-manager|write_text",
        "plugin:dialog|open",
        "plugin:event|listen",
        "plugin:event|emit",
        "plugin:opener|open_url",
        "plugin:updater|check",
        "plugin:webview|create_webview_window",
        "plugin:window|destroy",
    ] {
        assert!(!carries_out(&main, command, HOME), "{command}");
    }
}

/// Sifter looks for no updates and installs none: packages come from where the person got Sifter. If that ever
/// changes, the updater has to refuse bad signatures and plain http, and this test has to be replaced by those.
#[test]
fn a35_there_is_no_updater_to_attack() {
    let config = read("tauri.conf.json");
    assert!(config["plugins"].get("updater").is_none(), "{config}");
    assert!(config["bundle"].get("createUpdaterArtifacts").is_none());
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    assert!(lock.contains("name = \"tauri\""), "the right file");
    for package in [
        "tauri-plugin-updater",
        "self_update",
        "self-replace",
        "minisign-verify",
    ] {
        assert!(
            !lock.contains(&format!("name = \"{package}\"")),
            "{package} is linked"
        );
    }
    let capability = read("src-tauri/capabilities/main.json").to_string();
    assert!(!capability.contains("updater"), "{capability}");
}
