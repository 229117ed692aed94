//! Every fault of the line, both ways, in one piece and in parts.

use std::time::Instant;

use futures_util::StreamExt as _;
use sifter_contract::{DoneHow, ErrorCode, Phase};

use crate::cases::{Case, End, Way, all};
use crate::report::{Row, conclude};
use crate::stage::{REGISTRY_GIVES, Stage, hash, moved, told, tuning, wait};

/// Cases at once: most of the time they wait.
const AT_ONCE: usize = 4;
/// What lies at the target of every pull before.
const OLD: &[u8] = b"an older image";

/// A transfer under way.
struct Scene {
    stage: Stage,
    promised: String,
    size: u64,
    before: usize,
    id: String,
    wrong: Vec<String>,
}

impl Scene {
    async fn begin(case: &Case, seed: u64) -> Self {
        let mut tuning = tuning(case.mode, case.silence);
        if case.outage {
            // Nobody listens, and says so at once.
            tuning.engine.max_attempts = 200;
        }
        let addresses = case.addresses;
        let stage = Stage::new(case.mode, tuning, |config| {
            config.uploads.url_lifetime = addresses;
            config.download_url_lifetime = addresses;
        })
        .await;
        let image = match case.way {
            Way::Push => stage.image("image.sif", seed),
            Way::Pull => stage.image_there(seed).await,
        };
        let before = stage.proxy.exchanges().len();
        for rule in &case.rules {
            let mut rule = rule.clone();
            if rule.path() == REGISTRY_GIVES {
                // Of what a registry gives only the image is meant.
                rule = rule.on(format!("{REGISTRY_GIVES}{}", image.sha256));
            }
            stage.proxy.inject(rule);
        }
        std::fs::write(stage.path("target.sif"), OLD).unwrap();
        let id = match case.way {
            Way::Push => stage.push(&image.path).await,
            Way::Pull => stage.pull(&stage.path("target.sif")).await.unwrap(),
        };
        Self {
            stage,
            promised: image.sha256,
            size: image.size,
            before,
            id,
            wrong: Vec::new(),
        }
    }

    fn check(&mut self, right: bool, otherwise: impl FnOnce() -> String) {
        if !right {
            self.wrong.push(otherwise());
        }
    }

    /// Cuts the network when half of it is through, until the engine has noticed.
    async fn outage(&self) {
        let (before, half) = (self.before, self.size / 2);
        let proxy = &self.stage.proxy;
        proxy
            .wait_until(|exchanges| moved(&exchanges[before..]) >= half)
            .await
            .unwrap();
        proxy.set_offline(true);
        // A file that is all handed over is asked for instead of sent again.
        wait(&self.stage.core, &self.id, |view| {
            view.parts.retried > 0 || view.phase == Phase::Checking
        })
        .await;
        proxy.set_offline(false);
    }

    /// Bytes that crossed the line more than once.
    fn again(&self) -> u64 {
        let moved = moved(&self.stage.proxy.exchanges()[self.before..]);
        moved.saturating_sub(self.size)
    }

    /// While the fault lasts: the error, and nothing that looks like success.
    async fn failed(&mut self, case: &Case) {
        match case.way {
            Way::Push => {
                let there = self.stage.hash_there().await;
                let code = there.as_ref().err().map(|error| error.code);
                self.check(code == Some(ErrorCode::NotFound), || {
                    format!("the library shows {there:?}")
                });
            }
            Way::Pull => {
                let found = std::fs::read(self.stage.path("target.sif"));
                let kept = found.is_ok_and(|found| found == OLD);
                self.check(kept, || "the old file was touched".to_owned());
            }
        }
        self.stage.proxy.clear();
        self.stage.retry(&self.id).await;
    }

    /// The bytes are what they were promised to be.
    async fn arrived(&mut self, case: &Case) {
        let found = match case.way {
            Way::Push => self.stage.hash_there().await.unwrap(),
            Way::Pull => hash(&self.stage.path("target.sif")),
        };
        let right = found == self.promised;
        self.check(right, || format!("arrived as {found}"));
    }
}

async fn play(case: Case, seed: u64) -> Row {
    let began = Instant::now();
    let mut scene = Scene::begin(&case, seed).await;
    if case.outage {
        scene.outage().await;
    }
    let mut phase = scene.stage.end(&scene.id).await;
    let again = scene.again();
    let took = began.elapsed();
    scene.check(took >= case.at_least, || format!("after {took:?} already"));
    let most = case.parts_again * case.part();
    scene.check(again <= most, || format!("more than {most} again"));
    let met = case.rules.iter().all(|_| {
        let seen = scene.stage.proxy.exchanges();
        seen[scene.before..].iter().any(|seen| seen.fault.is_some())
    });
    scene.check(met, || "the fault was never met".to_owned());
    let mut outcome = told(&phase);
    if let End::Fails(code) = case.end {
        let failed = matches!(&phase, Phase::NeedsAttention { error } if error.code == code);
        scene.check(failed, || format!("expected {code:?}"));
        if matches!(phase, Phase::NeedsAttention { .. }) {
            scene.failed(&case).await;
            phase = scene.stage.end(&scene.id).await;
            outcome = format!("{outcome}, then {}", told(&phase));
        }
    }
    let late = matches!(
        phase,
        Phase::Done {
            how: DoneHow::ArrivedLate
        }
    );
    scene.check(case.end != End::DoneLate || late, || "not late".to_owned());
    if matches!(phase, Phase::Done { .. }) {
        scene.arrived(&case).await;
    } else {
        scene.check(false, || format!("{phase:?}"));
    }
    scene.stage.close().await;
    Row {
        wrong: (!scene.wrong.is_empty()).then(|| scene.wrong.join("; ")),
        ..row(&case, outcome, again)
    }
}

fn row(case: &Case, outcome: String, again: u64) -> Row {
    Row {
        fault: case.fault.to_owned(),
        way: match case.way {
            Way::Push => "push",
            Way::Pull => "pull",
        },
        mode: case.mode.name(),
        outcome,
        again,
        wrong: None,
    }
}

async fn play_all(title: &str, cases: impl Iterator<Item = Case>) {
    let cases = cases.filter(|case| case.mode.is_possible());
    let rows: Vec<Row> = futures_util::stream::iter(cases.zip(1..))
        .map(|(case, seed)| async move {
            // What stumbles is a row of the table as well.
            let playing = tokio::spawn(play(case.clone(), seed)).await;
            playing.unwrap_or_else(|stumbled| Row {
                wrong: Some(stumbled.to_string()),
                ..row(&case, "stumbled".to_owned(), 0)
            })
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    conclude(title, &rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_of_faults_is_survived() {
    play_all("A sample", all().into_iter().filter(|case| case.sample)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn every_fault_is_survived() {
    play_all("Every fault", all().into_iter()).await;
}
