//! An engine with nothing to do does nothing: no timer, no update, no look at the network.

use std::time::Duration;

use sifter_transfer::{ClashPolicy, Outcome, Phase};

use crate::fake::{Fault, Op};
use crate::rig::{Rig, image};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How often this thread found nothing to do and went to sleep. With the clock stopped it wakes only for a
/// timer or a message.
fn sleeps() -> u64 {
    tokio::runtime::Handle::current()
        .metrics()
        .worker_park_count(0)
}

#[tokio::test(start_paused = true)]
async fn nothing_wakes_up_while_nothing_moves() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    // One of each that is not under way: done, in need of attention, paused.
    let done = rig.pull(ClashPolicy::Fail).await;
    let phase = rig.at_rest(done).await.phase;
    let how = Outcome::Verified;
    assert_eq!(phase, Phase::Done { how });
    std::fs::write(rig.target(), "something else").unwrap();
    let stopped = rig.pull(ClashPolicy::Fail).await;
    rig.at_rest(stopped).await;
    rig.fake.fail(Op::Begin, Fault::Hang);
    let paused = rig.push(&rig.source(&image(3500))).await;
    rig.until_fake(|fake| fake.state().hanging == 1).await;
    rig.engine().pause(paused).await.unwrap();

    // The last state is published, then all is quiet.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let mut watch = rig.engine().watch();
    watch.borrow_and_update();
    let (before, asked) = (sleeps(), rig.fake.state().log.len());
    tokio::time::sleep(DAY).await;
    let idle = sleeps() - before;
    assert!(!watch.has_changed().unwrap(), "an update that says nothing");
    assert_eq!(rig.fake.state().log.len(), asked);
    // The test's own timer takes a few steps to its end.
    assert!(idle <= 10, "woke up {idle} times in a day");

    // A transfer that moves is seen to wake it, so that the count above means something.
    rig.fake.fail(Op::Begin, Fault::Hang);
    rig.engine().resume(paused).await.unwrap();
    let before = sleeps();
    tokio::time::sleep(DAY / 24).await;
    assert!(sleeps() - before > 1000, "a stall is drawn every second");
}
