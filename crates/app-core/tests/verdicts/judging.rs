//! The verdict at the end of a download, and quarantine.

use sifter_contract::requests::TransferRef;
use sifter_contract::{Api, ClashPolicy, DoneHow, Phase, Verdict, VerdictReason};
use sifter_signing::openpgp::RevocationReason;
use sifter_signing::openpgp::Time;

use crate::stage::{Stage, check, key};

const VERIFIED: Phase = Phase::Done {
    how: DoneHow::Verified,
};
const QUARANTINED: Phase = Phase::Done {
    how: DoneHow::Quarantined,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_download_ends_with_one_of_five_verdicts_which_survives_a_restart() {
    let mut stage = Stage::new().await;
    let (ada, bob, eve) = (key("Ada", None), key("Bob", None), key("Eve", None));
    stage.trusted().add(&ada.certificate()).unwrap();
    stage.met().add(&bob.certificate()).unwrap();
    let mut ids = Vec::new();
    let cases = [
        ("trusted", Some(&ada), Verdict::Verified, None),
        ("met", Some(&bob), Verdict::UnknownSigner, None),
        ("unsigned", None, Verdict::NotSigned, None),
        (
            "unknown",
            Some(&eve),
            Verdict::CouldNotCheck,
            Some(VerdictReason::KeyServersSilent),
        ),
    ];
    for (name, signer, verdict, reason) in cases {
        stage.publish(&stage.image(name, signer), name).await;
        let view = stage.download(name).await;
        assert_eq!(view.phase, VERIFIED, "{name}");
        let found = check(&view);
        assert_eq!((found.verdict, found.reason), (verdict, reason), "{name}");
        let signers: Vec<_> = found.signers.iter().map(|one| &one.fingerprint).collect();
        let expected = signer.map(|key| key.fingerprint().to_string());
        assert_eq!(signers, expected.iter().collect::<Vec<_>>(), "{name}");
        let asks = verdict == Verdict::CouldNotCheck || name == "met";
        assert_eq!(!found.asked.is_empty(), asks, "{name}: {:?}", found.asked);
        ids.push((view.id.clone(), verdict));
    }
    let altered = stage.image("altered", Some(&ada));
    stage.alter(&altered);
    stage.publish(&altered, "altered").await;
    let view = stage.download("altered").await;
    assert_eq!(view.phase, QUARANTINED);
    let reason = Some(VerdictReason::Altered);
    assert_eq!(
        (check(&view).verdict, check(&view).reason),
        (Verdict::DoNotUse, reason)
    );
    ids.push((view.id.clone(), Verdict::DoNotUse));

    stage.restart().await;
    for (id, verdict) in ids {
        let view = stage.transfer(&id).await;
        assert_eq!(check(&view).verdict, verdict);
        assert!(view.file_present);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_server_that_does_not_know_the_key_is_told_apart_from_one_that_is_silent() {
    let stage = Stage::with_settings("key_servers = []\n").await;
    let eve = key("Eve", None);
    stage.publish(&stage.image("x", Some(&eve)), "x").await;
    let view = stage.download("x").await;
    let found = check(&view);
    assert_eq!(found.verdict, Verdict::CouldNotCheck);
    assert_eq!(found.reason, Some(VerdictReason::UnknownKey));
    assert!(!found.signers[0].proven, "without the key it is a claim");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_taken_back_or_has_ended_keeps_a_file_from_being_used() {
    let stage = Stage::new().await;
    let (mut leaked, ended) = (key("Leaked", None), key("Ended", Some(-10)));
    let file = stage.image("leaked", Some(&leaked));
    leaked
        .revoke(RevocationReason::Compromised, None, Time::now())
        .unwrap();
    for certificate in [leaked.certificate(), ended.certificate()] {
        stage.trusted().add(&certificate).unwrap();
    }
    stage.publish(&file, "leaked").await;
    let view = stage.download("leaked").await;
    assert_eq!(view.phase, QUARANTINED);
    assert_eq!(check(&view).reason, Some(VerdictReason::KeyRevoked));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_quarantine_cannot_be_opened_by_its_name_and_its_name_stays_free() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.trusted().add(&ada.certificate()).unwrap();
    let altered = stage.image("first", Some(&ada));
    stage.alter(&altered);
    stage.publish(&altered, "tool").await;
    let bad = stage.download("tool").await;
    assert_eq!(bad.phase, QUARANTINED);
    assert_eq!(bad.file_name, "tool_1.sif", "it is known by this name");
    let named = stage.downloads().join("tool_1.sif");
    assert!(!named.exists(), "nothing opens or runs it under its name");
    assert_eq!(stage.names(), ["tool_1.sif.quarantine"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let held = stage.downloads().join("tool_1.sif.quarantine");
        let mode = held.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0, "nor under the other");
    }

    // Somebody mends the image, and the same name is fetched again.
    stage
        .publish(&stage.image("second", Some(&ada)), "tool")
        .await;
    let good = stage.download("tool").await;
    assert_eq!(good.phase, VERIFIED);
    assert_eq!(check(&good).verdict, Verdict::Verified);
    assert_eq!(stage.names(), ["tool_1.sif", "tool_1.sif.quarantine"]);
    assert!(std::fs::read(&named).is_ok());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_quarantine_is_deleted_when_that_is_asked_and_nothing_else_ever_is() {
    let stage = Stage::new().await;
    let ada = key("Ada", None);
    stage.publish(&stage.image("good", None), "good").await;
    let good = stage.download("good").await;
    let altered = stage.image("bad", Some(&ada));
    stage.alter(&altered);
    stage.trusted().add(&ada.certificate()).unwrap();
    stage.publish(&altered, "bad").await;
    // The file that has the name is not replaced by one that must not be used.
    std::fs::write(stage.downloads().join("bad_1.sif"), "mine").unwrap();
    let bad = stage.download_as("bad", ClashPolicy::Replace).await;
    assert_eq!(bad.phase, QUARANTINED);
    let delete = |id: &str| {
        let transfer_id = id.to_owned();
        stage.core.transfer_delete_file(TransferRef { transfer_id })
    };
    assert!(delete(&good.id).await.is_err());
    delete(&bad.id).await.unwrap();
    assert_eq!(stage.names(), ["bad_1.sif", "good_1.sif"]);
    let mine = std::fs::read(stage.downloads().join("bad_1.sif")).unwrap();
    assert_eq!(mine, b"mine");
    assert!(!stage.transfer(&bad.id).await.file_present);
    assert!(delete(&bad.id).await.is_err(), "it is gone");
    stage.end().await;
}
