//! Stopping in the middle.

use std::sync::Mutex;
use std::sync::mpsc;

use sifter_library_client::Network;
use sifter_test_support::SifBuilder;

use super::*;
use crate::home::Home;
use crate::settings::Settings;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_bundle_that_is_stopped_while_it_is_copied() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::at(folder.path().join("home"));
    let settings = Arc::new(Settings::open(&home).unwrap());
    let signatures = Signatures::new(&home, settings, &Network::default());
    let place = folder.path().join("place");
    std::fs::create_dir(&place).unwrap();
    let image = folder.path().join("x.sif");
    SifBuilder::new().label("name", "x").build(&image).unwrap();
    let request = BundleRequest {
        image,
        name: "x.sif".to_owned(),
        folder: place.join("bundle"),
        pems: Vec::new(),
        offline: true,
        library_key_server: None,
        key_servers: Vec::new(),
    };
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, goes_on) = mpsc::channel::<()>();
    let (working, ended) = tokio::sync::oneshot::channel::<()>();
    let begun = Mutex::new(Some(begun));
    let goes_on = Mutex::new(goes_on);
    let watch = move |step| {
        let _working = &working;
        assert!(matches!(step, BundleStep::Copied(_)), "{step:?}");
        if let Some(begun) = begun.lock().unwrap().take() {
            begun.send(()).unwrap();
            // Stands still until the bundle has been given up.
            goes_on.lock().unwrap().recv().unwrap();
        }
    };
    let making = signatures.bundle_watched(request.clone(), watch);
    tokio::select! {
        made = making => panic!("{made:?}"),
        begun = has_begun => begun.unwrap(),
    }
    let drafts = || std::fs::read_dir(&place).unwrap().count();
    assert_eq!(drafts(), 1, "it is copied into a folder of its own");
    go_on.send(()).unwrap();
    assert!(ended.await.is_err(), "the thread has ended");
    assert_eq!(drafts(), 0);
    // The name is still free.
    let made = signatures.bundle(request).await.unwrap();
    assert_eq!(made.files, ["x.sif", "VERIFY.txt", "SHA256SUMS"]);
    assert!(place.join("bundle/x.sif").exists());
}
