//! Private uploads over the wire: a new container that only its owner sees.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

#[path = "support/nobody.rs"]
mod nobody;

use std::path::Path;
use std::sync::Arc;

use sifter_app_core::{AppCore, CoreConfig, Home, Secrets};
use sifter_contract::requests::{ContainerRef, ImageRef, ServerConnect, Upload};
use sifter_contract::{Api, AppEvent, ErrorCode, LibraryPath, Phase, UploadItem};
use sifter_test_support::{SpawnedLibrary, hello_world, spawn_library};

use nobody::Nobody;

/// A Sifter that knows the library; answers the library's id.
async fn sifter(home: &Path, library: &SpawnedLibrary) -> (Arc<AppCore>, String) {
    let mut config = CoreConfig::new(Home::at(home), Arc::new(Nobody));
    config.secrets = Secrets::Memory;
    config.background = false;
    let core = AppCore::start(config).await.unwrap();
    let connect = ServerConnect {
        address: library.base_url(),
        allow_http: false,
    };
    let server = Api::server_connect(&*core, connect).await.unwrap();
    (core, server.id)
}

fn path(container: &str) -> LibraryPath {
    LibraryPath {
        entity: "tester".to_owned(),
        collection: "default".to_owned(),
        container: container.to_owned(),
    }
}

/// Uploads an image to a container; answers whether the plan said that everybody could download it.
async fn upload(core: &AppCore, server_id: &str, file: &Path, to: &str, private: bool) -> bool {
    let sheet = core.sheet_of(vec![file.to_owned()]).await;
    let upload = Upload {
        sign: None,
        server_id: server_id.to_owned(),
        items: vec![UploadItem {
            file_id: sheet.files[0].id.clone(),
            path: path(to),
            tags: vec!["1".to_owned()],
            description: String::new(),
            private,
        }],
        sheet_id: sheet.id,
    };
    let plan = Api::upload_plan(core, upload.clone()).await.unwrap();
    let mut events = core.watch();
    let id = Api::upload_start(core, upload).await.unwrap().remove(0);
    while let Some(event) = events.next().await {
        let AppEvent::Transfers { list } = event else {
            continue;
        };
        if let Some(stopped) = list.attention.iter().find(|view| view.id == id) {
            panic!("{:?}", stopped.phase);
        }
        let done = |phase: &Phase| matches!(phase, Phase::Done { .. });
        if list
            .history
            .iter()
            .any(|view| view.id == id && done(&view.phase))
        {
            break;
        }
    }
    plan.items[0].public
}

/// What becomes of looking at a container, and of downloading its image.
async fn seen(core: &AppCore, server_id: &str, container: &str) -> [Result<(), ErrorCode>; 2] {
    let server_id = server_id.to_owned();
    let page = ContainerRef {
        server_id: server_id.clone(),
        path: path(container),
    };
    let image = ImageRef {
        server_id,
        path: path(container),
        tag: "1".to_owned(),
        arch: "amd64".to_owned(),
    };
    let page = Api::library_container(core, page).await;
    let image = Api::download_plan(core, image).await;
    [
        page.map(drop).map_err(|error| error.code),
        image.map(drop).map_err(|error| error.code),
    ]
}

#[tokio::test]
async fn what_is_uploaded_privately_is_not_there_for_a_stranger() {
    let library = spawn_library().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let image = hello_world(folder.path().join("x.sif")).unwrap();
    let (owner, at_owner) = sifter(&folder.path().join("owner"), &library).await;
    let token = library.token().to_owned().into();
    owner.accept_token(&at_owner, token).await.unwrap();
    let (stranger, at_stranger) = sifter(&folder.path().join("stranger"), &library).await;

    let public = upload(&owner, &at_owner, &image.path, "secret", true).await;
    assert!(!public);
    assert_eq!(seen(&owner, &at_owner, "secret").await, [Ok(()), Ok(())]);
    assert_eq!(
        seen(&stranger, &at_stranger, "secret").await,
        [Err(ErrorCode::NotFound), Err(ErrorCode::NotFound)]
    );

    // What is open already stays so, and the plan says it.
    assert!(upload(&owner, &at_owner, &image.path, "open", false).await);
    assert!(upload(&owner, &at_owner, &image.path, "open", true).await);
    assert_eq!(
        seen(&stranger, &at_stranger, "open").await,
        [Ok(()), Ok(())]
    );

    owner.shutdown().await;
    stranger.shutdown().await;
}
