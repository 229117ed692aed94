//! Images that are open in the inspector.

use sifter_contract::requests::{FileObject, FilePlace, FileRef, FileSign, TransferRef};
use sifter_contract::{Api, AppEvent, ErrorCode, ObjectKind, SignWith, Verdict, VerdictReason};

use crate::stage::{Stage, key};

fn file(file_id: &str) -> FileRef {
    FileRef {
        file_id: file_id.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_tells_what_it_is_where_it_is_from_and_who_signed_it() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    stage
        .publish(&stage.image("tool", Some(&ada)), "tool")
        .await;
    let transfer_id = stage.download("tool").await.id;
    let id = stage
        .core
        .inspect_transfer(TransferRef { transfer_id })
        .await
        .unwrap();
    let view = Api::inspect_file(&*stage.core, file(&id)).await.unwrap();
    assert_eq!(
        (view.name.as_str(), view.quarantined),
        ("tool_1.sif", false)
    );
    let kinds: Vec<ObjectKind> = view.objects.iter().map(|one| one.kind).collect();
    assert!(kinds.contains(&ObjectKind::Definition) && kinds.contains(&ObjectKind::FileSystem));
    assert_eq!(kinds.last(), Some(&ObjectKind::Signature));
    let labels: Vec<&str> = view.labels.iter().map(|one| one.name.as_str()).collect();
    assert!(labels.contains(&"maintainer"), "{labels:?}");
    assert!(view.definition.unwrap().contains("%runscript"));
    assert_eq!(view.check.unwrap().verdict, Verdict::Verified);
    let origin = view.origin.unwrap();
    assert_eq!(origin.reference, "library://tester/default/tool:1");
    let raw: serde_json::Value = serde_json::from_str(&view.raw).unwrap();
    assert_eq!(raw["objects"].as_array().unwrap().len(), kinds.len());

    let found = stage.core.inspect_check(file(&id)).await.unwrap();
    assert_eq!(found.verdict, Verdict::Verified);
    let [signature] = found.signatures.as_slice() else {
        panic!("{:?}", found.signatures);
    };
    assert!(signature.ok && signature.trusted);
    assert_eq!(signature.signer.as_deref(), Some("Ada"));
    assert_eq!(signature.algorithm.as_deref(), Some("Ed25519"));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_learned_later_turns_the_next_check() {
    use sifter_signing::openpgp::{RevocationReason, Time};
    let stage = Stage::new().await;
    let mut ada = key("Ada", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    let path = stage.image("x.sif", Some(&ada));
    let id = stage.opened(path).await;
    let before = stage.core.inspect_check(file(&id)).await.unwrap();
    assert_eq!(before.verdict, Verdict::Verified);
    ada.revoke(RevocationReason::Compromised, None, Time::now())
        .unwrap();
    stage.trusted().add(&ada.certificate()).unwrap();
    let after = stage.core.inspect_check(file(&id)).await.unwrap();
    assert_eq!(after.verdict, Verdict::DoNotUse);
    assert_eq!(after.reason, Some(VerdictReason::KeyRevoked));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_quarantine_can_be_looked_at_and_neither_sent_nor_signed() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.trusted().add_secret(&ada).unwrap();
    let altered = stage.image("bad", Some(&ada));
    stage.alter(&altered);
    stage.publish(&altered, "bad").await;
    let transfer_id = stage.download("bad").await.id;
    let opened = stage.core.inspect_transfer(TransferRef { transfer_id });
    let id = opened.await.unwrap();
    let view = Api::inspect_file(&*stage.core, file(&id)).await.unwrap();
    assert!(view.quarantined);
    let found = stage.core.inspect_check(file(&id)).await.unwrap();
    assert_eq!(found.verdict, Verdict::DoNotUse);
    let upload = stage.core.inspect_upload(file(&id)).await.unwrap_err();
    assert_eq!(upload.code, ErrorCode::InQuarantine);
    let sign = FileSign {
        file_id: id,
        with: SignWith {
            fingerprint: ada.fingerprint().to_string(),
            passphrase: None,
            keep: false,
        },
    };
    let sign = stage.core.inspect_sign(sign).await.unwrap_err();
    assert_eq!(sign.code, ErrorCode::InQuarantine);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let held = stage.downloads().join("bad_1.sif.quarantine");
        let mode = held.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0, "looking at it leaves it closed");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_objects_are_listed_and_taken_out_where_the_person_says() {
    let stage = Stage::new().await;
    let path = stage.image("x.sif", None);
    let file_id = stage.opened(path).await;
    let place = |path: &str| FilePlace {
        file_id: file_id.clone(),
        path: path.to_owned(),
    };
    let root = stage.core.inspect_list(place("/")).await.unwrap();
    let names: Vec<&str> = root.entries.iter().map(|one| one.name.as_str()).collect();
    assert!(names.contains(&".singularity.d"), "{names:?}");
    let inside = stage.core.inspect_list(place("/.singularity.d"));
    let inside = inside.await.unwrap();
    let runscript = inside.entries.iter().find(|one| one.name == "runscript");
    assert!(runscript.unwrap().mode.starts_with("-rwx"));

    let missing = stage.core.inspect_list(place("/nowhere")).await;
    assert_eq!(missing.unwrap_err().code, ErrorCode::ContentsUnreadable);
    assert!(stage.core.inspect_list(place("etc")).await.is_err());

    let script = place("/.singularity.d/runscript");
    let none = stage.core.inspect_extract(script.clone()).await.unwrap();
    assert_eq!(
        none.name, None,
        "nothing was chosen, and nothing is written"
    );
    let target = stage.path("runscript.txt");
    std::fs::write(&target, "old").unwrap();
    stage.host.saves.lock().unwrap().push_back(target.clone());
    let saved = stage.core.inspect_extract(script).await.unwrap();
    assert_eq!(saved.name.as_deref(), Some("runscript.txt"));
    let text = std::fs::read_to_string(&target).unwrap();
    assert!(text.contains("Hello from Sifter!"), "{text}");

    let target = stage.path("definition");
    stage.host.saves.lock().unwrap().push_back(target.clone());
    let object = FileObject { file_id, object: 1 };
    stage.core.inspect_extract_object(object).await.unwrap();
    assert!(
        std::fs::read_to_string(target)
            .unwrap()
            .contains("%runscript")
    );
    let left: Vec<_> = std::fs::read_dir(stage.folder.path())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with(".sifter-")
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_system_hands_over_is_opened_and_what_is_no_image_says_so() {
    let stage = Stage::new().await;
    let path = stage.path("notes.sif");
    std::fs::write(&path, "no image").unwrap();
    let mut events = stage.core.watch();
    stage.core.open_paths(vec![path]).await;
    let id = loop {
        if let Some(AppEvent::Opened { file_id }) = events.next().await {
            break file_id;
        }
    };
    let error = Api::inspect_file(&*stage.core, file(&id))
        .await
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::NotASif);
    stage.end().await;
}
