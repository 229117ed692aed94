//! Pulls: the straight way, and each thing that can go wrong on it.

use std::time::Duration;

use sifter_transfer::{
    ClashPolicy, Error, FileNameError, Notice, Outcome, Phase, RemoteErrorKind, TransferError,
};

use crate::fake::{Event, Fault, Op, digest_of};
use crate::rig::{Rig, error_of, image};

const VERIFIED: Phase = Phase::Done {
    how: Outcome::Verified,
};

fn is_range(event: &Event) -> bool {
    matches!(event, Event::Range(_))
}

#[tokio::test(start_paused = true)]
async fn an_image_arrives_by_ranges_and_is_verified() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("latest", &bytes);
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, VERIFIED);
    assert_eq!(view.file, Some(rig.target()));
    assert_eq!((view.bytes_total, view.bytes_done), (Some(3500), 3500));
    assert_eq!(
        view.parts.total, 0,
        "a finished pull has no parts left to show"
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    assert_eq!(rig.names(), ["x.sif"], "nothing else is left");
    assert_eq!(rig.fake.count(is_range), 4);
}

#[tokio::test(start_paused = true)]
async fn images_of_every_awkward_size_arrive() {
    for size in [0, 1, 999, 1000, 1001, 4000] {
        let rig = Rig::new().await;
        let bytes = image(size);
        rig.fake.publish("latest", &bytes);
        let id = rig.pull(ClashPolicy::Fail).await;
        assert_eq!(rig.at_rest(id).await.phase, VERIFIED, "{size} bytes");
        assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_partial_file_is_private_and_a_finished_one_is_an_ordinary_file() {
    use std::os::unix::fs::PermissionsExt;
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(900));
    rig.fake.fail(Op::Range, Fault::Hang);
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.until(id, |view| view.parts.in_flight == 1).await;
    let mode = |name| {
        std::fs::metadata(rig.downloads().join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("x.sif.part"), 0o600);
    rig.engine().pause(id).await.unwrap();
    rig.engine().resume(id).await.unwrap();
    assert_eq!(rig.at_rest(id).await.phase, VERIFIED);
    std::fs::write(rig.downloads().join("ordinary"), "").unwrap();
    assert_eq!(mode("x.sif"), mode("ordinary"));
}

#[tokio::test(start_paused = true)]
async fn a_broken_range_goes_on_where_it_broke() {
    for fault in [Fault::CutAfter(450), Fault::EndAfter(450)] {
        let rig = Rig::new().await;
        let bytes = image(900);
        rig.fake.publish("latest", &bytes);
        rig.fake.fail(Op::Range, fault);
        let id = rig.pull(ClashPolicy::Fail).await;
        assert_eq!(rig.at_rest(id).await.phase, VERIFIED);
        assert_eq!(rig.fake.count(|event| *event == Event::Range(450..900)), 1);
        assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_without_ranges_is_read_in_one_stream() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("latest", &bytes);
    rig.fake.state().ranges = false;
    rig.fake.fail(Op::Stream, Fault::CutAfter(1200));
    let id = rig.pull(ClashPolicy::Fail).await;
    assert_eq!(rig.at_rest(id).await.phase, VERIFIED);
    assert_eq!(
        (
            rig.fake.count(is_range),
            rig.fake.count(|e| *e == Event::Stream)
        ),
        (0, 2)
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
}

#[tokio::test(start_paused = true)]
async fn ranges_that_are_promised_but_not_honoured_give_way_to_one_stream() {
    use sifter_transfer::remote::Feature;
    let unsupported = Fault::Error(RemoteErrorKind::Unsupported(Feature::Range));
    for fault in [unsupported, Fault::TooMuch] {
        let rig = Rig::new().await;
        let bytes = image(3500);
        rig.fake.publish("latest", &bytes);
        rig.fake.fail(Op::Range, Fault::Pass).fail(Op::Range, fault);
        let id = rig.pull(ClashPolicy::Fail).await;
        let view = rig.at_rest(id).await;
        assert_eq!(
            (view.phase, view.notice),
            (VERIFIED, Some(Notice::RangesNotHonoured))
        );
        assert_eq!(view.without, [Feature::Range]);
        assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_address_is_asked_for_again() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    rig.fake
        .fail(Op::Range, Fault::Error(RemoteErrorKind::SessionForgotten));
    let id = rig.pull(ClashPolicy::Fail).await;
    assert_eq!(rig.at_rest(id).await.phase, VERIFIED);
    assert_eq!(rig.fake.count(|event| *event == Event::Resolved), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stops_moving_is_asked_for_again() {
    let mut rig = Rig::new().await;
    rig.options.idle_timeout = Duration::from_secs(60);
    rig.crash().await;
    rig.fake.publish("latest", &image(3500));
    rig.fake.fail(Op::Range, Fault::Hang);
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.phase, VERIFIED);
}

#[tokio::test(start_paused = true)]
async fn a30_damaged_data_is_fetched_again_twice_at_most() {
    let rig = Rig::new().await;
    let bytes = image(900);
    rig.fake.publish("latest", &bytes);
    rig.fake
        .fail(Op::Range, Fault::WrongByte)
        .fail(Op::Range, Fault::WrongByte);
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (VERIFIED, Some(Notice::HashMismatch))
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    assert_eq!(
        rig.fake.count(|event| *event == Event::Stream),
        1,
        "the last try has no ranges"
    );
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_moved_while_the_app_was_closed_starts_over_and_says_why() {
    let mut rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    for _ in 0..3 {
        rig.fake.fail(Op::Range, Fault::Hang);
    }
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.until(id, |view| view.parts.acknowledged == 1).await;
    let moved = [b"moved".to_vec(), image(3000)].concat();
    rig.fake.publish("latest", &moved);
    rig.crash().await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (VERIFIED, Some(Notice::ReferenceMoved))
    );
    assert_eq!(view.digest, Some(digest_of(&moved)));
    assert_eq!(rig.names(), ["x.sif"]);
}

#[tokio::test(start_paused = true)]
async fn a_partial_file_that_is_not_ours_any_more_is_left_alone() {
    let mut rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    for _ in 0..3 {
        rig.fake.fail(Op::Range, Fault::Hang);
    }
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.until(id, |view| view.parts.acknowledged == 1).await;
    rig.engine().pause(id).await.unwrap();
    let part = rig.downloads().join("x.sif.part");
    // Kept, so that its inode is not given to the file that takes its place.
    std::fs::rename(&part, rig.downloads().join("elsewhere")).unwrap();
    std::fs::write(&part, vec![7; 3500]).unwrap();
    rig.crash().await;
    rig.engine().resume(id).await.unwrap();
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (VERIFIED, Some(Notice::PartialFileChanged))
    );
    assert_eq!(
        std::fs::read(&part).unwrap(),
        vec![7; 3500],
        "somebody else's file"
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), image(3500));
}

#[tokio::test(start_paused = true)]
async fn a_file_with_the_promised_hash_needs_no_download() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    std::fs::write(rig.target(), image(3500)).unwrap();
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        view.phase,
        Phase::Done {
            how: Outcome::AlreadyHere
        }
    );
    assert_eq!(view.file, Some(rig.target()));
    assert_eq!(rig.fake.count(is_range), 0);
}

/// Pulls the image again, under another name.
async fn pull_elsewhere(rig: &Rig) -> sifter_transfer::TransferView {
    let mut request = rig.pull_request(ClashPolicy::Fail);
    request.file_name = "elsewhere.sif".to_owned();
    let id = rig.engine().pull(request).await.unwrap();
    rig.at_rest(id).await
}

#[tokio::test(start_paused = true)]
async fn bytes_that_were_pulled_before_are_copied_and_not_fetched() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("latest", &bytes);
    let first = rig.pull(ClashPolicy::Fail).await;
    rig.at_rest(first).await;
    let fetched = rig.fake.count(is_range);
    let view = pull_elsewhere(&rig).await;
    let copy = rig.downloads().join("elsewhere.sif");
    let how = Outcome::AlreadyHere;
    assert_eq!(
        (view.phase, view.file),
        (Phase::Done { how }, Some(copy.clone()))
    );
    assert_eq!(rig.fake.count(is_range), fetched);
    assert_eq!(rig.names(), ["elsewhere.sif", "x.sif"]);
    for path in [copy, rig.target()] {
        assert_eq!(std::fs::read(path).unwrap(), bytes);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_were_pushed_before_are_copied_and_not_fetched() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    let pushed = rig.push(&rig.source(&bytes)).await;
    rig.at_rest(pushed).await;
    let view = pull_elsewhere(&rig).await;
    let how = Outcome::AlreadyHere;
    assert_eq!(view.phase, Phase::Done { how });
    assert_eq!(rig.fake.count(is_range), 0);
    assert_eq!(
        std::fs::read(rig.downloads().join("elsewhere.sif")).unwrap(),
        bytes
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changed_since_it_was_pulled_is_not_copied_and_not_touched() {
    for changed in [vec![7; 3500], vec![7; 10], Vec::new()] {
        let rig = Rig::new().await;
        let bytes = image(3500);
        rig.fake.publish("latest", &bytes);
        let first = rig.pull(ClashPolicy::Fail).await;
        rig.at_rest(first).await;
        std::fs::write(rig.target(), &changed).unwrap();
        assert_eq!(pull_elsewhere(&rig).await.phase, VERIFIED);
        let copy = rig.downloads().join("elsewhere.sif");
        assert_eq!(std::fs::read(copy).unwrap(), bytes);
        assert_eq!(std::fs::read(rig.target()).unwrap(), changed);
    }
}

#[tokio::test(start_paused = true)]
async fn only_ranges_that_are_damaged_on_disk_are_fetched_again() {
    let mut rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("latest", &bytes);
    for fault in [Fault::Pass, Fault::Pass, Fault::Pass, Fault::Hang] {
        rig.fake.fail(Op::Range, fault);
    }
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.until(id, |view| view.parts.acknowledged == 3).await;
    rig.engine().pause(id).await.unwrap();
    let part = rig.downloads().join("x.sif.part");
    let mut damaged = std::fs::read(&part).unwrap();
    damaged[1500] ^= 1;
    std::fs::write(&part, damaged).unwrap();
    rig.crash().await;
    rig.engine().resume(id).await.unwrap();
    let view = rig.at_rest(id).await;
    assert_eq!(
        (view.phase, view.notice),
        (VERIFIED, Some(Notice::HashMismatch))
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
    let again = Event::Range(1000..2000);
    assert_eq!(rig.fake.count(|event| *event == again), 2);
    assert_eq!(rig.fake.count(is_range), 5, "the others once");
    assert_eq!(rig.fake.count(|event| *event == Event::Stream), 0);
}

#[tokio::test(start_paused = true)]
async fn another_file_of_that_name_is_asked_about_and_the_answer_followed() {
    let rig = Rig::new().await;
    let bytes = image(3500);
    rig.fake.publish("latest", &bytes);
    std::fs::write(rig.target(), "mine").unwrap();
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    assert_eq!(
        error_of(&view),
        TransferError::TargetExists { path: rig.target() }
    );
    assert_eq!(
        rig.fake.count(is_range),
        0,
        "asked before anything was fetched"
    );

    rig.engine()
        .retry_with(id, ClashPolicy::KeepBoth)
        .await
        .unwrap();
    let view = rig.until(id, |view| view.phase == VERIFIED).await;
    assert_eq!(
        (view.name.as_str(), rig.names()),
        (
            "x (2).sif",
            vec!["x (2).sif".to_owned(), "x.sif".to_owned()]
        )
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), b"mine");

    let replacing = rig.pull(ClashPolicy::Replace).await;
    assert_eq!(
        rig.at_rest(replacing).await.phase,
        Phase::Done {
            how: Outcome::AlreadyHere
        },
        "the copy has the bytes"
    );
    assert_eq!(std::fs::read(rig.target()).unwrap(), bytes);
}

#[tokio::test(start_paused = true)]
async fn a29_a_folder_of_that_name_is_never_replaced() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    std::fs::create_dir(rig.target()).unwrap();
    let id = rig.pull(ClashPolicy::Replace).await;
    let expected = TransferError::TargetExists { path: rig.target() };
    assert_eq!(error_of(&rig.at_rest(id).await), expected);
    rig.engine()
        .retry_with(id, ClashPolicy::KeepBoth)
        .await
        .unwrap();
    rig.until(id, |view| view.phase == VERIFIED).await;
    assert_eq!(rig.names(), ["x (2).sif", "x.sif"], "beside it is no clash");
}

#[tokio::test(start_paused = true)]
async fn a29_a_disk_without_room_is_noticed_before_anything_is_fetched() {
    let mut rig = Rig::new().await;
    rig.options.free_space_margin = u64::MAX;
    rig.crash().await;
    rig.fake.publish("latest", &image(3500));
    let id = rig.pull(ClashPolicy::Fail).await;
    let error = error_of(&rig.at_rest(id).await);
    assert!(
        matches!(error, TransferError::NotEnoughSpace { needed: 3500, .. }),
        "{error:?}"
    );
    assert_eq!(rig.fake.count(is_range), 0);
    assert_eq!(rig.names(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_is_gone_is_named() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(3500));
    std::fs::remove_dir(rig.downloads()).unwrap();
    let id = rig.pull(ClashPolicy::Fail).await;
    assert_eq!(
        error_of(&rig.at_rest(id).await),
        TransferError::FolderMissing
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_reference_is_named() {
    let rig = Rig::new().await;
    let id = rig.pull(ClashPolicy::Fail).await;
    assert_eq!(error_of(&rig.at_rest(id).await), TransferError::NotFound);
}

#[tokio::test(start_paused = true)]
async fn a29_a_file_name_that_leaves_the_folder_is_refused_at_once() {
    let rig = Rig::new().await;
    for name in ["../x.sif", "..", "a/b", "a\\b", ""] {
        let mut request = rig.pull_request(ClashPolicy::Fail);
        request.file_name = name.to_owned();
        let refused = rig.engine().pull(request).await;
        assert!(
            matches!(
                refused,
                Err(Error::FileName {
                    source: FileNameError::Character | FileNameError::Empty,
                    ..
                })
            ),
            "{name:?}"
        );
    }
}
