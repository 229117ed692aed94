//! Looking into an image that stays in its library.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sifter_contract::requests::{Compare, FileObject, FilePlace, FileRef, ImageRef};
use sifter_contract::{Api, CheckedContents, ErrorCode, Phase, UiError, Verdict};
use sifter_sif::Stamp;
use sifter_signing::openpgp::{KeyAlgorithm, NewKey, SecretKey, Time};
use sifter_signing::{ImageSigner, Selection, sign};
use sifter_test_support::front::{self, Request, Upstream};
use sifter_test_support::{
    BuiltSif, Dialect, Front, OciFront, Sessions, SifBuilder, SpawnedLibrary,
};

use crate::stage::{Stage, library, place};

/// Large beside what is read of it.
const LARGE: u64 = 32 << 20;
/// Header, descriptors, texts, and the tables of the root file system, in blocks of 32 KiB.
const LITTLE: u64 = 256 << 10;

fn image_ref(stage: &Stage) -> ImageRef {
    ImageRef {
        server_id: stage.server_id.clone(),
        path: place(),
        tag: "1".to_owned(),
        arch: "amd64".to_owned(),
    }
}

/// Signs an image with a key that nobody knows, and returns its new size.
fn signed(path: &Path) -> u64 {
    let new = NewKey {
        name: "Nobody".to_owned(),
        algorithm: KeyAlgorithm::Ed25519,
        expires: None,
        created: Time(Time::now().0 - 1000),
    };
    let key = SecretKey::generate(&new, None).unwrap();
    let signer = ImageSigner::OpenPgp {
        key: &key,
        passphrase: None,
    };
    sign(path, &Selection::all(), signer, Stamp::Deterministic).unwrap();
    path.metadata().unwrap().len()
}

/// A library as it is, seen through a front at `address`, with a large image in it.
async fn stocked(library: SpawnedLibrary, address: Option<String>) -> (Stage, BuiltSif) {
    let through = |request: Request, upstream: Upstream| upstream.send(request);
    let front = Front::start(library.address(), through).await.unwrap();
    let address = address.unwrap_or_else(|| front.base_url());
    let token = library.token().to_owned();
    let stage = Stage::at(library, front, &address, &token).await;
    let builder = SifBuilder::new().label("size", "large").filled(LARGE, 5);
    let mut image = builder.build(stage.path("large.sif")).unwrap();
    image.size = signed(&image.path);
    let pushed = stage.push_away(&image).await;
    assert!(matches!(pushed.phase, Phase::Done { .. }), "{pushed:?}");
    (stage, image)
}

async fn looked_into_by_kilobytes(stage: Stage, image: &BuiltSif) {
    let remote = stage.core.open_remote(&image_ref(&stage)).await.unwrap();
    assert_eq!(remote.size(), image.size);
    let inspection = remote.look(|image| image.inspect()).await.unwrap();
    assert_eq!(inspection.labels()["size"], "large");
    assert!(inspection.definition.unwrap().0.starts_with("Bootstrap:"));
    let names = remote.look(|image| {
        let root = image.root_file_system()?;
        let listing = root.list("/.singularity.d", 100)?;
        let script = root.read("/.singularity.d/runscript", 1 << 20)?;
        Ok((listing.entries.len(), script))
    });
    let (entries, script) = names.await.unwrap();
    assert!(entries > 5);
    assert!(String::from_utf8(script).unwrap().contains("Hello"));
    let read = remote.bytes_read();
    assert!(read > 0 && read < LITTLE, "{read} bytes");
    drop(remote);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_image_in_a_library_is_looked_into_by_kilobytes() {
    let (stage, image) = stocked(library(|_| ()).await, None).await;
    looked_into_by_kilobytes(stage, &image).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_image_in_the_registry_of_a_library_is_looked_into_by_kilobytes() {
    let library = library(|_| ()).await;
    let registry = OciFront::start(library.address(), Sessions::Lasting).await;
    let Some(registry) = registry.unwrap() else {
        println!("skipped: docker-registry is not installed");
        return;
    };
    let (stage, image) = stocked(library, Some(registry.base_url())).await;
    looked_into_by_kilobytes(stage, &image).await;
}

/// A signed image in a library, opened, checked and listed as the window does it.
async fn checked_by_kilobytes(stage: Stage) {
    let id = stage.core.inspect_image(image_ref(&stage)).await.unwrap();
    let file = || FileRef {
        file_id: id.clone(),
    };
    let view = Api::inspect_file(&*stage.core, file()).await.unwrap();
    assert!(view.facts.size > LARGE && view.facts.signed);
    let found = stage.core.inspect_check(file()).await.unwrap();
    assert_eq!(found.contents, CheckedContents::Unread);
    assert_eq!(
        found.verdict,
        Verdict::CouldNotCheck,
        "nobody knows the key"
    );
    assert_eq!(found.signatures.len(), 1);
    let listing = FilePlace {
        file_id: id.clone(),
        path: "/.singularity.d".to_owned(),
    };
    let listed = stage.core.inspect_list(listing).await.unwrap();
    assert!(listed.entries.len() > 5);
    // As the container's page asks: by the digest, which no tag can move.
    let pinned = ImageRef {
        tag: view.digest.clone().unwrap(),
        ..image_ref(&stage)
    };
    let glance = stage.core.inspect_glance(pinned).await.unwrap();
    assert_eq!(glance.verdict, found.verdict);
    let compare = Compare {
        left: id.clone(),
        right: id.clone(),
    };
    let compared = stage.core.inspect_compare(compare).await.unwrap();
    assert!(compared.same && compared.left.remote.is_some());
    let read = stage.core.inspect_read(file()).await.unwrap();
    assert!(read > 0 && read < LITTLE, "{read} bytes");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signatures_of_a_large_image_in_a_library_are_checked_by_kilobytes() {
    let (stage, _) = stocked(library(|_| ()).await, None).await;
    checked_by_kilobytes(stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signatures_of_a_large_image_in_a_registry_are_checked_by_kilobytes() {
    let library = library(|_| ()).await;
    let registry = OciFront::start(library.address(), Sessions::Lasting).await;
    let Some(registry) = registry.unwrap() else {
        println!("skipped: docker-registry is not installed");
        return;
    };
    let (stage, _) = stocked(library, Some(registry.base_url())).await;
    checked_by_kilobytes(stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_has_ended_is_asked_for_anew() {
    let library = library(|_| ()).await;
    let ended = Arc::new(AtomicUsize::new(0));
    let refused = Arc::clone(&ended);
    let through = move |request: Request, upstream: Upstream| {
        let refuse = request.headers().contains_key("range")
            && refused
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                })
                .is_ok();
        async move {
            if refuse {
                return front::empty(403);
            }
            upstream.send(request).await
        }
    };
    let front = Front::start(library.address(), through).await.unwrap();
    let (address, token) = (front.base_url(), library.token().to_owned());
    let stage = Stage::at(library, front, &address, &token).await;
    let builder = SifBuilder::new().filled(2 << 20, 5);
    let image = builder.build(stage.path("x.sif")).unwrap();
    stage.push_away(&image).await;
    let id = stage.core.inspect_image(image_ref(&stage)).await.unwrap();
    ended.store(1, Ordering::SeqCst);
    let listing = FilePlace {
        file_id: id,
        path: "/.singularity.d".to_owned(),
    };
    let listed = stage.core.inspect_list(listing).await.unwrap();
    assert!(!listed.entries.is_empty());
    assert_eq!(ended.load(Ordering::SeqCst), 0, "it was refused once");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_of_an_object_than_a_look_may_fetch_is_refused_with_the_limit() {
    let stage = Stage::new(Dialect::NoMultipart(404)).await;
    let path = stage.path("huge.sif");
    let image = SifBuilder::new().filled(65 << 20, 9).build(path).unwrap();
    stage.push_away(&image).await;
    let id = stage.core.inspect_image(image_ref(&stage)).await.unwrap();
    let partition = FileObject {
        file_id: id,
        object: 3,
    };
    let refused = stage.core.inspect_extract_object(partition).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::FetchLimit);
    let remote = stage.core.open_remote(&image_ref(&stage)).await.unwrap();
    let whole = remote.look(|image| {
        let partition = image.primary_partition().unwrap();
        image.read(partition, u64::MAX).map(|data| data.len())
    });
    let error = whole.await.unwrap_err();
    assert_eq!(error.code, ErrorCode::FetchLimit, "{error:?}");
    assert_eq!(error.params["limit"], (64_u64 << 20).into());
    // The next look begins anew.
    remote.look(|image| image.inspect()).await.unwrap();
    stage.close().await;
}

async fn refusal(dialect: Dialect) -> UiError {
    let stage = Stage::new(dialect).await;
    let image = stage.image(SifBuilder::new(), 7);
    stage.push_away(&image).await;
    let error = match stage.core.open_remote(&image_ref(&stage)).await {
        Ok(remote) => remote.look(|image| image.inspect()).await.unwrap_err(),
        Err(error) => error,
    };
    stage.close().await;
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_sends_whole_files_only_is_refused_for_that_reason() {
    for dialect in [
        Dialect::RangesIgnored,
        Dialect::WrongRanges,
        Dialect::Hinkskalle,
    ] {
        let error = refusal(dialect).await;
        assert_eq!(error.code, ErrorCode::NotOffered, "{dialect:?}: {error:?}");
        assert_eq!(error.params["what"], "ranges".into());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_hears_that_a_server_sends_whole_files_only() {
    let stage = Stage::new(Dialect::RangesIgnored).await;
    let image = stage.image(SifBuilder::new(), 7);
    stage.push_away(&image).await;
    let opened = stage.core.inspect_image(image_ref(&stage)).await;
    let glance = stage.core.inspect_glance(image_ref(&stage)).await;
    for error in [opened.unwrap_err(), glance.unwrap_err()] {
        assert_eq!(error.code, ErrorCode::NotOffered);
        assert_eq!(error.params["what"], "ranges".into());
    }
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_not_there_is_not_found() {
    let stage = Stage::new(Dialect::NoMultipart(404)).await;
    let missing = stage.core.inspect_remote(&image_ref(&stage)).await;
    assert_eq!(missing.unwrap_err().code, ErrorCode::NotFound);
    stage.close().await;
}
