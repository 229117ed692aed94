//! Pushes: the straight way, and each thing that can go wrong on it.

use std::time::Duration;

use sifter_transfer::{Notice, Outcome, Phase, RemoteErrorKind, TransferError};

use crate::fake::{Event, Fault, Op, digest_of};
use crate::rig::{Rig, error_of, image};

fn done(how: Outcome) -> Phase {
    Phase::Done { how }
}

fn is_part(event: &Event) -> bool {
    matches!(event, Event::Part(..))
}

#[tokio::test(start_paused = true)]
async fn a_file_goes_up_in_parts_and_is_done_once_the_library_shows_it_under_every_tag() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    let id = rig.push(&rig.source(&bytes)).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, done(Outcome::Arrived));
    assert_eq!(view.digest, Some(digest_of(&bytes)));
    assert_eq!(
        (view.bytes_total, view.bytes_done, view.bytes_in_flight),
        (Some(3500), 3500, 0)
    );
    assert_eq!(
        (
            view.parts.total,
            view.parts.acknowledged,
            view.parts.retried
        ),
        (4, 4, 0)
    );
    assert_eq!(view.container_url.as_deref(), Some("/library/e/c/x"));
    let state = rig.fake.state();
    assert_eq!(state.images[&digest_of(&bytes)], bytes);
    assert_eq!(state.tags.keys().collect::<Vec<_>>(), ["1.0", "latest"]);
    drop(state);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn parts_go_up_in_parallel_but_not_more_than_allowed() {
    let mut rig = Rig::new().await;
    rig.options.parallel_parts = 3;
    rig.crash().await;
    // A server that takes its time: one that answers at once may be done with a part before the next is read.
    rig.fake.state().delay = Duration::from_secs(1);
    let id = rig.push(&rig.source(&image(20_000))).await;
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::Arrived));
    assert_eq!(rig.fake.state().most_in_flight, 3);
}

#[tokio::test(start_paused = true)]
async fn a_small_file_goes_up_in_one_piece_with_md5_where_asked_for() {
    let rig = Rig::new().await;
    rig.fake.state().md5 = true;
    let id = rig.push(&rig.source(&image(900))).await;
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::Arrived));
    assert_eq!(rig.fake.count(|event| *event == Event::Whole), 1);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn an_empty_file_is_pushed_like_any_other() {
    let rig = Rig::new().await;
    let id = rig.push(&rig.source(b"")).await;
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::Arrived));
}

#[tokio::test(start_paused = true)]
async fn a_server_without_multipart_gets_the_file_in_one_piece() {
    let rig = Rig::new().await;
    rig.fake.state().multipart = false;
    let id = rig.push(&rig.source(&image(3500))).await;
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::Arrived));
    assert_eq!(rig.fake.count(|event| *event == Event::Whole), 1);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_wants_other_parts_than_expected_still_gets_right_digests() {
    let rig = Rig::new().await;
    let file = rig.source(&image(3_500_000));
    rig.fake.state().part_size = 2_000_000;
    rig.fake
        .fail(Op::Begin, Fault::Error(RemoteErrorKind::QuotaExceeded));
    let id = rig.push(&file).await;
    assert_eq!(
        error_of(&rig.at_rest(id).await),
        TransferError::QuotaExceeded
    );
    rig.fake.state().part_size = 1_500_000;
    rig.engine().retry(id).await.unwrap();
    let view = rig
        .until(id, |view| matches!(view.phase, Phase::Done { .. }))
        .await;
    assert_eq!((view.phase, view.parts.total), (done(Outcome::Arrived), 3));
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn bytes_the_library_has_are_not_sent_again_but_tagged() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("old", &bytes);
    let id = rig.push(&rig.source(&bytes)).await;
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::AlreadyThere));
    assert_eq!(rig.fake.count(is_part), 0);
    assert_eq!(rig.fake.state().tags.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failed_part_is_sent_again_alone() {
    let rig = Rig::new().await;
    rig.fake
        .fail(Op::Part, Fault::Pass)
        .fail(Op::Part, Fault::CutAfter(500));
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.parts.retried),
        (done(Outcome::Arrived), 1)
    );
    assert_eq!(rig.fake.count(is_part), 4);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn the_wait_a_busy_server_asks_for_is_kept() {
    let rig = Rig::new().await;
    rig.fake.fail(Op::Whole, Fault::busy(600));
    let begun = tokio::time::Instant::now();
    let id = rig.push(&rig.source(&image(900))).await;
    let view = rig.until(id, |view| view.trouble.is_some()).await;
    assert_eq!(view.phase, Phase::Uploading, "a wait is not a failure");
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::Arrived));
    assert!(begun.elapsed() >= Duration::from_secs(600));
}

#[tokio::test(start_paused = true)]
async fn a_part_that_stops_moving_is_tried_again() {
    let mut rig = Rig::new().await;
    rig.options.idle_timeout = Duration::from_secs(60);
    rig.crash().await;
    rig.fake.fail(Op::Part, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.parts.retried),
        (done(Outcome::Arrived), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_recovers_is_reported_and_what_it_has_is_kept() {
    let rig = Rig::new().await;
    rig.fake
        .fail(Op::Part, Fault::Pass)
        .fail(Op::Part, Fault::Pass);
    for _ in 0..100 {
        rig.fake.fail(Op::Part, Fault::transient());
    }
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (error_of(&view), view.parts.acknowledged),
        (TransferError::Unreachable, 2)
    );
    rig.fake.state().script.clear();
    rig.engine().retry(id).await.unwrap();
    let view = rig
        .until(id, |view| matches!(view.phase, Phase::Done { .. }))
        .await;
    assert_eq!(view.phase, done(Outcome::Arrived));
    assert_eq!(rig.fake.count(is_part), 4);
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_that_does_not_do_stops_the_push_and_a_retry_goes_on() {
    let scopes = || "library:write".to_owned();
    let cases = [
        (RemoteErrorKind::Unauthorized, TransferError::Unauthorized),
        (RemoteErrorKind::Locked, TransferError::Locked),
        (
            RemoteErrorKind::ScopeMissing { scopes: scopes() },
            TransferError::ScopeMissing { scopes: scopes() },
        ),
    ];
    for (kind, expected) in cases {
        let rig = Rig::new().await;
        rig.fake.fail(Op::Part, Fault::Pass);
        rig.fake.fail(Op::Part, Fault::Pass);
        rig.fake.fail(Op::Part, Fault::Pass);
        rig.fake.fail(Op::Part, Fault::Error(kind));
        let id = rig.push(&rig.source(&image(8500))).await;
        let error = error_of(&rig.at_rest(id).await);
        assert_eq!(error, expected);
        assert!(error.waits_for_account());
        rig.engine().retry(id).await.unwrap();
        let view = rig
            .until(id, |view| matches!(view.phase, Phase::Done { .. }))
            .await;
        assert_eq!(view.phase, done(Outcome::Arrived));
        rig.assert_no_violations();
    }
}

#[tokio::test(start_paused = true)]
async fn errors_that_waiting_does_not_help_have_names() {
    let cases = [
        (
            Op::Open,
            RemoteErrorKind::Unauthorized,
            TransferError::Unauthorized,
        ),
        (
            Op::Begin,
            RemoteErrorKind::Forbidden,
            TransferError::Forbidden,
        ),
        (
            Op::Begin,
            RemoteErrorKind::QuotaExceeded,
            TransferError::QuotaExceeded,
        ),
        (
            Op::Part,
            RemoteErrorKind::QuotaExceeded,
            TransferError::QuotaExceeded,
        ),
        (
            Op::Complete,
            RemoteErrorKind::QuotaExceeded,
            TransferError::QuotaExceeded,
        ),
        (
            Op::Tag,
            RemoteErrorKind::Forbidden,
            TransferError::Forbidden,
        ),
        (Op::Confirm, RemoteErrorKind::Fatal, TransferError::Refused),
    ];
    for (op, kind, expected) in cases {
        let rig = Rig::new().await;
        rig.fake.fail(op, Fault::Error(kind));
        let id = rig.push(&rig.source(&image(3500))).await;
        assert_eq!(error_of(&rig.at_rest(id).await), expected, "{op:?}");
        rig.engine().retry(id).await.unwrap();
        let view = rig
            .until(id, |view| matches!(view.phase, Phase::Done { .. }))
            .await;
        assert!(
            matches!(view.phase, Phase::Done { .. }),
            "a retry finishes after {op:?}"
        );
        rig.assert_no_violations();
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_the_server_forgot_starts_over_and_says_why() {
    let rig = Rig::new().await;
    rig.fake
        .fail(Op::Part, Fault::Error(RemoteErrorKind::SessionForgotten));
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, done(Outcome::Arrived));
    assert_eq!(view.notice, Some(Notice::SessionForgotten));
    assert_eq!(rig.fake.count(|event| *event == Event::Began), 2);
}

#[tokio::test(start_paused = true)]
async fn parts_acknowledged_for_a_forgotten_upload_do_not_count_for_the_next() {
    let mut rig = Rig::new().await;
    rig.options.parallel_parts = 9;
    rig.crash().await;
    rig.fake.state().delay = Duration::from_secs(1);
    for _ in 0..8 {
        rig.fake.fail(Op::Part, Fault::Pass);
    }
    rig.fake.fail(
        Op::Part,
        Fault::AnswerLost(RemoteErrorKind::SessionForgotten),
    );
    let id = rig.push(&rig.source(&image(8500))).await;
    rig.until_fake(|fake| fake.state().in_flight == 9).await;
    // The upload is forgotten while its acknowledgements wait for the disk.
    let held = rig.hold_journal();
    tokio::time::advance(Duration::from_secs(1)).await;
    for _ in 0..20_000 {
        tokio::task::yield_now().await;
    }
    drop(held);
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (done(Outcome::Arrived), Some(Notice::SessionForgotten))
    );
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_always_forgets_is_reported() {
    let rig = Rig::new().await;
    for _ in 0..100 {
        rig.fake
            .fail(Op::Part, Fault::Error(RemoteErrorKind::SessionForgotten));
    }
    let id = rig.push(&rig.source(&image(3500))).await;
    assert_eq!(error_of(&rig.at_rest(id).await), TransferError::SessionLost);
}

#[tokio::test(start_paused = true)]
async fn a_byte_damaged_on_the_way_costs_one_part() {
    let rig = Rig::new().await;
    rig.fake.fail(Op::Part, Fault::WrongByte);
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.parts.retried),
        (done(Outcome::Arrived), 1)
    );
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn damage_that_only_completion_shows_starts_over() {
    let rig = Rig::new().await;
    rig.fake.state().part_digests = false;
    rig.fake.fail(Op::Part, Fault::WrongByte);
    let id = rig.push(&rig.source(&image(3500))).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, done(Outcome::Arrived));
    assert_eq!(view.notice, Some(Notice::HashMismatch));
    rig.assert_no_violations();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_finds_everything_damaged_is_reported() {
    let rig = Rig::new().await;
    for _ in 0..100 {
        rig.fake
            .fail(Op::Whole, Fault::Error(RemoteErrorKind::Integrity));
    }
    let id = rig.push(&rig.source(&image(900))).await;
    assert_eq!(
        error_of(&rig.at_rest(id).await),
        TransferError::DamagedAtServer
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_lost_after_the_last_byte_is_checked_and_counts_as_arrived() {
    for size in [900, 3500] {
        let rig = Rig::new().await;
        rig.fake.fail(Op::Complete, Fault::answer_lost());
        let id = rig.push(&rig.source(&image(size))).await;
        assert_eq!(rig.at_rest(id).await.phase, done(Outcome::ArrivedLate));
        assert_eq!(rig.fake.count(|event| *event == Event::Completed), 1);
        rig.assert_no_violations();
    }
}

#[tokio::test(start_paused = true)]
async fn an_upload_forgotten_because_it_was_complete_counts_as_arrived() {
    let rig = Rig::new().await;
    rig.fake.fail(
        Op::Complete,
        Fault::AnswerLost(RemoteErrorKind::SessionForgotten),
    );
    let id = rig.push(&rig.source(&image(3500))).await;
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::ArrivedLate));
}

#[tokio::test(start_paused = true)]
async fn completion_that_never_answers_is_reported_as_unconfirmed() {
    let rig = Rig::new().await;
    for _ in 0..100 {
        rig.fake.fail(Op::Complete, Fault::transient());
    }
    let id = rig.push(&rig.source(&image(3500))).await;
    assert_eq!(error_of(&rig.at_rest(id).await), TransferError::Unconfirmed);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_read_is_named() {
    let rig = Rig::new().await;
    let missing = rig.push(&rig.data().join("nothing.sif")).await;
    assert_eq!(
        error_of(&rig.at_rest(missing).await),
        TransferError::SourceMissing
    );
    let folder = rig.push(&rig.downloads()).await;
    assert_eq!(
        error_of(&rig.at_rest(folder).await),
        TransferError::SourceNotAFile
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changed_since_parts_were_sent_starts_over_and_the_server_is_told() {
    let mut rig = Rig::new().await;
    rig.fake
        .fail(Op::Part, Fault::Pass)
        .fail(Op::Part, Fault::Hang)
        .fail(Op::Part, Fault::Hang);
    rig.fake.fail(Op::Part, Fault::Hang);
    let id = rig.push(&rig.source(&image(3500))).await;
    rig.until(id, |view| view.parts.acknowledged == 1).await;
    let changed = [image(3500), b"and more".to_vec()].concat();
    rig.source(&changed);
    rig.crash().await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, done(Outcome::Arrived));
    assert_eq!(view.notice, Some(Notice::SourceChanged));
    assert_eq!(rig.fake.state().tags["latest"], digest_of(&changed));
    rig.until_fake(|fake| fake.state().aborted == ["upload-1"])
        .await;
}

#[tokio::test(start_paused = true)]
async fn another_file_that_takes_the_name_during_the_push_starts_over_and_says_why() {
    let mut rig = Rig::new().await;
    rig.options.idle_timeout = Duration::from_secs(60);
    rig.crash().await;
    rig.fake.fail(Op::Part, Fault::Hang);
    let file = rig.source(&image(3500));
    let id = rig.push(&file).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    let changed = [b"signed".to_vec(), image(3494)].concat();
    let beside = rig.data().join("beside");
    std::fs::write(&beside, &changed).unwrap();
    std::fs::rename(&beside, &file).unwrap();
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (done(Outcome::Arrived), Some(Notice::SourceChanged))
    );
    assert_eq!(rig.fake.state().tags["latest"], digest_of(&changed));
    rig.until_fake(|fake| fake.state().aborted == ["upload-1"])
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_file_whose_name_is_gone_during_the_push_is_sent_to_its_end() {
    let rig = Rig::new().await;
    rig.fake.fail(Op::Part, Fault::busy(60));
    let file = rig.source(&image(3500));
    let id = rig.push(&file).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    std::fs::remove_file(&file).unwrap();
    assert_eq!(rig.at_rest(id).await.phase, done(Outcome::Arrived));
}

#[tokio::test(start_paused = true)]
async fn a_file_changed_behind_its_time_stamp_is_noticed_by_the_digest_of_a_finished_part() {
    for place in [10, 3_400_000] {
        let mut rig = Rig::new().await;
        rig.fake.state().part_size = 1 << 20;
        rig.fake
            .fail(Op::Part, Fault::Pass)
            .fail(Op::Part, Fault::Hang)
            .fail(Op::Part, Fault::Hang)
            .fail(Op::Part, Fault::Pass);
        let mut bytes = image(3_500_000);
        let path = rig.source(&bytes);
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        let id = rig.push(&path).await;
        rig.until(id, |view| view.parts.acknowledged == 2).await;
        bytes[place] ^= 1;
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        std::io::Write::write_all(&mut &file, &bytes).unwrap();
        file.set_modified(modified).unwrap();
        drop(file);
        rig.crash().await;
        let view = rig.at_rest(id).await;
        assert_eq!(
            (view.phase, view.notice),
            (done(Outcome::Arrived), Some(Notice::SourceChanged))
        );
        assert_eq!(rig.fake.state().tags["latest"], digest_of(&bytes));
        assert_eq!(rig.fake.count(|event| *event == Event::Completed), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_pushed_before_is_not_read_for_its_hash_again() {
    let rig = Rig::new().await;
    let file = rig.source(&image(3500));
    let first = rig.push(&file).await;
    rig.at_rest(first).await;
    let second = rig.push(&file).await;
    assert_eq!(rig.at_rest(second).await.phase, done(Outcome::AlreadyThere));
    let journal = rusqlite::Connection::open(rig.data().join("transfers.db")).unwrap();
    let rows: i64 = journal
        .query_row("SELECT count(*) FROM hashes", [], |r| r.get(0))
        .unwrap();
    assert_eq!(rows, 1);
}
