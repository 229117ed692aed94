//! What holds for all commands together.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/nobody.rs"]
mod nobody;

mod hostile;

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use sifter_app_core::{AppCore, CoreConfig, Home, Secrets};
use sifter_contract::requests::{FilePath, ServerConnect};
use sifter_contract::{Api as _, AppEvent, Nothing};
use tokio::net::TcpListener;

use nobody::Nobody;

async fn core(folder: &Path) -> Arc<AppCore> {
    let mut config = CoreConfig::new(Home::at(folder), Arc::new(Nobody));
    config.secrets = Secrets::Memory;
    AppCore::start(config).await.unwrap()
}

#[tokio::test]
async fn invariant_10_a_server_that_says_nothing_holds_up_no_other_command() {
    let folder = tempfile::tempdir().unwrap();
    let core = core(folder.path()).await;
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let connecting = tokio::spawn({
        let core = Arc::clone(&core);
        async move {
            let allow_http = true;
            core.server_connect(ServerConnect {
                address,
                allow_http,
            })
            .await
        }
    });
    let (_held, _) = silent.accept().await.unwrap();

    core.app_state(Nothing {}).await.unwrap();
    core.settings_get(Nothing {}).await.unwrap();
    core.server_list(Nothing {}).await.unwrap();
    core.transfer_list(Nothing {}).await.unwrap();
    let path = folder.path().join("none.sif").display().to_string();
    let sheet = core.upload_add_path(FilePath { path }).await.unwrap();
    assert!(sheet.files[0].problem.is_some());
    let mut events = core.watch();
    assert!(matches!(
        events.next().await,
        Some(AppEvent::Settings { .. })
    ));
    core.server_start_local(Nothing {}).await.unwrap();

    assert!(!connecting.is_finished(), "the server has said nothing");
    connecting.abort();
    assert!(
        connecting.await.unwrap_err().is_cancelled(),
        "a command can be dropped"
    );
    core.shutdown().await;
}

#[tokio::test]
async fn what_is_open_ends_with_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let core = core(folder.path()).await;
    core.server_start_local(Nothing {}).await.unwrap();
    core.shutdown().await;
    drop(core);
    // Everything is free again: the same folder can be opened by the next start.
    let again = self::core(folder.path()).await;
    again.server_start_local(Nothing {}).await.unwrap();
    again.shutdown().await;
}
