//! The shell's own wiring: what the window is allowed to call is exactly what the contract names.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod walls;

use std::collections::BTreeSet;

use sifter_contract::COMMANDS;

fn read(path: &str) -> serde_json::Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_window_may_call_every_command_of_the_contract_and_nothing_else() {
    let capability = read("src-tauri/capabilities/main.json");
    let allowed: BTreeSet<String> = capability["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p.as_str().unwrap().to_owned())
        .collect();
    let wanted: BTreeSet<String> = COMMANDS
        .iter()
        .map(|command| format!("allow-{}", command.replace('_', "-")))
        .collect();
    assert_eq!(allowed, wanted);
    assert_eq!(capability["windows"], serde_json::json!(["main"]));
    assert!(
        capability.get("remote").is_none(),
        "no remote page may reach the commands"
    );
}

#[test]
fn the_web_view_is_locked_down() {
    let config = read("tauri.conf.json");
    let security = &config["app"]["security"];
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert!(security.get("assetProtocol").is_none());
    assert_eq!(security["capabilities"], serde_json::json!(["main"]));
    let policy = security["csp"].as_object().unwrap();
    assert_eq!(policy["default-src"], "'none'");
    assert_eq!(policy["script-src"], "'self'");
    assert_eq!(policy["style-src"], "'self'");
    assert_eq!(policy["connect-src"], "ipc: http://ipc.localhost");
    for (directive, sources) in policy {
        let sources = sources.as_str().unwrap();
        assert!(!sources.contains("unsafe"), "{directive} allows {sources}");
        assert!(!sources.contains('*'), "{directive} allows {sources}");
    }
}
