//! The vault file of a computer without a keychain.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sifter_app_core::Secrets;
use sifter_contract::requests::{ServerRef, VaultPassphrase};
use sifter_contract::{Api as _, ErrorCode, Nothing, Phase, VaultState};
use sifter_test_support::front::{self, Request, Upstream};
use sifter_test_support::{Front, spawn_library};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::stage::{Stage, arrived, settled};

/// Less than a client waits for a silent server.
const PATIENCE: Duration = Duration::from_secs(10);

fn passphrase() -> VaultPassphrase {
    serde_json::from_str(r#"{"passphrase":"correct horse battery staple"}"#).unwrap()
}

#[tokio::test]
async fn a_vault_is_open_before_its_servers_have_answered() {
    let stage = Stage::configured(|config| config.secrets = Secrets::NoKeychain).await;
    stage.core.vault_create(passphrase()).await.unwrap();
    let library = spawn_library().await.unwrap();
    let silent = Arc::new(AtomicBool::new(false));
    let is_silent = Arc::clone(&silent);
    let (asking, mut asked) = mpsc::unbounded_channel();
    let front = Front::start(
        library.address(),
        move |request: Request, upstream: Upstream| {
            let (is_silent, asking) = (Arc::clone(&is_silent), asking.clone());
            async move {
                if is_silent.load(Ordering::SeqCst) {
                    asking.send(()).unwrap();
                    std::future::pending::<()>().await;
                }
                upstream.send(request).await
            }
        },
    );
    let front = front.await.unwrap();
    let server = stage.connect(&front.base_url()).await;
    library
        .token()
        .clone_into(&mut stage.host.clipboard.lock().unwrap());
    let named = ServerRef {
        server_id: server.id,
    };
    stage.core.sign_in_paste_token(named).await.unwrap();
    stage.core.vault_close(Nothing {}).await.unwrap();
    silent.store(true, Ordering::SeqCst);
    let opened = stage.core.vault_open(passphrase());
    let opened = timeout(PATIENCE, opened).await;
    assert_eq!(opened.unwrap().unwrap().vault, VaultState::Open);
    timeout(PATIENCE, asked.recv()).await.unwrap().unwrap();
    // The end does not wait for the server either.
    timeout(PATIENCE, stage.core.shutdown()).await.unwrap();
}

#[tokio::test]
async fn an_upload_waits_for_a_closed_vault_and_goes_on_when_it_is_opened() {
    let stage = Stage::configured(|config| {
        config.secrets = Secrets::NoKeychain;
        config.tuning.engine.retry_base = Duration::from_millis(10);
        config.tuning.engine.max_attempts = u32::MAX;
    })
    .await;
    stage.core.vault_create(passphrase()).await.unwrap();
    let library = spawn_library().await.unwrap();
    // Nothing can be changed there for a while, so that the upload is still under way when the vault closes.
    let frozen = Arc::new(AtomicBool::new(true));
    let is_frozen = Arc::clone(&frozen);
    let (asking, mut asked) = mpsc::unbounded_channel();
    let front = Front::start(
        library.address(),
        move |request: Request, upstream: Upstream| {
            let (is_frozen, asking) = (Arc::clone(&is_frozen), asking.clone());
            async move {
                if request.method() == "POST" && is_frozen.load(Ordering::SeqCst) {
                    let _ = asking.send(());
                    return front::empty(503);
                }
                upstream.send(request).await
            }
        },
    );
    let front = front.await.unwrap();
    let server_id = stage.connect(&front.base_url()).await.id;
    let token = library.token().into();
    stage.core.accept_token(&server_id, token).await.unwrap();
    let mut events = stage.core.watch();
    let (transfer, _) = stage.upload(&server_id, "tester", 4096).await;
    timeout(PATIENCE, asked.recv()).await.unwrap().unwrap();
    stage.core.vault_close(Nothing {}).await.unwrap();
    let waiting = timeout(PATIENCE, settled(&mut events, &transfer));
    let waiting = waiting.await.unwrap();
    let Phase::NeedsAttention { error } = waiting.phase else {
        panic!("{waiting:?}");
    };
    assert_eq!(error.code, ErrorCode::VaultClosed, "{error:?}");
    frozen.store(false, Ordering::SeqCst);
    stage.core.vault_open(passphrase()).await.unwrap();
    let done = timeout(PATIENCE, arrived(&mut events, &transfer));
    done.await.unwrap();
    stage.core.shutdown().await;
}
