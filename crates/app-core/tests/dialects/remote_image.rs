//! Looking into an image that stays in its library.

use sifter_contract::requests::ImageRef;
use sifter_contract::{ErrorCode, Phase, UiError};
use sifter_test_support::front::{Request, Upstream};
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

/// A library as it is, seen through a front at `address`, with a large image in it.
async fn stocked(library: SpawnedLibrary, address: Option<String>) -> (Stage, BuiltSif) {
    let through = |request: Request, upstream: Upstream| upstream.send(request);
    let front = Front::start(library.address(), through).await.unwrap();
    let address = address.unwrap_or_else(|| front.base_url());
    let token = library.token().to_owned();
    let stage = Stage::at(library, front, &address, &token).await;
    let builder = SifBuilder::new().label("size", "large").filled(LARGE, 5);
    let image = builder.build(stage.path("large.sif")).unwrap();
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
async fn an_image_that_is_not_there_is_not_found() {
    let stage = Stage::new(Dialect::NoMultipart(404)).await;
    let missing = stage.core.inspect_remote(&image_ref(&stage)).await;
    assert_eq!(missing.unwrap_err().code, ErrorCode::NotFound);
    stage.close().await;
}
