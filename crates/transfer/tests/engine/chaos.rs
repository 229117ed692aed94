//! Random faults and crashes: whatever happens, the invariants hold and the end is reached.

use proptest::prelude::*;
use sifter_transfer::{ClashPolicy, Phase, TransferId};

use crate::fake::{Event, digest_of};
use crate::rig::{Rig, image};

/// A run of bad luck.
#[derive(Debug, Clone)]
struct Luck {
    seed: u64,
    size: usize,
    /// How many events the library sees between crashes.
    crashes: Vec<usize>,
    ranges: bool,
    clash: ClashPolicy,
}

fn luck() -> impl Strategy<Value = Luck> {
    let clash = prop_oneof![
        Just(ClashPolicy::Fail),
        Just(ClashPolicy::Replace),
        Just(ClashPolicy::KeepBoth)
    ];
    (
        any::<u64>(),
        0..9000_usize,
        prop::collection::vec(0..15_usize, 0..4),
        any::<bool>(),
        clash,
    )
        .prop_map(|(seed, size, crashes, ranges, clash)| Luck {
            seed,
            size,
            crashes,
            ranges,
            clash,
        })
}

/// Runs a test with the clock of a paused runtime.
fn in_runtime(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test);
}

/// Lets the transfer suffer, then lets it end. `check` runs at every crash and at the end.
async fn suffer(rig: &mut Rig, luck: &Luck, id: TransferId, check: impl Fn(&Rig)) {
    rig.watch_journal();
    rig.fake.state().script.be_random(Some(luck.seed));
    for events in &luck.crashes {
        let until = rig.fake.state().log.len() + events;
        rig.engine().retry(id).await.ok();
        let mut watch = rig.engine().watch();
        loop {
            let rests = !matches!(
                rig.view(id).phase,
                Phase::Queued
                    | Phase::Hashing
                    | Phase::Uploading
                    | Phase::ServerProcessing
                    | Phase::Checking
                    | Phase::Downloading
                    | Phase::Verifying
            );
            if rests || rig.fake.state().log.len() >= until {
                break;
            }
            watch.changed().await.unwrap();
        }
        check(rig);
        rig.crash().await;
        check(rig);
    }
    rig.fake.state().script.clear();
    for _ in 0..20 {
        rig.engine().retry(id).await.ok();
        let view = rig
            .until(id, |view| {
                matches!(
                    view.phase,
                    Phase::Done { .. } | Phase::NeedsAttention { .. }
                )
            })
            .await;
        check(rig);
        if matches!(view.phase, Phase::Done { .. }) {
            break;
        }
    }
}

/// Few cases, so that the ordinary run stays short; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 24;
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_push_survives_any_luck(luck in luck(), chunked in any::<bool>(), keeps in any::<bool>()) {
        in_runtime(async {
            let mut rig = Rig::new().await;
            rig.fake.state().chunked = chunked;
            rig.fake.state().keeps_broken_chunks = keeps;
            let bytes = image(luck.size);
            let digest = digest_of(&bytes);
            let id = rig.push(&rig.source(&bytes)).await;
            suffer(&mut rig, &luck, id, |rig| {
                rig.assert_no_violations();
                if matches!(rig.view(id).phase, Phase::Done { .. }) {
                    let state = rig.fake.state();
                    assert_eq!(state.images[&digest], image(luck.size), "invariant 6");
                    assert_eq!(state.tags["latest"], digest);
                    assert_eq!(state.tags["1.0"], digest);
                    let last = state.log.last().unwrap();
                    assert_eq!(last, &Event::Confirmed(Some("1.0".to_owned()), Some(digest)));
                }
            })
            .await;
            assert!(matches!(rig.view(id).phase, Phase::Done { .. }), "{:?}", rig.view(id).phase);
        });
    }

    #[test]
    fn a_pull_survives_any_luck(luck in luck(), existing in any::<bool>()) {
        in_runtime(async {
            let mut rig = Rig::new().await;
            let bytes = image(luck.size);
            rig.fake.publish("latest", &bytes);
            rig.fake.state().ranges = luck.ranges;
            let existing = existing && luck.clash != ClashPolicy::Fail;
            if existing {
                std::fs::write(rig.target(), "precious").unwrap();
            }
            let id = rig.pull(luck.clash).await;
            let keeps = existing && luck.clash == ClashPolicy::KeepBoth;
            suffer(&mut rig, &luck, id, |rig| {
                rig.assert_no_violations();
                for name in rig.names() {
                    let content = std::fs::read(rig.downloads().join(&name)).unwrap();
                    let is_old = existing && name == "x.sif" && content == b"precious";
                    let is_part = std::path::Path::new(&name).extension().is_some_and(|e| e == "part");
                    assert!(is_old || is_part || content == bytes, "invariant 3: {name}");
                    assert!(!keeps || name != "x.sif" || is_old, "invariant 4");
                }
            })
            .await;
            assert!(matches!(rig.view(id).phase, Phase::Done { .. }), "{:?}", rig.view(id).phase);
            assert!(!rig.names().iter().any(|name| name.ends_with(".part")), "nothing is left");
        });
    }
}
