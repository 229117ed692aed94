//! Which way an image goes: through the registry behind a library, or through the library itself.

use std::path::Path;
use std::time::Duration;

use sifter_contract::{Api as _, ErrorCode, Phase, ServerAddressesSet};
use sifter_test_support::{Exchange, Fault, FaultProxy, Rule};

use crate::stage::{self, Mode, REGISTRY_GIVES, REGISTRY_TAKES, Stage, TAKES, tuning, wait};

const SILENCE: Duration = Duration::from_millis(1500);
/// What has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(20);
const OFFER: &str = "/v1/oci-redirect";

async fn stage(mode: Mode) -> Option<Stage> {
    if !mode.is_possible() {
        return None;
    }
    Some(Stage::new(mode, tuning(mode, SILENCE), |_| ()).await)
}

fn is_chunk(exchange: &&Exchange) -> bool {
    exchange.method == "PATCH" && exchange.target.contains(REGISTRY_TAKES)
}

/// Lets an upload hang in its third chunk.
async fn hang_in_the_middle(stage: &Stage, seed: u64) -> String {
    let rule = Rule::new(REGISTRY_TAKES, Fault::HalfOpen).method("PATCH");
    stage.proxy.inject(rule.nth(3));
    let image = stage.image("image.sif", seed);
    let id = stage.push(&image.path).await;
    let third = |seen: &[Exchange]| seen.iter().filter(is_chunk).count() == 3;
    stage.proxy.wait_until(third).await.unwrap();
    id
}

/// Whether any file below a folder contains a text.
fn contains(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return contains(&path, text);
        }
        let bytes = std::fs::read(&path).unwrap();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_without_a_registry_is_asked_for_one_once() {
    let stage = stage(Mode::Parts).await.unwrap();
    stage.image_there(71).await;
    for name in ["one.sif", "two.sif"] {
        let id = stage.pull(&stage.path(name)).await.unwrap();
        assert!(matches!(stage.end(&id).await, Phase::Done { .. }));
    }
    let seen = stage.proxy.exchanges();
    let asked = seen.iter().filter(|seen| seen.target.starts_with(OFFER));
    assert_eq!(asked.count(), 1);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_registry_is_gone_goes_to_the_library_and_says_why() {
    let Some(stage) = stage(Mode::Oci).await else {
        return;
    };
    let id = hang_in_the_middle(&stage, 72).await;
    stage.front.as_ref().unwrap().withdraw();
    let ended = |phase: &Phase| matches!(phase, Phase::Done { .. } | Phase::NeedsAttention { .. });
    let view = wait(&stage.core, &id, |view| ended(&view.phase)).await;
    assert!(matches!(view.phase, Phase::Done { .. }), "{view:#?}");
    let code = view.restarted.map(|error| error.code);
    assert_eq!(code, Some(ErrorCode::UploadForgotten));
    let seen = stage.proxy.exchanges();
    assert!(seen.iter().any(|seen| seen.target.contains(TAKES)));
    let there = stage.hash_there().await.unwrap();
    assert_eq!(there, stage::hash(&stage.path("image.sif")));
    // Nobody waits for the upload that was forgotten.
    let settled = tokio::time::timeout(PATIENCE, stage.core.uploads_settled());
    assert!(settled.await.is_ok());
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_registry_lies_in_no_file() {
    let Some(stage) = stage(Mode::Fragile).await else {
        return;
    };
    let id = hang_in_the_middle(&stage, 73).await;
    let tokens = stage.front.as_ref().unwrap().tokens();
    assert!(!tokens.is_empty());
    let home = stage.path("home");
    // The upload's address is there, so this looks in the right place.
    assert!(contains(&home, REGISTRY_TAKES));
    for token in tokens {
        assert!(!contains(&home, &token));
    }
    assert!(matches!(stage.end(&id).await, Phase::Done { .. }));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_image_goes_into_a_registry_only_when_its_container_is_private() {
    let Some(stage) = stage(Mode::Oci).await else {
        return;
    };
    let image = stage.image("image.sif", 74);
    let id = stage::push_as(&stage.core, &stage.server_id, &image.path, true).await;
    assert!(matches!(stage.end(&id).await, Phase::Done { .. }));
    let seen = stage.proxy.exchanges();
    let place = |method: &str, text: &str| {
        let found = |seen: &Exchange| seen.method == method && seen.target.contains(text);
        seen.iter().position(found).unwrap()
    };
    assert!(place("POST", "/v1/containers") < place("POST", REGISTRY_TAKES));
    let address = format!(
        "{}/v1/containers/tester/survive/image",
        stage.library.base_url()
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(address).bearer_auth(stage.library.token());
    let text = answer.send().await.unwrap().text().await.unwrap();
    let container: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(container["data"]["private"], true, "{container}");
    stage.close().await;
}

/// Another address of the registry, and the base under which a person enters it.
async fn other_way(stage: &Stage) -> (FaultProxy, String) {
    let front = stage.front.as_ref().unwrap().address();
    let way = FaultProxy::start(front).await.unwrap();
    let base = format!("{}/registry", way.base_url());
    (way, base)
}

async fn enter(stage: &Stage, registry: &str) {
    let request = ServerAddressesSet {
        server_id: stage.server_id.clone(),
        library: None,
        keys: None,
        builder: None,
        registry: Some(registry.to_owned()),
    };
    stage.core.server_set_addresses(request).await.unwrap();
}

/// Whether anything went to the registry by a way.
fn carries_images(way: &FaultProxy) -> bool {
    let seen = way.exchanges();
    seen.iter().any(|seen| seen.target.contains("/v2/tester/"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_entered_by_hand_is_where_images_go_and_come_from() {
    let Some(stage) = stage(Mode::Oci).await else {
        return;
    };
    let (way, base) = other_way(&stage).await;
    enter(&stage, &base).await;
    stage.image_there(75).await;
    let id = stage.pull(&stage.path("back.sif")).await.unwrap();
    assert!(matches!(stage.end(&id).await, Phase::Done { .. }));
    let seen = way.exchanges();
    let takes = |seen: &Exchange| is_chunk(&seen);
    let gives = |seen: &Exchange| seen.target.contains(REGISTRY_GIVES) && seen.range.is_some();
    assert!(
        seen.iter().any(takes) && seen.iter().any(gives),
        "{seen:#?}"
    );
    assert!(!carries_images(&stage.proxy), "the named address was used");
    // The library itself was not asked there.
    let own = |seen: &Exchange| seen.target.starts_with("/registry/v2/");
    assert!(seen.iter().all(own), "{seen:#?}");
    let capabilities = stage.server().await.capabilities;
    assert_eq!(capabilities.registry, Some(true));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_begins_again_when_its_registry_is_reached_at_another_address() {
    let Some(stage) = stage(Mode::Oci).await else {
        return;
    };
    let id = hang_in_the_middle(&stage, 76).await;
    stage.pause(&id).await;
    let before = stage.proxy.exchanges().len();
    let (way, base) = other_way(&stage).await;
    enter(&stage, &base).await;
    stage.resume(&id).await;
    let ended = |phase: &Phase| matches!(phase, Phase::Done { .. } | Phase::NeedsAttention { .. });
    let view = wait(&stage.core, &id, |view| ended(&view.phase)).await;
    assert!(matches!(view.phase, Phase::Done { .. }), "{view:#?}");
    let code = view.restarted.map(|error| error.code);
    assert_eq!(code, Some(ErrorCode::UploadForgotten));
    assert!(carries_images(&way));
    let after = stage.proxy.exchanges().split_off(before);
    let chunks = after.iter().filter(is_chunk);
    assert_eq!(chunks.count(), 0, "the upload went on at its old address");
    stage.close().await;
}
