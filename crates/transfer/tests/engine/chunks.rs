//! Pushes in one row: what the server has is asked for, not guessed.

use std::time::Duration;

use sifter_transfer::{Notice, Outcome, Phase, RemoteErrorKind, TransferError};

use crate::fake::{Event, Fault, Op, digest_of};
use crate::rig::{Rig, error_of, image};

const ARRIVED: Phase = Phase::Done {
    how: Outcome::Arrived,
};

/// A library that takes files in one row, in chunks of 1000 bytes.
async fn rig() -> Rig {
    let rig = Rig::new().await;
    rig.fake.state().chunked = true;
    rig
}

fn is_chunk(event: &Event) -> bool {
    matches!(event, Event::Chunk(..))
}

/// Where the chunks began that arrived whole.
fn chunks(rig: &Rig) -> Vec<u64> {
    let log = rig.fake.state().log.clone();
    log.into_iter()
        .filter_map(|event| match event {
            Event::Chunk(_, offset) => Some(offset),
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_file_goes_up_in_one_row_and_nobody_is_asked_where_nothing_is_unclear() {
    let rig = rig().await;
    let bytes = image(3500);
    let id = rig.push(&rig.source(&bytes)).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, ARRIVED);
    assert_eq!((view.bytes_done, view.bytes_in_flight), (3500, 0));
    assert_eq!((view.parts.total, view.parts.acknowledged), (4, 4));
    assert_eq!(chunks(&rig), [0, 1000, 2000, 3000]);
    assert_eq!(rig.fake.count(|event| *event == Event::Asked), 0);
    assert_eq!(rig.fake.state().most_in_flight, 1);
    assert_eq!(rig.fake.state().images[&digest_of(&bytes)], bytes);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn an_empty_file_has_no_chunks() {
    let rig = rig().await;
    let id = rig.push(&rig.source(b"")).await;
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    assert_eq!(rig.fake.count(is_chunk), 0);
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_got_lost_is_asked_for_and_nothing_is_sent_twice() {
    let rig = rig().await;
    rig.fake
        .fail(Op::Chunk, Fault::Pass)
        .fail(Op::Chunk, Fault::answer_lost());
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!((view.phase, view.parts.retried), (ARRIVED, 1));
    assert_eq!(chunks(&rig), [0, 1000, 2000, 3000]);
    assert_eq!(rig.fake.count(|event| *event == Event::Asked), 1);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn of_a_chunk_that_broke_off_only_the_rest_is_sent_where_the_server_kept_it() {
    for (keeps, expected) in [
        (true, [0, 1600, 2000, 3000]),
        (false, [0, 1000, 2000, 3000]),
    ] {
        let rig = rig().await;
        rig.fake.state().keeps_broken_chunks = keeps;
        rig.fake
            .fail(Op::Chunk, Fault::Pass)
            .fail(Op::Chunk, Fault::CutAfter(600));
        let bytes = image(3500);
        let id = rig.push(&rig.source(&bytes)).await;
        let view = rig.at_rest(id).await;
        assert_eq!((view.phase, view.bytes_done), (ARRIVED, 3500));
        assert_eq!(chunks(&rig), expected);
        assert_eq!(rig.fake.state().images[&digest_of(&bytes)], bytes);
        rig.assert_no_violations();
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_the_server_is_asked_and_the_row_goes_on() {
    let mut rig = rig().await;
    rig.watch_journal();
    rig.fake
        .fail(Op::Chunk, Fault::Pass)
        .fail(Op::Chunk, Fault::Pass)
        .fail(Op::Chunk, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until_fake(|fake| fake.state().hanging == 1).await;
    rig.crash().await;
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    assert_eq!(chunks(&rig), [0, 1000, 2000, 3000]);
    assert_eq!(rig.fake.count(|event| *event == Event::Asked), 1);
    assert_eq!(rig.fake.count(|event| *event == Event::Began), 1);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn after_a_pause_the_row_goes_on_where_it_was() {
    let rig = rig().await;
    rig.fake
        .fail(Op::Chunk, Fault::Pass)
        .fail(Op::Chunk, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until_fake(|fake| fake.state().hanging == 1).await;
    rig.engine().pause(id).await.unwrap();
    let view = rig.view(id);
    assert_eq!((view.phase, view.bytes_done), (Phase::Paused, 1000));
    rig.engine().resume(id).await.unwrap();
    assert_eq!(rig.at_rest(id).await.phase, ARRIVED);
    assert_eq!(chunks(&rig), [0, 1000, 2000, 3000]);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_row_starts_over_and_says_why() {
    for op in [Op::Chunk, Op::Position] {
        let rig = rig().await;
        rig.fake.fail(Op::Chunk, Fault::Pass);
        if op == Op::Position {
            rig.fake.fail(Op::Chunk, Fault::transient());
        }
        rig.fake
            .fail(op, Fault::Error(RemoteErrorKind::SessionForgotten));
        let id = rig.push(&rig.source(&image(3500))).await;
        let view = rig.at_rest(id).await;
        assert_eq!(
            (view.phase, view.notice),
            (ARRIVED, Some(Notice::SessionForgotten)),
            "{op:?}"
        );
        assert_eq!(chunks(&rig), [0, 0, 1000, 2000, 3000]);
        assert_eq!(rig.fake.count(|event| *event == Event::Began), 2);
        rig.assert_no_violations();
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_lost_what_it_acknowledged_is_told_to_forget_the_rest() {
    let rig = rig().await;
    rig.fake
        .fail(Op::Chunk, Fault::Pass)
        .fail(Op::Chunk, Fault::transient());
    rig.fake.state().loses = Some(1);
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (ARRIVED, Some(Notice::SessionForgotten))
    );
    rig.until_fake(|fake| fake.state().aborted == ["upload-1"])
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_row_is_given_up_at_the_server() {
    let rig = rig().await;
    rig.fake
        .fail(Op::Chunk, Fault::Pass)
        .fail(Op::Chunk, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.parts.acknowledged == 1).await;
    rig.engine().cancel(id).await.unwrap();
    assert_eq!(rig.view(id).phase, Phase::Cancelled);
    rig.until_fake(|fake| fake.state().aborted == ["upload-1"])
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_chunk_that_stops_moving_is_tried_again() {
    let mut rig = rig().await;
    rig.options.idle_timeout = Duration::from_secs(60);
    rig.crash().await;
    rig.fake.fail(Op::Chunk, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!((view.phase, view.parts.retried), (ARRIVED, 1));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_recovers_is_reported_and_what_it_has_is_kept() {
    let rig = rig().await;
    rig.fake.fail(Op::Chunk, Fault::Pass);
    for _ in 0..100 {
        rig.fake.fail(Op::Chunk, Fault::transient());
    }
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (error_of(&view), view.bytes_done),
        (TransferError::Unreachable, 1000)
    );
    rig.fake.state().script.clear();
    rig.engine().retry(id).await.unwrap();
    let done = |phase: &Phase| matches!(phase, Phase::Done { .. });
    rig.until(id, |view| done(&view.phase)).await;
    assert_eq!(chunks(&rig), [0, 1000, 2000, 3000]);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn damage_shows_at_the_end_and_starts_over() {
    let rig = rig().await;
    rig.fake.fail(Op::Chunk, Fault::WrongByte);
    let bytes = image(3500);
    let id = rig.push(&rig.source(&bytes)).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (ARRIVED, Some(Notice::HashMismatch))
    );
    assert_eq!(rig.fake.state().images[&digest_of(&bytes)], bytes);
}

#[tokio::test(start_paused = true)]
async fn an_end_whose_answer_got_lost_is_learned_by_asking() {
    let rig = rig().await;
    rig.fake.fail(Op::Complete, Fault::answer_lost());
    let id = rig.push(&rig.source(&image(3500))).await;
    let how = Outcome::ArrivedLate;
    assert_eq!(rig.at_rest(id).await.phase, Phase::Done { how });
    assert_eq!(rig.fake.count(|event| *event == Event::Completed), 1);
}
