//! Stopping at awkward moments: whoever stops a transfer gets what was asked for, and no litter.

use std::time::Duration;

use sifter_transfer::{ClashPolicy, Error, Outcome, Phase, TransferId};
use tokio::time::Instant;

use crate::fake::{Fault, Op};
use crate::rig::{Rig, image};

#[tokio::test(start_paused = true)]
async fn pausing_everything_does_not_take_a_cancellation_back() {
    let rig = Rig::new().await;
    rig.fake.fail(Op::Begin, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until_fake(|fake| fake.state().hanging == 1).await;
    let (cancelled, paused) = tokio::join!(rig.engine().cancel(id), rig.engine().pause_all());
    cancelled.unwrap();
    paused.unwrap();
    rig.until(id, |view| {
        matches!(view.phase, Phase::Paused | Phase::Cancelled)
    })
    .await;
    assert_eq!(rig.view(id).phase, Phase::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_was_cancelled_does_not_begin_again_when_the_journal_fails() {
    let rig = Rig::new().await;
    for _ in 0..8 {
        rig.fake.fail(Op::Part, Fault::Hang);
    }
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until_fake(|fake| fake.state().hanging == 4).await;
    rig.break_journal();
    let refused = rig.engine().cancel(id).await;
    assert!(matches!(refused, Err(Error::Journal(_))), "{refused:?}");
    assert_eq!(rig.view(id).phase, Phase::Cancelled);
    assert_eq!(rig.fake.state().hanging, 4, "nothing was tried again");
}

#[tokio::test(start_paused = true)]
async fn a_pull_cancelled_at_any_moment_is_either_done_or_leaves_nothing() {
    let mut done = 0;
    for turns in 0..40 {
        let rig = Rig::new().await;
        rig.fake.publish("latest", &image(1500));
        let id = rig.pull(ClashPolicy::Fail).await;
        for _ in 0..turns * 30 {
            tokio::task::yield_now().await;
        }
        // Refused when it was done already.
        let _ = rig.engine().cancel(id).await;
        let view = rig.at_rest(id).await;
        if view.phase == Phase::Cancelled {
            rig.until_fake(|_| rig.names().is_empty()).await;
        } else {
            done += 1;
            assert_eq!(rig.names(), ["x.sif"], "{:?}", view.phase);
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        let left = if view.phase == Phase::Cancelled { 0 } else { 1 };
        assert_eq!(rig.names().len(), left, "nothing happens afterwards");
    }
    assert!(done < 40, "some were cancelled in time");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_was_placed_just_before_a_crash_is_found_and_not_fetched_again() {
    let mut rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("latest", &bytes);
    rig.fake.fail(Op::Range, Fault::Hang);
    std::fs::write(rig.target(), "mine").unwrap();
    let id = rig.pull(ClashPolicy::KeepBoth).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    rig.engine().pause(id).await.unwrap();
    // What the disk looks like when the name was given and its note got lost.
    let (part, copy) = (
        rig.downloads().join("x.sif.part"),
        rig.downloads().join("x (2).sif"),
    );
    std::fs::write(&part, &bytes).unwrap();
    std::fs::rename(&part, &copy).unwrap();
    rig.crash().await;
    let before = rig.fake.state().log.len();
    rig.engine().resume(id).await.unwrap();
    let view = rig.at_rest(id).await;
    let how = Outcome::Verified;
    assert_eq!((view.phase, view.file), (Phase::Done { how }, Some(copy)));
    assert_eq!(rig.names(), ["x (2).sif", "x.sif"]);
    assert_eq!(rig.fake.state().log.len(), before + 1, "only resolved");
}

/// A push of which one part arrived, so that the library keeps it.
async fn half_sent(rig: &Rig) -> TransferId {
    rig.fake.fail(Op::Part, Fault::Pass);
    for _ in 0..8 {
        rig.fake.fail(Op::Part, Fault::Hang);
    }
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.parts.acknowledged == 1).await;
    id
}

#[tokio::test(start_paused = true)]
async fn a_library_hears_of_a_cancellation_right_before_the_end() {
    let rig = Rig::new().await;
    let id = half_sent(&rig).await;
    rig.engine().cancel(id).await.unwrap();
    rig.engine().shutdown().await.unwrap();
    assert_eq!(rig.fake.state().aborted.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_library_that_does_not_listen_delays_the_end_by_a_second_and_hears_it_later() {
    let mut rig = Rig::new().await;
    let id = half_sent(&rig).await;
    rig.fake.fail(Op::Abort, Fault::Hang);
    rig.engine().cancel(id).await.unwrap();
    let begun = Instant::now();
    rig.engine().shutdown().await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(1100));
    assert_eq!(rig.fake.state().aborted.len(), 0);
    rig.open().await;
    rig.until_fake(|fake| fake.state().aborted.len() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_library_that_cannot_be_reached_does_not_delay_the_end() {
    let rig = Rig::new().await;
    let id = half_sent(&rig).await;
    for _ in 0..20 {
        rig.fake.fail(Op::Abort, Fault::transient());
    }
    rig.engine().cancel(id).await.unwrap();
    let begun = Instant::now();
    rig.engine().shutdown().await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(100));
}
