//! How many parts go at once.

use std::time::Duration;

use sifter_transfer::{ClashPolicy, Outcome, Phase};

use crate::fake::{Fault, Op};
use crate::rig::{Rig, image};

const ARRIVED: Phase = Phase::Done {
    how: Outcome::Arrived,
};
const VERIFIED: Phase = Phase::Done {
    how: Outcome::Verified,
};

/// An engine that begins with two parts and may use eight, and a server that takes its time.
async fn rig(narrow: bool) -> Rig {
    let mut rig = Rig::new().await;
    rig.options.parallel_parts = 2;
    rig.options.most_parallel_parts = 8;
    rig.crash().await;
    rig.fake.state().delay = Duration::from_secs(1);
    rig.fake.state().narrow = narrow;
    rig
}

#[tokio::test(start_paused = true)]
async fn more_parts_go_at_once_while_that_is_faster() {
    let rig = rig(false).await;
    let id = rig.push(&rig.source(&image(100_000))).await;
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    assert_eq!(rig.fake.state().most_in_flight, 8);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn more_ranges_go_at_once_while_that_is_faster() {
    let rig = rig(false).await;
    rig.fake.publish("latest", &image(100_000));
    let id = rig.pull(ClashPolicy::Fail).await;
    assert_eq!(rig.at_rest(id).await.phase, VERIFIED);
    assert_eq!(rig.fake.state().most_in_flight, 8);
}

#[tokio::test(start_paused = true)]
async fn a_full_line_gets_no_more_parts() {
    let rig = rig(true).await;
    let id = rig.push(&rig.source(&image(100_000))).await;
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    let most = rig.fake.state().most_in_flight;
    assert!(most <= 4, "{most} at once on a line that two fill");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_gets_fewer_parts_at_once() {
    let mut rig = Rig::new().await;
    rig.options.parallel_parts = 8;
    rig.crash().await;
    rig.fake.state().delay = Duration::from_secs(1);
    for _ in 0..8 {
        rig.fake.fail(Op::Part, Fault::transient());
    }
    let id = rig.push(&rig.source(&image(100_000))).await;
    rig.until(id, |view| view.parts.retried == 8).await;
    rig.fake.state().most_in_flight = 0;
    rig.until(id, |view| view.parts.acknowledged >= 4).await;
    let most = rig.fake.state().most_in_flight;
    assert!(most <= 5, "{most} at once after eight failures");
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    rig.assert_no_violations();
}
