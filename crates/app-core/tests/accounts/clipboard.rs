//! The clipboard is the person's (A34).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use sifter_contract::requests::{ServerRef, SignInRef};
use sifter_contract::{Api as _, ErrorCode, Nothing, SignInHow, SignInPhase};
use sifter_test_support::front::Request;
use sifter_test_support::{Front, spawn_library};

use crate::stage::{Stage, ended, reached};

#[tokio::test]
async fn a34_the_clipboard_is_read_when_the_person_pastes_and_at_no_other_time() {
    let library = spawn_library().await.unwrap();
    let stage = Stage::open().await;
    *stage.host.clipboard.lock().unwrap() = library.token().to_owned();
    let id = stage.connect(&library.base_url()).await.id;
    let request = ServerRef {
        server_id: id.clone(),
    };
    // Everything that a sign-in with a token goes through, but for the paste itself.
    stage
        .core
        .sign_in_open_token_page(request.clone())
        .await
        .unwrap();
    for focused in [false, true, false, true] {
        stage.core.set_focused(focused);
    }
    let mut events = stage.core.watch();
    let started = stage.start(&id, SignInHow::Code, false).await;
    let waits = |view: &sifter_contract::SignInView| view.phase == SignInPhase::WaitingForCode;
    reached(&mut events, &started.id, waits).await;
    let sign_in_id = started.id.clone();
    stage
        .core
        .sign_in_cancel(SignInRef { sign_in_id })
        .await
        .unwrap();
    ended(&mut events, &started.id).await;
    stage.core.app_state(Nothing {}).await.unwrap();
    assert_eq!(stage.host.reads.load(Ordering::SeqCst), 0);
    assert_eq!(stage.server(&id).await.account, None);
    assert_eq!(stage.clipboard(), library.token());

    let reads = stage.host.reads.load(Ordering::SeqCst);
    let view = stage
        .core
        .sign_in_paste_token(request.clone())
        .await
        .unwrap();
    assert_eq!(view.account.unwrap().login, "tester");
    // Once to take the token, once to see that it is still the token that is cleared.
    assert_eq!(stage.host.reads.load(Ordering::SeqCst), reads + 2);
    assert_eq!(stage.clipboard(), "");
    stage.core.shutdown().await;
}

#[tokio::test]
async fn a_checked_token_is_kept_after_a_yes_and_it_is_that_one() {
    let library = spawn_library().await.unwrap();
    let stage = Stage::open().await;
    let id = stage.connect(&library.base_url()).await.id;
    let named = || ServerRef {
        server_id: id.clone(),
    };
    let copy = |text: &str| text.clone_into(&mut stage.host.clipboard.lock().unwrap());
    copy(&format!(" {}\n", library.token()));
    let owner = stage.core.sign_in_check_token(named()).await.unwrap();
    assert_eq!(owner.login, "tester");
    assert_eq!(stage.server(&id).await.account, None, "kept before a yes");
    // What is copied meanwhile is not what was said yes to, and stays.
    copy("another text");
    let view = stage.core.sign_in_paste_token(named()).await.unwrap();
    assert_eq!(view.account.unwrap().login, "tester");
    assert_eq!(stage.clipboard(), "another text");

    // A yes counts once, and for nothing that was dropped or refused.
    for refused in [false, true] {
        copy(library.token());
        stage.core.sign_in_check_token(named()).await.unwrap();
        copy("not one token");
        if refused {
            let checked = stage.core.sign_in_check_token(named()).await;
            assert_eq!(checked.unwrap_err().code, ErrorCode::NoTokenInClipboard);
        } else {
            stage.core.sign_in_drop_token(Nothing {}).await.unwrap();
        }
        let pasted = stage.core.sign_in_paste_token(named()).await;
        assert_eq!(pasted.unwrap_err().code, ErrorCode::NoTokenInClipboard);
    }
    stage.core.shutdown().await;
}

#[tokio::test]
async fn a34_a_text_that_is_no_token_is_sent_nowhere_and_stays_on_the_clipboard() {
    let library = spawn_library().await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&seen);
    let front = Front::start(library.address(), move |request: Request, upstream| {
        note.lock().unwrap().push(format!("{request:?}"));
        upstream.send(request)
    });
    let front = front.await.unwrap();
    let stage = Stage::open().await;
    let id = stage.connect(&front.base_url()).await.id;
    for text in [
        "Dear Ada,\nthe password is hunter2",
        "hunter2 and more",
        &"hunter2".repeat(10_000),
        "hunter2\u{0}",
        "   \n",
    ] {
        text.clone_into(&mut stage.host.clipboard.lock().unwrap());
        let server_id = id.clone();
        let refused = stage
            .core
            .sign_in_paste_token(ServerRef { server_id })
            .await;
        assert_eq!(
            refused.unwrap_err().code,
            ErrorCode::NoTokenInClipboard,
            "{text:?}"
        );
        assert_eq!(stage.clipboard(), text);
    }
    let seen = seen.lock().unwrap().join("\n");
    assert!(seen.contains("GET"), "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");
    stage.core.shutdown().await;
}
