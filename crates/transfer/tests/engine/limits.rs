//! Limits: kept by all transfers together, changed while they run, and in nobody's way.

use std::num::NonZeroU64;
use std::time::Duration;

use sifter_transfer::{ClashPolicy, Engine, Limits, Outcome, Phase, PushRequest};
use tokio::time::Instant;

use crate::rig::{Rig, image, push_request};

const ARRIVED: Phase = Phase::Done {
    how: Outcome::Arrived,
};
const VERIFIED: Phase = Phase::Done {
    how: Outcome::Verified,
};

/// What a line that was idle lets through at once, and what timers cost.
const SLACK: f64 = 0.5;

fn up(bytes: u64) -> Limits {
    Limits {
        up: NonZeroU64::new(bytes),
        down: None,
    }
}

fn down(bytes: u64) -> Limits {
    Limits {
        up: None,
        down: NonZeroU64::new(bytes),
    }
}

/// An engine with many parts at once that gives up on whatever stands still for ten seconds.
async fn rig(limits: Limits) -> Rig {
    let mut rig = Rig::new().await;
    rig.options.parallel_parts = 8;
    rig.options.most_parallel_parts = 8;
    rig.options.idle_timeout = Duration::from_secs(10);
    rig.options.limits = limits;
    rig.crash().await;
    rig
}

fn assert_took(start: Instant, seconds: f64) {
    let took = start.elapsed().as_secs_f64();
    assert!(
        (seconds - SLACK..=seconds + SLACK).contains(&took),
        "took {took} s instead of {seconds} s"
    );
}

#[tokio::test(start_paused = true)]
async fn uploads_share_one_limit_and_nothing_is_taken_for_dead() {
    let rig = rig(up(1000)).await;
    let start = Instant::now();
    let source = rig.source(&image(40_000));
    let first = rig.push(&source).await;
    let other = source.with_file_name("other.sif");
    std::fs::write(&other, image(20_000)).unwrap();
    let request = PushRequest {
        path: "e/c/other".to_owned(),
        ..push_request(&other)
    };
    let second = rig.engine().push(request).await.unwrap();
    for id in [first, second] {
        let view = rig.at_rest(id).await;
        assert_eq!((view.phase, view.parts.retried), (ARRIVED, 0));
    }
    assert_took(start, 60.0);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn downloads_keep_their_own_limit_by_ranges_and_in_one_stream() {
    for ranges in [true, false] {
        let rig = rig(down(2000)).await;
        rig.fake.state().ranges = ranges;
        rig.fake.publish("latest", &image(60_000));
        let start = Instant::now();
        let id = rig.pull(ClashPolicy::Fail).await;
        let view = rig.at_rest(id).await;
        assert_eq!((view.phase, view.parts.retried), (VERIFIED, 0));
        assert_took(start, 30.0);
        let start = Instant::now();
        let id = rig.push(&rig.source(&image(60_001))).await;
        assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
        assert_took(start, 0.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_set_changed_and_lifted_while_bytes_move() {
    let rig = rig(up(1000)).await;
    let start = Instant::now();
    let id = rig.push(&rig.source(&image(100_000))).await;
    rig.until(id, |view| view.bytes_done >= 10_000).await;
    rig.engine().set_limits(up(10_000));
    rig.until(id, |view| view.bytes_done >= 60_000).await;
    rig.engine().set_limits(Limits::default());
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    let took = start.elapsed().as_secs_f64();
    // What was on its way at each change arrives at once: up to eight parts.
    assert!((10.0..=26.0).contains(&took), "took {took} s");
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_limit_is_paused_and_cancelled_at_once() {
    type Stop = fn(&Engine, sifter_transfer::TransferId) -> Stopping<'_>;
    type Stopping<'a> =
        std::pin::Pin<Box<dyn Future<Output = Result<(), sifter_transfer::Error>> + 'a>>;
    let ways: [(Stop, Phase); 2] = [
        (|engine, id| Box::pin(engine.pause(id)), Phase::Paused),
        (|engine, id| Box::pin(engine.cancel(id)), Phase::Cancelled),
    ];
    for (stop, phase) in ways {
        for pulls in [false, true] {
            let both = Limits {
                up: NonZeroU64::new(1),
                down: NonZeroU64::new(1),
            };
            let rig = rig(both).await;
            rig.fake.publish("latest", &image(60_000));
            let id = if pulls {
                rig.pull(ClashPolicy::Fail).await
            } else {
                rig.push(&rig.source(&image(60_001))).await
            };
            rig.until(id, |view| view.bytes_in_flight > 0).await;
            let start = Instant::now();
            stop(rig.engine(), id).await.unwrap();
            assert_eq!(rig.view(id).phase, phase);
            assert!(start.elapsed() < Duration::from_secs(1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limited_line_gets_no_more_parts_until_it_is_free_again() {
    let mut rig = rig(up(2000)).await;
    rig.options.parallel_parts = 2;
    rig.crash().await;
    // Something has to be measured that would look like a gain.
    rig.fake.state().delay = Duration::from_secs(1);
    let id = rig.push(&rig.source(&image(100_000))).await;
    rig.until(id, |view| view.bytes_done >= 40_000).await;
    assert_eq!(rig.fake.state().most_in_flight, 2);
    rig.engine().set_limits(Limits::default());
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    assert_eq!(rig.fake.state().most_in_flight, 8);
}
