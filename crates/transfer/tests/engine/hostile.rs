//! Names, places and bytes that a server or another program of this computer chose (A29, A30).

use sifter_transfer::{ClashPolicy, Error, Phase, TransferError};

use crate::fake::{Event, Fault, Op};
use crate::rig::{Rig, error_of, image};

#[tokio::test(start_paused = true)]
async fn a29_a_name_that_means_more_than_a_name_is_refused_before_anything_is_asked() {
    let rig = Rig::new().await;
    rig.fake.publish("latest", &image(900));
    let long = "x".repeat(5000);
    for name in [
        "../../.bashrc",
        "..\\x",
        "/etc/x",
        "CON.sif",
        "a:b",
        "x.sif\0.exe",
        "",
        ".",
        long.as_str(),
    ] {
        let mut request = rig.pull_request(ClashPolicy::Replace);
        request.file_name = name.to_owned();
        let refused = rig.engine().pull(request).await;
        assert!(matches!(refused, Err(Error::FileName { .. })), "{name:?}");
    }
    assert_eq!(rig.fake.count(|event| *event == Event::Resolved), 0);
    assert_eq!(rig.names(), [""; 0]);
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a29_a_link_in_the_place_of_the_file_is_not_followed() {
    use std::os::unix::fs::symlink;
    for (outside, exists) in [("precious", true), ("nothing", false)] {
        for policy in [
            ClashPolicy::Fail,
            ClashPolicy::Replace,
            ClashPolicy::KeepBoth,
        ] {
            let rig = Rig::new().await;
            let bytes = image(3500);
            rig.fake.publish("latest", &bytes);
            let outside = rig.data().join(outside);
            if exists {
                std::fs::write(&outside, "precious").unwrap();
            }
            symlink(&outside, rig.target()).unwrap();
            let part = rig.downloads().join("x.sif.part");
            symlink(&outside, &part).unwrap();
            let id = rig.pull(policy).await;
            let view = rig.at_rest(id).await;

            let found = std::fs::read(&outside).ok();
            assert_eq!(found.is_some(), exists, "{policy:?}");
            assert!(found.is_none_or(|found| found == b"precious"), "{policy:?}");
            assert!(part.is_symlink(), "somebody else's, whatever its name is");
            match policy {
                ClashPolicy::Fail => {
                    let expected = TransferError::TargetExists { path: rig.target() };
                    assert_eq!(error_of(&view), expected);
                    assert!(rig.target().is_symlink());
                }
                ClashPolicy::Replace | ClashPolicy::KeepBoth => {
                    let file = view.file.unwrap();
                    assert!(!file.is_symlink(), "{policy:?}");
                    assert_eq!(std::fs::read(file).unwrap(), bytes);
                    assert_eq!(rig.target().is_symlink(), policy == ClashPolicy::KeepBoth);
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a30_bytes_that_are_wrong_too_many_or_too_few_never_get_the_name() {
    for fault in [Fault::WrongByte, Fault::TooMuch, Fault::EndAfter(0)] {
        for ranges in [true, false] {
            let rig = Rig::new().await;
            rig.fake.publish("latest", &image(3500));
            rig.fake.state().ranges = ranges;
            for _ in 0..100 {
                rig.fake
                    .fail(Op::Range, fault.clone())
                    .fail(Op::Stream, fault.clone());
            }
            let id = rig.pull(ClashPolicy::Fail).await;
            let view = rig.at_rest(id).await;
            assert!(
                matches!(view.phase, Phase::NeedsAttention { .. }),
                "{fault:?}: {:?}",
                view.phase
            );
            assert!(!rig.target().exists(), "{fault:?}");
            // What is wrong is removed; what is merely not all there is kept to go on with.
            if matches!(fault, Fault::WrongByte) {
                assert!(matches!(error_of(&view), TransferError::Damaged { .. }));
                assert_eq!(rig.names(), [""; 0]);
            }
        }
    }
}
