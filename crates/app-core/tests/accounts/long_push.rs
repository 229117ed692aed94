//! An upload that outlives its access token (A26).

use std::sync::{Arc, Mutex};

use sifter_contract::{DoneHow, Phase, SignInHow, SignInPhase, SignInView};
use sifter_test_support::front::{self, Request, Upstream};
use sifter_test_support::{Front, spawn_library_with};

use crate::code::enter;
use crate::stage::{Stage, ended, reached, settled};

/// Bytes of a part.
const PART: u64 = 64 << 10;

#[tokio::test(flavor = "multi_thread")]
async fn a26_a_token_that_ends_during_an_upload_is_renewed_and_no_part_is_sent_again() {
    let library = spawn_library_with(|config| {
        config.uploads.part_size = Some(PART);
        config.uploads.smallest_multipart = PART;
    })
    .await
    .unwrap();
    // The front takes the token for ended once the first part has arrived.
    let old: Arc<Mutex<Option<String>>> = Arc::default();
    let front = Front::start(library.address(), {
        let old = Arc::clone(&old);
        move |request: Request, upstream: Upstream| {
            let old = Arc::clone(&old);
            async move {
                let bearer = request.headers().get("authorization");
                let bearer = bearer.map(|value| value.to_str().unwrap().to_owned());
                if bearer.is_some() && *old.lock().unwrap() == bearer {
                    return front::empty(401);
                }
                let asks_for_part =
                    request.uri().path().ends_with("/_multipart") && request.method() == "PUT";
                let answer = upstream.send(request).await;
                if asks_for_part {
                    old.lock().unwrap().get_or_insert(bearer.unwrap());
                }
                answer
            }
        }
    })
    .await
    .unwrap();
    let stage = Stage::tuned(|tuning| tuning.multipart_above = PART).await;
    let id = stage.connect(&front.base_url()).await.id;
    let mut events = stage.core.watch();
    let started = stage.start(&id, SignInHow::Code, false).await;
    let waits = |view: &SignInView| view.phase == SignInPhase::WaitingForCode;
    let waiting = reached(&mut events, &started.id, waits).await;
    enter(&library, &waiting).await;
    let done = ended(&mut events, &started.id).await;
    assert_eq!(done.phase, SignInPhase::Done, "{done:?}");

    let (transfer, size) = stage.upload(&id, "tester", 6 * PART).await;
    let phase = settled(&mut events, &transfer).await.phase;
    assert!(
        matches!(
            phase,
            Phase::Done {
                how: DoneHow::Arrived
            }
        ),
        "{phase:?}"
    );

    let seen = front.seen();
    let count =
        |wanted: &dyn Fn(&front::Seen) -> bool| seen.iter().filter(|one| wanted(one)).count();
    assert!(count(&|one| one.status == 401) > 0, "the token had ended");
    // The code was asked for at the token endpoint more than once; a renewal comes after the upload began.
    let began = seen
        .iter()
        .position(|one| one.target.ends_with("/_multipart"));
    let renewals = seen[began.unwrap()..]
        .iter()
        .filter(|one| one.target == "/oauth/token");
    assert_eq!(renewals.count(), 1);
    let parts = count(&|one| one.method == "PUT" && !one.authorized);
    assert_eq!(parts as u64, size.div_ceil(PART), "each part once");
    stage.core.shutdown().await;
}
