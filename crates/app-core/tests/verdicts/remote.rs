//! Images that are looked at while they are still in their library.

use std::path::Path;

use sifter_contract::requests::{FileObject, FilePlace, FileRef, FileSign, ImageRef, ServerRef};
use sifter_contract::{Api, CheckedContents, ErrorCode, SignWith, Verdict, VerdictReason};
use sifter_sif::Image;
use sifter_signing::openpgp::{RevocationReason, Time};

use crate::stage::{Stage, check, key, place};

pub(crate) fn image_ref(stage: &Stage, container: &str) -> ImageRef {
    ImageRef {
        server_id: stage.server_id.clone(),
        path: place(container),
        tag: "1".to_owned(),
        arch: "amd64".to_owned(),
    }
}

fn file(file_id: &str) -> FileRef {
    FileRef {
        file_id: file_id.to_owned(),
    }
}

/// Changes a byte of the file system of an image.
fn alter_data(path: &Path) {
    let image = Image::open(path).unwrap();
    let partition = image.primary_partition().unwrap();
    let end = usize::try_from(partition.offset() + partition.size()).unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes[end - 1] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

/// Changes what a descriptor says, in its name.
fn alter_descriptor(path: &Path) {
    let image = Image::open(path).unwrap();
    let slot = image.primary_partition().unwrap().slot();
    let table = usize::try_from(image.header().descriptors_offset).unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes[table + slot * 585 + 73] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_in_a_library_is_opened_listed_and_taken_from_like_a_file() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.trusted().add_secret(&ada).unwrap();
    stage
        .publish(&stage.image("tool", Some(&ada)), "tool")
        .await;
    let wanted = image_ref(&stage, "tool");
    let id = stage.core.inspect_image(wanted.clone()).await.unwrap();
    let again = stage.core.inspect_image(wanted).await.unwrap();
    assert_eq!(id, again, "the same bytes keep their id");
    let view = Api::inspect_file(&*stage.core, file(&id)).await.unwrap();
    assert_eq!(view.name, "tool:1");
    assert!(view.folder.is_empty() && !view.quarantined && view.origin.is_none());
    assert!(view.digest.unwrap().starts_with("sha256."));
    assert!(view.definition.unwrap().contains("%runscript"));
    let remote = view.remote.unwrap();
    assert_eq!(remote.reference, "library://tester/default/tool:1");
    assert!(remote.read > 0);
    let raw: serde_json::Value = serde_json::from_str(&view.raw).unwrap();
    assert_eq!(raw["objects"].as_array().unwrap().len(), view.objects.len());

    let place = |path: &str| FilePlace {
        file_id: id.clone(),
        path: path.to_owned(),
    };
    let inside = stage.core.inspect_list(place("/.singularity.d"));
    let names: Vec<String> = (inside.await.unwrap().entries.into_iter())
        .map(|entry| entry.name)
        .collect();
    assert!(names.contains(&"runscript".to_owned()), "{names:?}");
    let target = stage.path("runscript.txt");
    stage.host.saves.lock().unwrap().push_back(target.clone());
    let saved = stage
        .core
        .inspect_extract(place("/.singularity.d/runscript"));
    assert_eq!(saved.await.unwrap().name.as_deref(), Some("runscript.txt"));
    let text = std::fs::read_to_string(&target).unwrap();
    assert!(text.contains("Hello from Sifter!"), "{text}");
    let target = stage.path("definition");
    stage.host.saves.lock().unwrap().push_back(target.clone());
    let object = FileObject {
        file_id: id.clone(),
        object: 1,
    };
    stage.core.inspect_extract_object(object).await.unwrap();
    assert!(
        std::fs::read_to_string(target)
            .unwrap()
            .contains("%runscript")
    );
    assert!(stage.core.inspect_read(file(&id)).await.unwrap() >= remote.read);

    // What makes no sense for an image that is not here.
    let reveal = stage.core.inspect_reveal(file(&id)).await.unwrap_err();
    let upload = stage.core.inspect_upload(file(&id)).await.unwrap_err();
    let sign = FileSign {
        file_id: id.clone(),
        with: SignWith {
            fingerprint: ada.fingerprint().to_string(),
            passphrase: None,
            keep: false,
        },
    };
    let sign = stage.core.inspect_sign(sign).await.unwrap_err();
    for refused in [reveal, upload, sign] {
        assert_eq!(refused.code, ErrorCode::InvalidRequest);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glance_gives_each_of_the_five_verdicts_and_says_that_contents_are_unread() {
    let stage = Stage::new().await;
    let (ada, bob, eve) = (key("Ada", None), key("Bob", None), key("Eve", None));
    let mut leaked = key("Leaked", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    stage.met().add(&bob.certificate()).unwrap();
    let revoked = stage.image("revoked", Some(&leaked));
    leaked
        .revoke(RevocationReason::Compromised, None, Time::now())
        .unwrap();
    stage.trusted().add(&leaked.certificate()).unwrap();
    stage.publish(&revoked, "revoked").await;
    let header = stage.image("header", Some(&ada));
    stage.alter(&header);
    stage.publish(&header, "header").await;
    let descriptor = stage.image("descriptor", Some(&ada));
    alter_descriptor(&descriptor);
    stage.publish(&descriptor, "descriptor").await;
    for (name, signer) in [
        ("trusted", Some(&ada)),
        ("met", Some(&bob)),
        ("unsigned", None),
        ("unknown", Some(&eve)),
    ] {
        stage.publish(&stage.image(name, signer), name).await;
    }
    let (altered, silent) = (VerdictReason::Altered, VerdictReason::KeyServersSilent);
    for (name, verdict, reason) in [
        ("trusted", Verdict::Verified, None),
        ("met", Verdict::UnknownSigner, None),
        ("unsigned", Verdict::NotSigned, None),
        ("unknown", Verdict::CouldNotCheck, Some(silent)),
        ("header", Verdict::DoNotUse, Some(altered)),
        ("descriptor", Verdict::DoNotUse, Some(altered)),
        (
            "revoked",
            Verdict::DoNotUse,
            Some(VerdictReason::KeyRevoked),
        ),
    ] {
        let glance = stage.core.inspect_glance(image_ref(&stage, name));
        let found = glance.await.unwrap();
        assert_eq!((found.verdict, found.reason), (verdict, reason), "{name}");
        assert_eq!(found.contents, CheckedContents::Unread, "{name}");
        let id = stage.core.inspect_image(image_ref(&stage, name));
        let view = stage.core.inspect_check(file(&id.await.unwrap()));
        let view = view.await.unwrap();
        assert_eq!((view.verdict, view.reason), (verdict, reason), "{name}");
        assert!(!view.ok, "{name}: its contents were not read");
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn altered_contents_pass_a_glance_and_not_the_download() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    let path = stage.image("x", Some(&ada));
    alter_data(&path);
    stage.publish(&path, "x").await;
    let glance = stage.core.inspect_glance(image_ref(&stage, "x"));
    let glance = glance.await.unwrap();
    assert_eq!(glance.verdict, Verdict::Verified);
    assert_eq!(glance.contents, CheckedContents::Unread);
    let arrived = stage.download("x").await;
    assert_eq!(check(&arrived).verdict, Verdict::DoNotUse);
    assert_eq!(check(&arrived).contents, CheckedContents::Read);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glance_at_another_image_gives_up_the_one_before() {
    let stage = Stage::new().await;
    for name in ["first", "second"] {
        stage.publish(&stage.image(name, None), name).await;
    }
    let first = stage.core.inspect_glance(image_ref(&stage, "first"));
    let second = stage.core.inspect_glance(image_ref(&stage, "second"));
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(second.unwrap().verdict, Verdict::NotSigned);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_stands_for_the_same_bytes_when_its_tag_has_moved_and_others_were_opened() {
    let stage = Stage::new().await;
    stage.publish(&stage.image("before", None), "tool").await;
    let id = stage.core.inspect_image(image_ref(&stage, "tool"));
    let id = id.await.unwrap();
    let before = Api::inspect_file(&*stage.core, file(&id)).await.unwrap();
    // More than are kept open.
    for number in 0..9 {
        let name = format!("other{number}");
        stage.publish(&stage.image(&name, None), "tool").await;
        let other = stage.core.inspect_image(image_ref(&stage, "tool"));
        assert_ne!(other.await.unwrap(), id);
    }
    let after = Api::inspect_file(&*stage.core, file(&id)).await.unwrap();
    assert_eq!(after.digest, before.digest);
    assert_eq!(after.labels, before.labels);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_has_gone_is_said() {
    let stage = Stage::new().await;
    stage.publish(&stage.image("x", None), "x").await;
    let id = stage.core.inspect_image(image_ref(&stage, "x"));
    let id = id.await.unwrap();
    let server = ServerRef {
        server_id: stage.server_id.clone(),
    };
    stage.core.server_remove(server).await.unwrap();
    let gone = Api::inspect_file(&*stage.core, file(&id)).await;
    let gone = gone.unwrap_err();
    assert!(gone.details.contains("server"), "{gone:?}");
    stage.end().await;
}
