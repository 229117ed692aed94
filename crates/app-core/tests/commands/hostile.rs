//! What a page that has gone over to somebody else, or another program of this user, asks for (A31, A33).

use std::path::PathBuf;

use serde_json::json;
use sifter_app_core::AppCore;
use sifter_contract::{
    Api as _, AppEvent, COMMANDS, DraftSheet, ErrorCode, Nothing, ServerView, SettingsView,
    TransferList, dispatch,
};

use crate::core;

/// What there is, without what changes by itself.
async fn present(core: &AppCore) -> (SettingsView, Vec<ServerView>) {
    let mut settings = core.settings_get(Nothing {}).await.unwrap();
    settings.download_folder_free = None;
    (settings, core.server_list(Nothing {}).await.unwrap())
}

#[tokio::test]
async fn a31_no_command_takes_unknown_fields_or_texts_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let core = core(folder.path()).await;
    let before = present(&core).await;
    for body in [
        json!({ "unknown": 1 }),
        json!({ "serverId": "x".repeat(2 << 20), "text": "x".repeat(2 << 20) }),
        json!([1]),
        json!("x"),
    ] {
        for command in COMMANDS.iter().chain(&["app_read_secret", "", "__proto__"]) {
            let refused = dispatch(core.as_ref(), command, body.clone()).await;
            assert_eq!(
                refused.map_err(|error| error.code),
                Err(ErrorCode::InvalidRequest),
                "{command}"
            );
        }
    }
    assert_eq!(present(&core).await, before);
    core.shutdown().await;
}

/// Double clicks, *Open with* and second starts hand over paths. Whatever they are, a sheet opens with them,
/// and the person decides.
#[tokio::test]
async fn a33_what_is_handed_over_opens_a_sheet_and_does_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let core = core(folder.path()).await;
    let servers = core.server_list(Nothing {}).await.unwrap();
    let pipe = folder.path().join("pipe.sif");
    let mut hostile: Vec<PathBuf> = [
        "/dev/zero",
        "/dev/stdin",
        "/etc/passwd",
        "/",
        "",
        "sifter://sign-in?server=https://evil.test",
        "library://evil.test/e/c/i:latest",
        "https://evil.test/x.sif",
        "-",
        "--server",
        "../../../x",
        "x\0y",
        "\u{202e}fis.x",
    ]
    .map(PathBuf::from)
    .into();
    if cfg!(unix) {
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        hostile.push(pipe);
    }
    hostile.extend((0..200).map(|number| PathBuf::from(format!("{number}"))));
    let mut events = core.watch();
    core.drop_files(hostile, 0.0, 0.0).await;
    let sheet: DraftSheet = loop {
        if let Some(AppEvent::Dropped { sheet, .. }) = events.next().await {
            break sheet;
        }
    };
    assert!(sheet.files.len() <= 100);
    assert!(sheet.files.iter().all(|file| file.problem.is_some()));
    let TransferList {
        active,
        queued,
        attention,
        history,
        ..
    } = core.transfer_list(Nothing {}).await.unwrap();
    assert!([active, queued, attention, history].concat().is_empty());
    assert_eq!(core.server_list(Nothing {}).await.unwrap(), servers);
    core.shutdown().await;
}
