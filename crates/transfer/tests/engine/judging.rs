//! Downloads that the caller looks at before they get their name.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use sifter_transfer::{ClashPolicy, Download, Judge, Judgement, Outcome, Phase};

use crate::rig::{Rig, image};

/// Says what it was told to say, and keeps what it was asked.
#[derive(Debug)]
struct Strict {
    admit: bool,
    asked: Mutex<Vec<(Download, bool)>>,
}

impl Judge for Strict {
    fn judge<'a>(&'a self, download: &'a Download) -> BoxFuture<'a, Judgement> {
        let named = download.file.with_file_name(&download.name).exists();
        self.asked.lock().unwrap().push((download.clone(), named));
        let judgement = Judgement {
            admit: self.admit,
            remark: Some("judged".to_owned()),
        };
        Box::pin(std::future::ready(judgement))
    }
}

/// A judge that never comes to an end.
#[derive(Debug)]
struct Slow;

impl Judge for Slow {
    fn judge<'a>(&'a self, _: &'a Download) -> BoxFuture<'a, Judgement> {
        Box::pin(std::future::pending())
    }
}

async fn rig(judge: Arc<dyn Judge>) -> Rig {
    let mut rig = Rig::new().await;
    rig.options.judge = Some(judge);
    rig.crash().await;
    rig
}

fn strict(admit: bool) -> Arc<Strict> {
    Arc::new(Strict {
        admit,
        asked: Mutex::default(),
    })
}

fn quarantined(rig: &Rig) -> PathBuf {
    rig.downloads().join("x.sif.quarantine")
}

#[tokio::test(start_paused = true)]
async fn a_download_is_judged_before_it_has_its_name_and_the_remark_survives() {
    let judge = strict(true);
    let mut rig = rig(judge.clone()).await;
    rig.fake.publish("latest", &image(900));
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    assert_eq!(view.remark.as_deref(), Some("judged"));
    assert_eq!(rig.names(), ["x.sif"]);
    {
        let asked = judge.asked.lock().unwrap();
        let [(download, named)] = asked.as_slice() else {
            panic!("asked {asked:?}");
        };
        assert_eq!(download.name, "x.sif");
        assert!(!named, "it is judged before it has its name");
    }
    rig.crash().await;
    assert_eq!(rig.view(id).remark.as_deref(), Some("judged"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_download_never_has_its_name_and_stays_in_quarantine() {
    let mut rig = rig(strict(false)).await;
    rig.fake.publish("latest", &image(900));
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    let how = Outcome::Quarantined;
    assert_eq!(view.phase, Phase::Done { how });
    assert_eq!(view.file, Some(quarantined(&rig)));
    assert_eq!(rig.names(), ["x.sif.quarantine"]);
    rig.crash().await;
    assert_eq!(rig.view(id).phase, Phase::Done { how });
    assert_eq!(rig.view(id).file, Some(quarantined(&rig)));
}

#[tokio::test(start_paused = true)]
async fn the_name_of_a_refused_download_is_free_for_the_next_one() {
    let mut rig = rig(strict(false)).await;
    rig.fake.publish("latest", &image(900));
    for _ in 0..2 {
        let id = rig.pull(ClashPolicy::Fail).await;
        rig.at_rest(id).await;
    }
    assert_eq!(
        rig.names(),
        ["x (2).sif.quarantine", "x.sif.quarantine"],
        "each is kept, and neither takes the other's place"
    );
    rig.options.judge = Some(strict(true));
    rig.crash().await;
    let good = image(1200);
    rig.fake.publish("latest", &good);
    let id = rig.pull(ClashPolicy::Fail).await;
    let how = Outcome::Verified;
    assert_eq!(rig.at_rest(id).await.phase, Phase::Done { how });
    assert_eq!(std::fs::read(rig.target()).unwrap(), good);
}

#[tokio::test(start_paused = true)]
async fn a_refused_download_takes_no_other_files_place() {
    let rig = rig(strict(false)).await;
    std::fs::write(rig.target(), "mine").unwrap();
    rig.fake.publish("latest", &image(900));
    let id = rig.pull(ClashPolicy::Replace).await;
    let how = Outcome::Quarantined;
    assert_eq!(rig.at_rest(id).await.phase, Phase::Done { how });
    assert_eq!(std::fs::read(rig.target()).unwrap(), b"mine");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_here_before_is_judged_and_stays() {
    let judge = strict(false);
    let rig = rig(judge.clone()).await;
    let bytes = image(900);
    std::fs::write(rig.target(), &bytes).unwrap();
    rig.fake.publish("latest", &bytes);
    let id = rig.pull(ClashPolicy::Fail).await;
    let view = rig.at_rest(id).await;
    let how = Outcome::AlreadyHere;
    assert_eq!(view.phase, Phase::Done { how });
    assert_eq!(view.remark.as_deref(), Some("judged"));
    assert_eq!(judge.asked.lock().unwrap()[0].0.file, rig.target());
    assert_eq!(rig.names(), ["x.sif"]);
}

#[tokio::test(start_paused = true)]
async fn a_download_is_no_copy_of_one_in_quarantine() {
    let mut rig = rig(strict(false)).await;
    let bytes = image(900);
    rig.fake.publish("latest", &bytes);
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.at_rest(id).await;
    rig.options.judge = Some(strict(true));
    rig.crash().await;
    let id = rig.pull(ClashPolicy::Fail).await;
    let how = Outcome::Verified;
    assert_eq!(rig.at_rest(id).await.phase, Phase::Done { how });
}

#[tokio::test(start_paused = true)]
async fn a_transfer_that_is_being_judged_can_be_stopped_and_goes_on() {
    let mut rig = rig(Arc::new(Slow)).await;
    rig.fake.publish("latest", &image(900));
    let id = rig.pull(ClashPolicy::Fail).await;
    rig.until(id, |view| view.phase == Phase::Verifying).await;
    rig.engine().pause(id).await.unwrap();
    assert_eq!(rig.names(), ["x.sif.part"], "nothing has its name yet");
    rig.options.judge = Some(strict(true));
    rig.crash().await;
    rig.engine().resume(id).await.unwrap();
    let how = Outcome::Verified;
    assert_eq!(rig.at_rest(id).await.phase, Phase::Done { how });
}
