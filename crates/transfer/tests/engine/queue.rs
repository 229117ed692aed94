//! The queue: lanes, order, pausing, history.

use std::time::Duration;

use sifter_transfer::{Engine, Error, Lane, Outcome, Phase, PushRequest, TransferId};

use crate::fake::{Fault, Op};
use crate::rig::{Rig, image, push_request};

/// Queues a push of its own file of `size` bytes.
async fn push_file(rig: &Rig, name: &str, size: usize) -> TransferId {
    let file = rig.downloads().join(name);
    std::fs::write(&file, [name.as_bytes(), &image(size)].concat()).unwrap();
    // A tag of its own: several files under one tag would take it from each other.
    let request = PushRequest {
        tags: vec![name.to_owned()],
        ..push_request(&file)
    };
    rig.engine().push(request).await.unwrap()
}

fn names(engine: &Engine) -> Vec<String> {
    engine
        .snapshot()
        .transfers
        .iter()
        .map(|view| view.name.clone())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn small_files_do_not_wait_for_large_ones() {
    let rig = Rig::new().await;
    for _ in 0..100 {
        rig.fake.fail(Op::Part, Fault::Hang);
    }
    rig.fake.state().multipart_above = 5000;
    let large: Vec<_> = [
        push_file(&rig, "l1", 9000).await,
        push_file(&rig, "l2", 9000).await,
        push_file(&rig, "l3", 9000).await,
    ]
    .into();
    let small = push_file(&rig, "s", 500).await;
    assert_eq!(
        rig.at_rest(small).await.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    rig.until(large[1], |view| view.phase == Phase::Uploading)
        .await;
    assert_eq!(rig.view(large[0]).phase, Phase::Uploading);
    assert_eq!(
        rig.view(large[2]).phase,
        Phase::Queued,
        "two large ones at a time"
    );
    assert_eq!(
        (rig.view(large[2]).lane, rig.view(small).lane),
        (Lane::Large, Lane::Small)
    );
}

#[tokio::test(start_paused = true)]
async fn the_places_for_large_ones_can_be_changed_while_they_run() {
    let rig = Rig::new().await;
    for _ in 0..100 {
        rig.fake.fail(Op::Part, Fault::Hang);
    }
    let ids = [
        push_file(&rig, "a", 9000).await,
        push_file(&rig, "b", 9000).await,
        push_file(&rig, "c", 9000).await,
        push_file(&rig, "d", 9000).await,
    ];
    rig.until(ids[1], |view| view.phase == Phase::Uploading)
        .await;
    assert_eq!(rig.view(ids[2]).phase, Phase::Queued);
    rig.engine().set_large_lane(3).await.unwrap();
    rig.until(ids[2], |view| view.phase == Phase::Uploading)
        .await;
    assert_eq!(rig.view(ids[3]).phase, Phase::Queued);
    rig.engine().set_large_lane(1).await.unwrap();
    for id in &ids[..3] {
        assert_eq!(rig.view(*id).phase, Phase::Uploading, "nobody is stopped");
    }
    rig.engine().cancel(ids[0]).await.unwrap();
    rig.engine().cancel(ids[1]).await.unwrap();
    assert_eq!(rig.view(ids[3]).phase, Phase::Queued, "one at a time now");
    rig.engine().cancel(ids[2]).await.unwrap();
    rig.until(ids[3], |view| view.phase == Phase::Uploading)
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_order_of_the_queue_can_be_changed_and_survives() {
    let mut rig = Rig::new().await;
    let a = push_file(&rig, "a", 9000).await;
    rig.engine().pause_all().await.unwrap();
    let b = push_file(&rig, "b", 9000).await;
    let c = push_file(&rig, "c", 9000).await;
    for id in [a, b, c] {
        let _ = rig.engine().pause(id).await;
    }
    rig.engine().reorder(c, Some(a)).await.unwrap();
    rig.engine().reorder(a, None).await.unwrap();
    let order = names(rig.engine());
    let positions: Vec<_> = ["c", "b", "a"]
        .iter()
        .map(|n| order.iter().position(|o| o == n))
        .collect();
    rig.crash().await;
    assert_eq!(names(rig.engine()), order);
    assert!(
        positions.is_sorted() || rig.view(a).finished_at.is_some(),
        "{order:?}"
    );
    let unknown = Rig::new().await.push(&rig.source(b"x")).await;
    assert!(matches!(
        rig.engine().reorder(unknown, None).await,
        Err(Error::UnknownTransfer { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_paused_transfer_stays_paused_across_a_restart_and_goes_on_when_resumed() {
    let mut rig = Rig::new().await;
    rig.fake
        .fail(Op::Part, Fault::Pass)
        .fail(Op::Part, Fault::Pass);
    rig.fake
        .fail(Op::Part, Fault::Hang)
        .fail(Op::Part, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.parts.acknowledged == 2).await;
    rig.engine().pause(id).await.unwrap();
    assert_eq!(rig.view(id).phase, Phase::Paused);
    rig.crash().await;
    let view = rig.view(id);
    assert_eq!(
        (view.phase, view.parts.acknowledged, view.parts.total),
        (Phase::Paused, 2, 4)
    );
    assert_eq!(view.bytes_in_flight, 0);
    rig.engine().resume(id).await.unwrap();
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn pausing_everything_and_resuming_everything() {
    let rig = Rig::new().await;
    for _ in 0..4 {
        rig.fake.fail(Op::Begin, Fault::Hang);
    }
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(push_file(&rig, name, 9000).await);
    }
    rig.engine().pause_all().await.unwrap();
    for id in &ids {
        rig.until(*id, |view| view.phase == Phase::Paused).await;
    }
    rig.fake.state().script.clear();
    rig.engine().resume_all().await.unwrap();
    for id in &ids {
        assert_eq!(
            rig.at_rest(*id).await.phase,
            Phase::Done {
                how: Outcome::Arrived
            }
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_done_can_be_cleared_and_what_is_not_stays() {
    let mut rig = Rig::new().await;
    let done = push_file(&rig, "done", 500).await;
    rig.at_rest(done).await;
    rig.fake.fail(Op::Begin, Fault::Hang);
    let busy = push_file(&rig, "busy", 9000).await;
    assert_eq!(names(rig.engine()), ["busy", "done"], "history comes last");
    rig.engine().clear_done().await.unwrap();
    assert_eq!(names(rig.engine()), ["busy"]);
    rig.engine().remove(busy).await.unwrap();
    assert_eq!(names(rig.engine()), Vec::<String>::new());
    rig.crash().await;
    assert_eq!(names(rig.engine()), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn commands_that_make_no_sense_are_refused() {
    let rig = Rig::new().await;
    let id = push_file(&rig, "a", 500).await;
    rig.at_rest(id).await;
    let engine = rig.engine();
    for refused in [
        engine.pause(id).await,
        engine.resume(id).await,
        engine.cancel(id).await,
    ] {
        assert!(matches!(refused, Err(Error::WrongState { .. })));
    }
    engine.remove(id).await.unwrap();
    assert!(matches!(
        engine.retry(id).await,
        Err(Error::UnknownTransfer { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_shut_down_engine_lets_go_of_its_journal_and_says_so() {
    let mut rig = Rig::new().await;
    rig.fake.fail(Op::Part, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    let old = rig.engine().clone();
    old.shutdown().await.unwrap();
    assert!(matches!(old.pause(id).await, Err(Error::ShutDown)));
    rig.fake.state().acknowledged.clear();
    rig.watch_journal();
    rig.open().await;
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn history_older_than_a_month_is_forgotten() {
    let mut rig = Rig::new().await;
    let old = push_file(&rig, "old", 500).await;
    let new = push_file(&rig, "new", 500).await;
    rig.at_rest(old).await;
    rig.at_rest(new).await;
    let journal = rusqlite::Connection::open(rig.data().join("transfers.db")).unwrap();
    let month = i64::try_from(Duration::from_secs(30 * 24 * 60 * 60 + 1).as_millis()).unwrap();
    journal
        .execute(
            "UPDATE transfers SET finished_at = finished_at - ?1 WHERE id = ?2",
            rusqlite::params![month, old.to_string()],
        )
        .unwrap();
    rig.crash().await;
    assert_eq!(names(rig.engine()), ["new"]);
}

#[tokio::test(start_paused = true)]
async fn history_is_forgotten_while_the_engine_runs_too() {
    let mut rig = Rig::new().await;
    rig.options.history = Duration::ZERO;
    rig.crash().await;
    let old = push_file(&rig, "old", 500).await;
    let finished = rig.at_rest(old).await.finished_at.unwrap();
    // The journal counts in milliseconds of the real clock.
    while (time::OffsetDateTime::now_utc() - finished).whole_milliseconds() < 2 {
        tokio::task::yield_now().await;
    }
    push_file(&rig, "new", 500).await;
    assert_eq!(names(rig.engine()), ["new"]);
    rig.crash().await;
    assert!(rig.engine().snapshot().get(old).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_remark_is_kept_with_a_transfer_that_does_not_run() {
    let mut rig = Rig::new().await;
    let done = push_file(&rig, "done", 500).await;
    rig.at_rest(done).await;
    rig.fake.fail(Op::Begin, Fault::Hang);
    let runs = push_file(&rig, "runs", 9000).await;
    rig.until_fake(|fake| fake.state().hanging == 1).await;
    let remark = |id| rig.engine().remark(id, "noted".to_owned());
    assert!(matches!(remark(runs).await, Err(Error::WrongState { .. })));
    remark(done).await.unwrap();
    rig.crash().await;
    let view = rig.at_rest(done).await;
    assert_eq!(view.remark.as_deref(), Some("noted"));
    assert!(matches!(view.phase, Phase::Done { .. }));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_published_while_nothing_happens() {
    let rig = Rig::new().await;
    rig.fake.fail(Op::Begin, Fault::Hang);
    let paused = push_file(&rig, "paused", 9000).await;
    rig.until_fake(|fake| fake.state().hanging == 1).await;
    rig.engine().pause(paused).await.unwrap();
    let done = push_file(&rig, "done", 500).await;
    rig.at_rest(done).await;
    let mut watch = rig.engine().watch();
    tokio::time::sleep(Duration::from_secs(1)).await;
    watch.borrow_and_update();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(!watch.has_changed().unwrap(), "an idle engine sleeps");
}

#[tokio::test(start_paused = true)]
async fn updates_come_at_most_ten_times_a_second_and_the_last_state_always() {
    let rig = Rig::new().await;
    let mut watch = rig.engine().watch();
    watch.borrow_and_update();
    let id = rig.push(&rig.source(&image(200_000))).await;
    let mut last = None;
    loop {
        tokio::time::timeout(Duration::from_secs(3600), watch.changed())
            .await
            .unwrap()
            .unwrap();
        let at = tokio::time::Instant::now();
        if let Some(last) = last {
            assert!(
                at - last >= Duration::from_millis(100),
                "updates are coalesced"
            );
        }
        last = Some(at);
        let snapshot = watch.borrow_and_update().clone();
        let done = matches!(snapshot.get(id).unwrap().phase, Phase::Done { .. });
        if done {
            break;
        }
    }
}
