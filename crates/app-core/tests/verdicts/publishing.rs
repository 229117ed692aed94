//! Keys on key servers: published by one person, found and trusted by another, taken back.

use sifter_app_core::AppCore;
use sifter_contract::requests::{KeyExpiry, KeyMake, KeyRef, KeyRevoke};
use sifter_contract::{
    Api, AppEvent, ClashPolicy, ErrorCode, FoundKey, KeyFetch, KeyPublish, KeyRow, KeySearch,
    KeyServerRef, KeyServersSet, KeyStanding, KeyTrust, Nothing, RevocationCause,
};
use sifter_test_support::spawn_library;

use crate::stage::Stage;

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:1";

async fn make(core: &AppCore, name: &str) -> String {
    let made = core.key_make(KeyMake {
        name: name.to_owned(),
        rsa: false,
        days: Some(365),
        passphrase: None,
        keep: false,
    });
    made.await.unwrap().fingerprint
}

fn named(fingerprint: &str) -> KeyRef {
    KeyRef {
        fingerprint: fingerprint.to_owned(),
    }
}

/// Publishes a key on the library's own key server.
async fn publish(stage: &Stage, fingerprint: &str) {
    let request = KeyPublish {
        fingerprint: fingerprint.to_owned(),
        address: stage.library.base_url(),
    };
    stage.core.key_publish(request).await.unwrap();
}

async fn row(core: &AppCore, fingerprint: &str) -> Option<KeyRow> {
    let list = core.key_list(Nothing {}).await.unwrap();
    let mut rows = list.keys.into_iter();
    rows.find(|row| row.key.fingerprint == fingerprint)
}

async fn search(core: &AppCore, text: &str) -> Vec<FoundKey> {
    let text = text.to_owned();
    core.key_search(KeySearch { text }).await.unwrap().keys
}

async fn revoke(stage: &Stage, fingerprint: &str) {
    let revoked = stage.core.key_revoke(KeyRevoke {
        fingerprint: fingerprint.to_owned(),
        cause: RevocationCause::Compromised,
        passphrase: None,
    });
    revoked.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_one_person_publishes_is_found_and_trusted_by_another() {
    let stage = Stage::new().await;
    let ada = make(&stage.core, "Ada <ada@example.org>").await;
    let plan = stage.core.key_publish_plan(named(&ada)).await.unwrap();
    assert_eq!(plan.names, ["Ada <ada@example.org>"]);
    let [library, usual] = plan.places.as_slice() else {
        panic!("{:?}", plan.places);
    };
    assert_eq!(library.server.server_id.as_ref(), Some(&stage.server_id));
    assert!(!library.needs_sign_in && library.publication.is_none());
    assert_eq!(
        (usual.server.address.as_str(), &usual.server.server_id),
        (NOBODY, &None)
    );
    publish(&stage, &ada).await;
    let published = row(&stage.core, &ada).await.unwrap().published;
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].address, stage.library.base_url());
    assert!(!published[0].outdated);

    let (bob, _) = stage.second().await;
    for text in ["ada@example.org", &ada, &ada.to_lowercase()] {
        let found = search(&bob, text).await;
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].id.as_str(), found[0].known), (ada.as_str(), None));
        assert_eq!(found[0].standing, KeyStanding::Good);
    }
    // A fingerprint as people read it to each other.
    let groups: Vec<&str> = (0..10).map(|at| &ada[at * 4..at * 4 + 4]).collect();
    assert_eq!(search(&bob, &groups.join(" ")).await.len(), 1);
    let fetch = KeyFetch {
        fingerprint: ada.clone(),
        address: Some("http://unknown.example".to_owned()),
    };
    bob.key_fetch(fetch).await.unwrap();
    assert_eq!(row(&bob, &ada).await.unwrap().trust, KeyTrust::Met);
    assert_eq!(search(&bob, &ada).await[0].known, Some(KeyTrust::Met));
    bob.key_trust(named(&ada)).await.unwrap();
    assert_eq!(row(&bob, &ada).await.unwrap().trust, KeyTrust::Trusted);
    // What is somebody else's is not published, and a library takes keys from signed-in people only.
    let plan = bob.key_publish_plan(named(&ada)).await.unwrap_err();
    assert_eq!(plan.code, ErrorCode::KeyUnusable);
    let own = make(&bob, "Bob").await;
    let plan = bob.key_publish_plan(named(&own)).await.unwrap();
    assert!(plan.places[0].needs_sign_in);
    let request = KeyPublish {
        fingerprint: own,
        address: plan.places[0].server.address.clone(),
    };
    let refused = bob.key_publish(request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SignInNeeded);
    bob.shutdown().await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_changed_is_out_of_date_until_it_is_published_again() {
    let mut stage = Stage::new().await;
    let ada = make(&stage.core, "Ada").await;
    publish(&stage, &ada).await;
    let outdated =
        async |stage: &Stage| row(&stage.core, &ada).await.unwrap().published[0].outdated;
    let expiry = KeyExpiry {
        fingerprint: ada.clone(),
        days: Some(30),
        passphrase: None,
    };
    stage.core.key_set_expiry(expiry).await.unwrap();
    assert!(outdated(&stage).await);
    publish(&stage, &ada).await;
    assert!(!outdated(&stage).await);
    revoke(&stage, &ada).await;
    assert!(outdated(&stage).await);
    let plan = stage.core.key_publish_plan(named(&ada)).await.unwrap();
    assert_eq!(plan.standing, KeyStanding::Revoked);
    assert!(plan.places[0].publication.as_ref().unwrap().outdated);
    publish(&stage, &ada).await;
    assert!(!outdated(&stage).await);
    assert_eq!(
        search(&stage.core, &ada).await[0].standing,
        KeyStanding::Revoked
    );
    stage.restart().await;
    assert!(!outdated(&stage).await);
    stage.core.key_remove(named(&ada)).await.unwrap();
    let notes = std::fs::read_to_string(stage.path("home/config/keys.json")).unwrap();
    assert!(!notes.contains(&ada), "{notes}");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_server_that_takes_no_keys_says_so_and_no_other_is_named() {
    // A library that nobody has connected: it takes keys from its own people only.
    let other = spawn_library().await.unwrap();
    let address = other.base_url();
    let stage = Stage::with_settings(&format!("key_servers = [{address:?}]\n")).await;
    let ada = make(&stage.core, "Ada").await;
    let at = |address: &str| KeyPublish {
        fingerprint: ada.clone(),
        address: address.to_owned(),
    };
    let refused = stage.core.key_publish(at(&address)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotOffered);
    let elsewhere = stage.core.key_publish(at("http://elsewhere.example")).await;
    assert_eq!(elsewhere.unwrap_err().code, ErrorCode::InvalidRequest);
    assert!(row(&stage.core, &ada).await.unwrap().published.is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_bounded_and_names_the_servers_that_are_silent() {
    let stage = Stage::new().await;
    let ada = make(&stage.core, "Ada").await;
    publish(&stage, &ada).await;
    let text = ada.clone();
    let found = stage.core.key_search(KeySearch { text }).await.unwrap();
    assert_eq!(found.keys.len(), 1);
    assert_eq!(found.keys[0].known, Some(KeyTrust::Own));
    assert_eq!(found.asked.len(), 2);
    assert_eq!(found.silent.len(), 1);
    assert_eq!(found.silent[0].error.code, ErrorCode::Unreachable);
    for text in ["", "  ab ", "a\nbc", &"x".repeat(201)] {
        let text = text.to_owned();
        let error = stage.core.key_search(KeySearch { text }).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidName);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn key_servers_are_listed_changed_and_tried() {
    let stage = Stage::new().await;
    let list = stage.core.key_servers(Nothing {}).await.unwrap();
    assert_eq!(list.libraries[0].server_id.as_ref(), Some(&stage.server_id));
    assert_eq!(list.others[0].address, NOBODY);
    assert!(!list.usual);
    let set = async |addresses: Option<&[&str]>| {
        let addresses = addresses.map(|list| list.iter().map(|one| (*one).to_owned()).collect());
        stage
            .core
            .key_servers_set(KeyServersSet { addresses })
            .await
    };
    let list = set(Some(&["hkps://keys.example.org", NOBODY]))
        .await
        .unwrap();
    let addresses = list.others.iter().map(|server| server.address.as_str());
    assert_eq!(
        addresses.collect::<Vec<_>>(),
        ["https://keys.example.org", NOBODY]
    );
    assert_eq!(
        set(Some(&["ftp://keys.example.org"]))
            .await
            .unwrap_err()
            .code,
        ErrorCode::InvalidAddress
    );
    let none = set(Some(&[])).await.unwrap();
    assert!(none.others.is_empty() && !none.usual);
    let usual = set(None).await.unwrap();
    let hosts = usual.others.iter().map(|server| server.host.as_str());
    assert_eq!(
        hosts.collect::<Vec<_>>(),
        ["keys.openpgp.org", "keys.sylabs.io"]
    );
    assert!(usual.usual);
    let test = async |address: String| stage.core.key_server_test(KeyServerRef { address }).await;
    test(stage.library.base_url()).await.unwrap();
    let error = test(NOBODY.to_owned()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Unreachable);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_hears_that_a_key_is_revoked_and_what_it_has_signed() {
    let stage = Stage::new().await;
    let ada = make(&stage.core, "Ada").await;
    let image = stage.image("tool", None);
    let with = sifter_contract::SignWith {
        fingerprint: ada.clone(),
        passphrase: None,
        keep: false,
    };
    stage.upload(&image, "tool", Some(with)).await;
    publish(&stage, &ada).await;
    let (bob, host) = stage.second().await;
    stage.download_by(&bob, "tool", ClashPolicy::Ask).await;
    bob.key_trust(named(&ada)).await.unwrap();
    assert_eq!(bob.key_recheck(Nothing {}).await.unwrap().asked, 1);
    assert!(bob.key_list(Nothing {}).await.unwrap().revoked.is_empty());

    revoke(&stage, &ada).await;
    publish(&stage, &ada).await;
    let mut events = bob.watch();
    let found = bob.key_recheck(Nothing {}).await.unwrap();
    let [key] = found.revoked.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        (key.name.as_deref(), key.trust),
        (Some("Ada"), KeyTrust::Trusted)
    );
    let names: Vec<&str> = key
        .downloads
        .iter()
        .map(|one| one.file_name.as_str())
        .collect();
    assert_eq!(names, ["tool_1.sif"]);
    let told = loop {
        if let Some(AppEvent::KeyRevoked { key }) = events.next().await {
            break key;
        }
    };
    assert_eq!(told, *key);
    let notices = host.notices.lock().unwrap().clone();
    let told: Vec<_> = notices
        .into_iter()
        .filter_map(|notice| notice.revoked)
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].name.as_str(), told[0].downloads), ("Ada", 1));

    // It stays until somebody has taken note, and is not told again.
    assert_eq!(bob.key_list(Nothing {}).await.unwrap().revoked.len(), 1);
    assert_eq!(bob.key_recheck(Nothing {}).await.unwrap().asked, 0);
    bob.key_dismiss_revoked(named(&ada)).await.unwrap();
    assert!(bob.key_list(Nothing {}).await.unwrap().revoked.is_empty());
    bob.shutdown().await;
    stage.end().await;
}
