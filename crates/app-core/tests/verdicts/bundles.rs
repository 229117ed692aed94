//! Offline bundles from the inspector.

use sifter_contract::requests::FileRef;
use sifter_contract::{
    Api, AppEvent, BundlePhase, BundleRef, BundleStart, BundleView, ErrorCode, Verdict,
};

use crate::stage::{Stage, key};

fn file(file_id: &str) -> FileRef {
    FileRef {
        file_id: file_id.to_owned(),
    }
}

fn start(file_id: &str, name: &str) -> BundleStart {
    BundleStart {
        file_id: file_id.to_owned(),
        name: name.to_owned(),
    }
}

/// Makes a bundle and waits for its end.
async fn make(stage: &Stage, file_id: &str, name: &str) -> BundleView {
    let mut events = stage.core.watch();
    let begun = stage.core.bundle_start(start(file_id, name)).await.unwrap();
    assert_eq!(begun.phase, BundlePhase::Copying);
    loop {
        if let Some(AppEvent::Bundle { bundle }) = events.next().await
            && bundle.id == begun.id
            && !matches!(bundle.phase, BundlePhase::Copying | BundlePhase::Verifying)
        {
            return bundle;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_made_where_the_person_says_and_never_over_anything() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    let image = stage.image("tool.sif", Some(&ada));
    let id = stage.opened(image.clone()).await;
    let place = stage.core.bundle_place(file(&id)).await.unwrap();
    assert_eq!(place.name, "tool-offline");
    assert_eq!(place.needs, image.metadata().unwrap().len());
    // Whoever closes the dialog stays where they were.
    let same = stage.core.bundle_choose_folder(file(&id)).await.unwrap();
    assert_eq!(same.folder, place.folder);
    let stick = stage.path("stick");
    std::fs::create_dir(&stick).unwrap();
    stage.host.folders.lock().unwrap().push_back(stick.clone());
    let chosen = stage.core.bundle_choose_folder(file(&id)).await.unwrap();
    assert!(chosen.folder.ends_with("stick"), "{}", chosen.folder);

    let made = make(&stage, &id, "tool-offline").await;
    assert_eq!(made.phase, BundlePhase::Done, "{:?}", made.error);
    assert_eq!(made.bytes_done, made.bytes_total);
    assert_eq!(
        made.files,
        ["tool.sif", "keys.asc", "VERIFY.txt", "SHA256SUMS"]
    );
    assert_eq!(made.keys, [ada.fingerprint().to_string()]);
    assert_eq!(made.verdict, Some(Verdict::Verified));
    let bundle = stick.join("tool-offline");
    assert_eq!(
        std::fs::read(bundle.join("tool.sif")).unwrap(),
        std::fs::read(&image).unwrap()
    );
    let shown = BundleRef { bundle_id: made.id };
    stage.core.bundle_reveal(shown).await.unwrap();
    let revealed = stage.host.revealed.lock().unwrap().clone();
    assert_eq!(revealed, [bundle]);

    let next = stage.core.bundle_place(file(&id)).await.unwrap();
    assert_eq!(next.name, "tool-offline-2");
    let error = stage.core.bundle_start(start(&id, "tool-offline"));
    assert_eq!(error.await.unwrap_err().code, ErrorCode::FileExists);
    for name in ["../tool", "/tmp/tool", ".tool", ""] {
        let error = stage.core.bundle_start(start(&id, name)).await;
        assert_eq!(error.unwrap_err().code, ErrorCode::InvalidName, "{name}");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_names_signers_without_a_key_and_an_altered_image_makes_none() {
    let stage = Stage::new().await;
    let nobody = key("Nobody", None);
    let image = stage.image("unknown.sif", Some(&nobody));
    let id = stage.opened(image).await;
    let made = make(&stage, &id, "unknown").await;
    assert_eq!(made.phase, BundlePhase::Done);
    assert_eq!(made.keys, [""; 0]);
    let fingerprint = nobody.fingerprint().to_string();
    assert!(fingerprint.ends_with(&made.missing[0]), "{made:?}");

    let ada = key("Ada", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    let altered = stage.image("altered.sif", Some(&ada));
    stage.alter(&altered);
    let id = stage.opened(altered).await;
    let failed = make(&stage, &id, "altered").await;
    assert_eq!(failed.phase, BundlePhase::Failed);
    assert_eq!(failed.error.unwrap().code, ErrorCode::Damaged);
    let left = std::fs::read_dir(stage.folder.path()).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut drafts = names.filter(|name| name.contains("bundle") || name == "altered");
    assert_eq!(drafts.next(), None);
    stage.end().await;
}

/// On one thread, so that the work has not begun when it is stopped.
#[tokio::test]
async fn a_bundle_is_stopped() {
    let stage = Stage::new().await;
    let id = stage.opened(stage.image("tool.sif", None)).await;
    let mut events = stage.core.watch();
    let begun = stage.core.bundle_start(start(&id, "tool")).await.unwrap();
    let named = BundleRef {
        bundle_id: begun.id,
    };
    stage.core.bundle_cancel(named.clone()).await.unwrap();
    let ended = loop {
        if let Some(AppEvent::Bundle { bundle }) = events.next().await {
            break bundle.phase;
        }
    };
    assert_eq!(ended, BundlePhase::Cancelled);
    assert!(!stage.path("tool").exists());
    assert!(stage.core.bundle_reveal(named).await.is_err());
    stage.end().await;
}
