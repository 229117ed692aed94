//! The invariants of the design, each with a test that fails when it is broken.

use std::time::Duration;

use sifter_transfer::{ClashPolicy, Outcome, Phase, RemoteErrorKind, TransferError};

use crate::fake::{Event, Fault, Op, digest_of};
use crate::rig::{Rig, error_of, image};

#[tokio::test(start_paused = true)]
async fn invariant_3_a_finished_pull_has_the_promised_hash_or_does_not_exist() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    for _ in 0..20 {
        rig.fake
            .fail(Op::Range, Fault::WrongByte)
            .fail(Op::Stream, Fault::WrongByte);
    }
    let id = rig.pull(ClashPolicy::Fail).await;
    let error = error_of(&rig.at_rest(id).await);
    let expected = digest_of(&image(3500));
    assert!(
        matches!(error, TransferError::Damaged { expected: e, actual } if e == expected && actual != e),
        "{error:?}"
    );
    assert_eq!(
        rig.names(),
        Vec::<String>::new(),
        "neither the file nor a partial one is left"
    );
    assert_eq!(
        rig.fake.count(|event| *event == Event::Stream),
        1,
        "three fetches in all"
    );
}

#[tokio::test(start_paused = true)]
async fn invariant_4_an_existing_file_is_untouched_by_every_failure() {
    let faults = [
        Fault::Error(RemoteErrorKind::Forbidden),
        Fault::Error(RemoteErrorKind::NotFound),
        Fault::WrongByte,
        Fault::TooMuch,
    ];
    for policy in [
        ClashPolicy::Fail,
        ClashPolicy::Replace,
        ClashPolicy::KeepBoth,
    ] {
        for fault in &faults {
            let rig = Rig::new().await;
            rig.fake.publish("latest", &image(3500));
            for _ in 0..50 {
                rig.fake
                    .fail(Op::Range, fault.clone())
                    .fail(Op::Stream, fault.clone());
            }
            std::fs::write(rig.target(), "precious").unwrap();
            let id = rig.pull(policy).await;
            error_of(&rig.at_rest(id).await);
            assert_eq!(
                std::fs::read(rig.target()).unwrap(),
                b"precious",
                "{policy:?} {fault:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_4_a_file_that_appears_during_the_download_is_not_replaced() {
    let mut rig = Rig::new().await;
    rig.options.idle_timeout = Duration::from_secs(60);
    rig.crash().await;
    rig.fake.publish("latest", &image(3500));
    rig.fake.fail(Op::Range, Fault::Hang);
    let id = rig.pull(ClashPolicy::Fail).await;
    // The first look at the name is past, and one range hangs until it is asked for again.
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    std::fs::write(rig.target(), "precious").unwrap();
    let view = rig.at_rest(id).await;
    assert_eq!(
        error_of(&view),
        TransferError::TargetExists { path: rig.target() }
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), b"precious");
}

#[tokio::test(start_paused = true)]
async fn invariant_4_cancelling_removes_the_partial_file_and_nothing_else() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    rig.fake.fail(Op::Range, Fault::Hang);
    std::fs::write(rig.target(), "precious").unwrap();
    let id = rig.pull(ClashPolicy::Replace).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    assert_eq!(rig.names(), ["x.sif", "x.sif.part"]);
    rig.engine().cancel(id).await.unwrap();
    assert_eq!(rig.view(id).phase, Phase::Cancelled);
    assert_eq!(rig.names(), ["x.sif"]);
    assert_eq!(std::fs::read(rig.target()).unwrap(), b"precious");
}

#[tokio::test(start_paused = true)]
async fn invariant_5_a_part_acknowledged_before_a_crash_is_not_sent_again() {
    let mut rig = Rig::new().await;
    for _ in 0..3 {
        rig.fake.fail(Op::Part, Fault::Pass);
    }
    for _ in 0..4 {
        rig.fake.fail(Op::Part, Fault::Hang);
    }
    let id = rig.push(&rig.source(&image(9500))).await;
    rig.until(id, |view| {
        view.parts.acknowledged == 3 && view.parts.in_flight == 4
    })
    .await;
    rig.watch_journal();
    rig.crash().await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        view.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    assert_eq!(
        rig.fake.count(|event| matches!(event, Event::Part(..))),
        10,
        "each part once"
    );
    assert_eq!(
        rig.fake.count(|event| *event == Event::Began),
        1,
        "in one upload"
    );
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn invariant_5_a_range_on_disk_is_not_fetched_again() {
    let mut rig = Rig::new().await;
    let bytes = image(9500);
    rig.fake.publish("latest", &bytes);
    for _ in 0..3 {
        rig.fake.fail(Op::Range, Fault::Pass);
    }
    for _ in 0..4 {
        rig.fake.fail(Op::Range, Fault::Hang);
    }
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.until(id, |view| {
        view.parts.acknowledged == 3 && view.parts.in_flight == 4
    })
    .await;
    rig.watch_journal();
    rig.crash().await;
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::Verified
        }
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    assert_eq!(
        rig.fake.count(|event| matches!(event, Event::Range(_))),
        10,
        "each range once"
    );
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn invariant_6_done_is_shown_only_after_the_library_confirms_every_tag() {
    let rig = Rig::new().await;
    rig.fake
        .fail(Op::Confirm, Fault::Pass)
        .fail(Op::Confirm, Fault::Hang);
    let bytes = image(3500);
    let id = rig.push(&rig.source(&bytes)).await;
    let confirmed = |fake: &crate::fake::Fake| {
        fake.count(|event| matches!(event, Event::Confirmed(Some(_), _)))
    };
    rig.until_fake(|fake| confirmed(fake) == 1).await;
    assert_eq!(
        rig.view(id).phase,
        Phase::Checking,
        "one of two tags is not enough"
    );
    rig.engine().pause(id).await.unwrap();
    rig.engine().resume(id).await.unwrap();
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    let log = rig.fake.state().log.clone();
    let digest = Some(digest_of(&bytes));
    let last: Vec<_> = log.iter().rev().take(2).cloned().collect();
    assert_eq!(
        last,
        [
            Event::Confirmed(Some("1.0".to_owned()), digest),
            Event::Confirmed(Some("latest".to_owned()), digest)
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn invariant_6_a_tag_that_shows_other_bytes_is_not_done() {
    let rig = Rig::new().await;
    let other = rig.fake.publish("latest", b"other");
    // The server says yes and does nothing.
    rig.fake.state().frozen_tags = true;
    let id = rig.push(&rig.source(&image(3500))).await;
    let expected = TransferError::TagElsewhere {
        tag: "latest".to_owned(),
        found: other,
    };
    assert_eq!(error_of(&rig.at_rest(id).await), expected);
}

#[tokio::test(start_paused = true)]
async fn invariant_6_a_crash_during_completion_is_resolved_by_asking() {
    let mut rig = Rig::new().await;
    rig.fake.fail(Op::Complete, Fault::answer_lost());
    rig.fake.fail(Op::Confirm, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.phase == Phase::Checking).await;
    rig.crash().await;
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::ArrivedLate
        }
    );
    assert_eq!(rig.fake.count(|event| *event == Event::Completed), 1);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn invariant_7_there_is_no_total_timeout() {
    let mut rig = Rig::new().await;
    rig.options.idle_timeout = Duration::from_secs(60);
    rig.crash().await;
    // A day of busy answers, with something getting through now and then.
    for _ in 0..24 {
        rig.fake
            .fail(Op::Part, Fault::busy(3000))
            .fail(Op::Part, Fault::Pass);
    }
    let begun = tokio::time::Instant::now();
    let id = rig.push(&rig.source(&image(40_500))).await;
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    assert!(
        begun.elapsed() > Duration::from_secs(4 * 60 * 60),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn invariant_7_everything_can_be_cancelled_within_a_second_and_the_server_is_told() {
    let cases = [
        (Op::Open, false),
        (Op::Begin, false),
        (Op::Part, true),
        (Op::Complete, true),
        (Op::Tag, false),
        (Op::Confirm, false),
    ];
    for (op, open_upload) in cases {
        let rig = Rig::new().await;
        let hangs = rig.options.parallel_parts;
        for _ in 0..hangs {
            rig.fake.fail(op, Fault::Hang);
        }
        let id = rig.push(&rig.source(&image(3500))).await;
        rig.until_fake(|fake| fake.state().hanging > 0).await;
        let begun = tokio::time::Instant::now();
        rig.engine().cancel(id).await.unwrap();
        assert!(
            begun.elapsed() < Duration::from_secs(1),
            "{op:?} took {:?}",
            begun.elapsed()
        );
        assert_eq!(rig.view(id).phase, Phase::Cancelled);
        if open_upload {
            rig.fake.state().script.clear();
            rig.until_fake(|fake| fake.state().aborted == ["upload-1"])
                .await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_7_a_wait_between_tries_can_be_cancelled() {
    let rig = Rig::new().await;
    rig.fake.fail(Op::Begin, Fault::busy(3000));
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.trouble.is_some()).await;
    let begun = tokio::time::Instant::now();
    rig.engine().cancel(id).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn invariant_7_a_server_that_was_not_told_about_a_cancelled_upload_is_told_later() {
    let mut rig = Rig::new().await;
    rig.fake.fail(Op::Part, Fault::Hang);
    rig.fake.fail(Op::Abort, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    rig.engine().cancel(id).await.unwrap();
    rig.until_fake(|fake| fake.state().hanging == 2).await;
    rig.crash().await;
    rig.until_fake(|fake| fake.state().aborted == ["upload-1"])
        .await;
}

#[tokio::test(start_paused = true)]
async fn invariant_8_no_more_than_the_buffers_of_the_parts_in_flight_are_read_ahead() {
    let rig = Rig::new().await;
    rig.fake.state().part_size = 100_000;
    rig.fake.state().multipart_above = 0;
    // Slow enough that all places are taken before the first is free again.
    rig.fake.state().delay = Duration::from_secs(1);
    let id = rig.push(&rig.source(&image(1_000_000))).await;
    assert_eq!(
        rig.at_rest(id).await.phase,
        Phase::Done {
            how: Outcome::Arrived
        }
    );
    let largest = rig.fake.state().largest_buffer;
    assert_eq!(
        largest, rig.options.buffer_size,
        "bodies come in buffers of the agreed size"
    );
    assert_eq!(rig.fake.state().most_in_flight, rig.options.parallel_parts);
}
