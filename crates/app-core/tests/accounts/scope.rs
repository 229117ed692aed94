//! A sign-in that allows too little, and is asked to allow more.

use std::sync::{Arc, Mutex};

use sifter_contract::{
    Api as _, ErrorCode, Phase, Retry, SignInHow, SignInPhase, SignInView, TransferView, UiError,
};
use sifter_test_support::front::{self, Request, Upstream};
use sifter_test_support::{Front, spawn_library_with};

use crate::code::enter;
use crate::stage::{Stage, arrived, ended, reached, settled};

/// Bytes of a part.
const PART: u64 = 64 << 10;
const WRITE: &str = "library:write";

fn problem(view: TransferView) -> UiError {
    match view.phase {
        Phase::NeedsAttention { error } => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_waits_for_the_grant_and_goes_on_without_sending_a_part_again() {
    let library = spawn_library_with(|config| {
        config.uploads.part_size = Some(PART);
        config.uploads.smallest_multipart = PART;
    })
    .await
    .unwrap();
    // The front lets the first token write no more once a few parts have arrived.
    let first: Arc<Mutex<Option<String>>> = Arc::default();
    let front = Front::start(library.address(), {
        let (first, asked) = (Arc::clone(&first), Mutex::new(0));
        let asked = Arc::new(asked);
        move |request: Request, upstream: Upstream| {
            let (first, asked) = (Arc::clone(&first), Arc::clone(&asked));
            async move {
                let bearer = request.headers().get("authorization");
                let bearer = bearer.map(|value| value.to_str().unwrap().to_owned());
                if bearer.is_some() && *first.lock().unwrap() == bearer {
                    let mut refusal = front::empty(403);
                    let why = format!(r#"Bearer error="insufficient_scope", scope="{WRITE}""#);
                    refusal
                        .headers_mut()
                        .insert("www-authenticate", why.parse().unwrap());
                    return refusal;
                }
                let asks_for_part =
                    request.uri().path().ends_with("/_multipart") && request.method() == "PUT";
                if asks_for_part {
                    let mut asked = asked.lock().unwrap();
                    *asked += 1;
                    if *asked == 3 {
                        first.lock().unwrap().get_or_insert(bearer.unwrap());
                    }
                }
                upstream.send(request).await
            }
        }
    })
    .await
    .unwrap();
    let stage = Stage::tuned(|tuning| {
        tuning.multipart_above = PART;
        // One by one, so that none is under way when the refusal comes.
        tuning.engine.parallel_parts = 1;
        tuning.engine.most_parallel_parts = 1;
    })
    .await;
    let id = stage.connect(&front.base_url()).await.id;
    let sign_in = async |scopes: Option<&str>| {
        let mut events = stage.core.watch();
        let started = stage.start_for(&id, SignInHow::Code, scopes).await;
        let waits = |view: &SignInView| view.phase == SignInPhase::WaitingForCode;
        let waiting = reached(&mut events, &started.id, waits).await;
        enter(&library, &waiting).await;
        let end = ended(&mut events, &started.id).await;
        assert_eq!(end.phase, SignInPhase::Done, "{end:?}");
    };
    sign_in(None).await;

    let mut events = stage.core.watch();
    let (transfer, size) = stage.upload(&id, "tester", 6 * PART).await;
    let waiting = settled(&mut events, &transfer).await;
    assert!(waiting.parts.done > 0, "some of it is there: {waiting:?}");
    let lacking = problem(waiting);
    assert_eq!(lacking.code, ErrorCode::ScopeMissing, "{lacking:?}");
    assert_eq!(lacking.params["scopes"], WRITE.into());
    assert_eq!(lacking.retry, Retry::AfterSignIn);

    sign_in(Some(WRITE)).await;
    arrived(&mut events, &transfer).await;
    let seen = front.seen();
    let parts = (seen.iter()).filter(|one| one.method == "PUT" && !one.authorized);
    assert_eq!(parts.count() as u64, size.div_ceil(PART), "each part once");
    let began = (seen.iter())
        .filter(|one| one.method == "POST" && one.target.ends_with("/_multipart"))
        .count();
    assert_eq!(began, 1, "one upload");
    stage.core.shutdown().await;
}

#[tokio::test]
async fn more_is_asked_for_beside_what_was_granted_before() {
    let stage = Stage::open().await;
    let server = stage.signed_in_here().await;
    let asked = |link: &url::Url| {
        let mut pairs = link.query_pairs();
        let scope = pairs.find(|(name, _)| name == "scope");
        scope.map(|(_, scope)| scope.into_owned())
    };
    let link = stage.approved(&server.id, Some("library:read")).await;
    assert_eq!(asked(&link).as_deref(), Some("library:read"));

    let mut events = stage.core.watch();
    let login = server.account.unwrap().login;
    let (transfer, _) = stage.upload(&server.id, &login, 4096).await;
    let lacking = problem(settled(&mut events, &transfer).await);
    assert_eq!(lacking.code, ErrorCode::ScopeMissing, "{lacking:?}");

    let link = stage.approved(&server.id, Some(WRITE)).await;
    let scopes = asked(&link).unwrap();
    let mut scopes: Vec<&str> = scopes.split(' ').collect();
    scopes.sort_unstable();
    assert_eq!(scopes, ["library:read", WRITE]);
    arrived(&mut events, &transfer).await;
    stage.core.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_a_scope_is_not_asked_for() {
    let stage = Stage::open().await;
    let server = stage
        .core
        .server_start_local(sifter_contract::Nothing {})
        .await;
    let request = |scopes: String| sifter_contract::requests::SignInStart {
        server_id: server.as_ref().unwrap().id.clone(),
        how: SignInHow::Browser,
        another: false,
        provider: None,
        scopes: Some(scopes),
    };
    for scopes in ["a\"b".to_owned(), "a\nb".to_owned(), "a".repeat(513)] {
        let refused = stage.core.sign_in_start(request(scopes)).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidRequest);
    }
    stage.core.shutdown().await;
}
