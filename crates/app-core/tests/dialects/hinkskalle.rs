//! What Hinkskalle alone does, where it goes wrong.

use serde_json::json;
use sifter_contract::requests::ContainerRef;
use sifter_contract::{Api as _, CapabilityNote, ErrorCode, UploadItem};
use sifter_test_support::front::{self, Front, Request, Upstream};
use sifter_test_support::{Dialect, Direction, Fault, FaultProxy, Foreign, Rule, SifBuilder};

use crate::stage::{PART, Stage, code, is_done, library, place};

const PARTS: &str = "/v2/imagefile/_upload/";

/// A Hinkskalle behind a proxy that breaks what `fault` says for the second part.
async fn broken(fault: Fault) -> (Stage, FaultProxy) {
    let library = library(|_| ()).await;
    let foreign = Dialect::Hinkskalle.before(&library).await.unwrap();
    let proxy = FaultProxy::start(foreign.front.address()).await.unwrap();
    proxy.inject(Rule::new(PARTS, fault).first(1));
    let address = proxy.base_url();
    let stage = Stage::at(library, foreign.front, &address, &foreign.token).await;
    (stage, proxy)
}

#[tokio::test]
async fn a_part_that_broke_off_means_another_upload_that_ends_well() {
    let broke_off = Fault::ResetAfter(Direction::Upload, PART / 2);
    let damaged = Fault::FlipByte(Direction::Upload, 100);
    for fault in [broke_off, damaged, Fault::StatusAfterwards(502)] {
        let (stage, _proxy) = broken(fault.clone()).await;
        let image = stage.image(SifBuilder::new(), 1);
        let pushed = stage.push_away(&image).await;
        assert!(is_done(&pushed), "{fault:?}: {pushed:#?}");
        assert_eq!(
            pushed.restarted.map(|error| error.code),
            Some(ErrorCode::UploadForgotten),
            "{fault:?}"
        );
        let used_up = |seen: &front::Seen| seen.target.contains(PARTS) && seen.status == 406;
        assert!(stage.front.seen().iter().any(used_up), "{fault:?}");
        assert_eq!(stage.pull("amd64").await.1, image.sha256);
        stage.close().await;
    }
}

#[tokio::test]
async fn latest_moves_with_it_and_the_sheet_and_the_job_say_so() {
    let library = library(|_| ()).await;
    let Foreign { front, token } = Dialect::Hinkskalle.before(&library).await.unwrap();
    let address = front.base_url();
    let mut stage = Stage::at(library, front, &address, &token).await;
    let image = stage.image(SifBuilder::new(), 1);
    let pushed = stage.push(&image.path).await;
    assert_eq!(pushed.notes, [CapabilityNote::MovesLatest]);
    let page = ContainerRef {
        server_id: stage.server_id.clone(),
        path: place(),
    };
    let page = stage.core.library_container(page).await.unwrap();
    assert_eq!(page.tags[0].tag, "1");
    assert_eq!(page.tags[0].aliases, ["latest"]);

    // Whoever asks for `latest` gets what was asked for: nothing to say.
    let two = stage.image(SifBuilder::new(), 2);
    let latest = |item: &mut UploadItem| item.tags.push("latest".to_owned());
    assert_eq!(stage.push_as(&two.path, latest).await.notes, []);

    // Another Sifter learns it from the images that are there, before its first upload.
    stage.change_sifter(&token).await;
    let plan = stage.plan(&image.path).await;
    assert_eq!(plan.notes, [CapabilityNote::MovesLatest]);
    stage.close().await;
}

#[tokio::test]
async fn what_it_refuses_has_a_name() {
    for (path, status, detail, named) in [
        (
            "/v1/images",
            406,
            "container is readonly",
            ErrorCode::Forbidden,
        ),
        (
            "/_multipart_complete",
            413,
            "Quota exceeded",
            ErrorCode::QuotaExceeded,
        ),
        ("/_multipart", 403, "access denied", ErrorCode::Forbidden),
    ] {
        let library = library(|_| ()).await;
        let (address, token) = (library.address(), library.token().to_owned());
        let refuses = move |request: Request, upstream: Upstream| async move {
            if request.method() != "GET" && request.uri().path().ends_with(path) {
                let error = json!({ "title": "error", "detail": detail });
                let errors = json!({ "status": "error", "errors": [error] });
                return front::json(status, &errors);
            }
            upstream.send(request).await
        };
        let front = Front::start(address, refuses).await.unwrap();
        let address = front.base_url();
        let stage = Stage::at(library, front, &address, &token).await;
        let image = stage.image(SifBuilder::new(), 1);
        assert_eq!(code(&stage.push(&image.path).await), Some(named), "{path}");
        stage.close().await;
    }
}
