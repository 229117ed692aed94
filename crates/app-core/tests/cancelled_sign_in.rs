//! A sign-in that was cancelled: the page that may still be open in the browser leads nowhere.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

#[path = "support/nobody.rs"]
mod nobody;

use std::sync::Arc;

use sifter_app_core::{AppCore, CoreConfig, EventStream, Home, Secrets};
use sifter_contract::requests::{SignInRef, SignInStart};
use sifter_contract::{Api as _, AppEvent, Nothing, SignInHow, SignInPhase};
use url::Url;

use nobody::Nobody;

/// Waits until a sign-in is in a phase.
async fn reached(events: &mut EventStream, id: &str, phase: SignInPhase) {
    while let Some(event) = events.next().await {
        if let AppEvent::SignIn { sign_in } = event
            && sign_in.id == id
            && sign_in.phase == phase
        {
            return;
        }
    }
    panic!("the events ended before {phase:?}");
}

async fn page(link: &Url) -> String {
    let builder = sifter_library_client::http::client_builder();
    let client = builder.no_proxy().tls_certs_only([]).build().unwrap();
    let answer = client.get(link.clone()).send().await.unwrap();
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_page_of_a_cancelled_sign_in_offers_nothing_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = CoreConfig::new(Home::at(folder.path()), Arc::new(Nobody));
    config.secrets = Secrets::Memory;
    let core = AppCore::start(config).await.unwrap();
    let server_id = core.server_start_local(Nothing {}).await.unwrap().id;
    let mut events = core.watch();
    let start = SignInStart {
        server_id,
        how: SignInHow::Browser,
        provider: None,
        scopes: None,
        another: false,
    };
    let sign_in = core.sign_in_start(start).await.unwrap();
    reached(&mut events, &sign_in.id, SignInPhase::WaitingForBrowser).await;
    let link = core.sign_in_link(&sign_in.id).unwrap();
    assert!(page(&link).await.contains("Continue as"));

    let sign_in_id = sign_in.id.clone();
    core.sign_in_cancel(SignInRef { sign_in_id }).await.unwrap();
    reached(&mut events, &sign_in.id, SignInPhase::Cancelled).await;
    let page = page(&link).await;
    assert!(!page.contains("Continue as"), "{page}");
    assert!(page.contains("This link works no more"), "{page}");
    core.shutdown().await;
}
