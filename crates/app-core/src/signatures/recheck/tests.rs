//! The owner of a key takes it back, and everybody who knows the key hears of it within a day.

use secrecy::SecretString;
use sifter_library_client::{Endpoints, FixedToken, LibraryClient, Network, Origin};
use sifter_signing::hkp::publication;
use sifter_signing::openpgp::RevocationReason;
use sifter_test_support::{SpawnedLibrary, spawn_library};
use tempfile::TempDir;
use url::Url;

use super::*;
use crate::home::Home;
use crate::settings::Settings;
use crate::signatures::{KeyDesk, NewKeyRequest};

fn signatures(home: &Home) -> Signatures {
    let settings = Arc::new(Settings::open(home).unwrap());
    Signatures::new(home, settings, &Network::default())
}

/// A person with keys of their own.
struct Person {
    signatures: Signatures,
    folder: TempDir,
}

impl Person {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            signatures: signatures(&Home::at(folder.path())),
            folder,
        }
    }

    fn desk(&self) -> KeyDesk {
        self.signatures.keys()
    }

    /// What Sifter wrote down about when keys are due.
    fn written(&self) -> String {
        let due = &self.signatures.places.due;
        assert!(due.starts_with(self.folder.path()));
        std::fs::read_to_string(due).unwrap_or_default()
    }
}

/// A library with Ada's key on it.
struct Stage {
    library: SpawnedLibrary,
    servers: Vec<String>,
    ada: Person,
    fingerprint: String,
}

impl Stage {
    async fn new() -> Self {
        let ada = Person::new();
        let wanted = NewKeyRequest {
            name: "Ada <ada@example.org>".to_owned(),
            ..NewKeyRequest::default()
        };
        let made = ada.desk().generate(wanted).await.unwrap();
        let library = spawn_library().await.unwrap();
        let stage = Self {
            fingerprint: made.fingerprint,
            servers: vec![library.base_url()],
            library,
            ada,
        };
        stage.publish().await;
        stage
    }

    /// Somebody who has met Ada's key.
    async fn bob(&self) -> Person {
        let bob = Person::new();
        let desk = bob.desk();
        let met = desk.fetch(&self.servers, &self.fingerprint).await.unwrap();
        assert_eq!(met.standing, KeyStanding::Good);
        bob
    }

    async fn publish(&self) {
        let base = Url::parse(&self.library.base_url()).unwrap();
        let token = SecretString::from(self.library.token().to_owned());
        let tokens = FixedToken::new(Origin::of(&base).unwrap(), token);
        let endpoints = Endpoints::of_library(base.clone());
        let http = self.ada.signatures.http.clone();
        let client = LibraryClient::new(http, endpoints, Arc::new(tokens)).unwrap();
        let own = self.ada.signatures.places.own.public(KeyOrigin::Local);
        let own = own.unwrap();
        let form = publication(&own.certificates()[0]).unwrap();
        let address = base.join("/pks/add").unwrap();
        client.publish_key(&address, form).await.unwrap();
    }

    async fn take_back(&self) {
        let desk = self.ada.desk();
        let revoked = desk.revoke(&self.fingerprint, RevocationReason::Compromised, None);
        revoked.await.unwrap();
        self.publish().await;
    }
}

fn noon() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap()
}

#[tokio::test]
async fn a_key_is_asked_about_once_a_day_until_it_is_taken_back() {
    let stage = Stage::new().await;
    let bob = stage.bob().await;
    let recheck = async |now| {
        bob.signatures
            .recheck(&stage.servers, now, false)
            .await
            .unwrap()
    };
    let first = recheck(noon()).await;
    assert_eq!((first.asked, first.revoked.len()), (1, 0));
    assert_eq!(first.next, Some(noon() + Duration::DAY));
    stage.take_back().await;
    let early = recheck(noon() + Duration::hours(23)).await;
    assert_eq!((early.asked, early.next), (0, first.next));
    assert!(bob.written().contains(&stage.fingerprint));

    let due = recheck(noon() + Duration::DAY).await;
    assert_eq!((due.asked, due.revoked.len()), (1, 1));
    assert_eq!(due.revoked[0].fingerprint, stage.fingerprint);
    let met = bob.desk().met().await.unwrap();
    assert_eq!(met[0].standing, KeyStanding::Revoked);
    let never = recheck(noon() + Duration::days(9)).await;
    assert_eq!((never.asked, never.next), (0, None));
    assert!(!bob.written().contains(&stage.fingerprint));
}

#[tokio::test]
async fn a_key_that_is_trusted_loses_its_trust_with_its_revocation() {
    let stage = Stage::new().await;
    let bob = stage.bob().await;
    bob.desk().trust(&stage.fingerprint).await.unwrap();
    stage.take_back().await;
    let now = noon();
    let round = bob
        .signatures
        .recheck(&stage.servers, now, false)
        .await
        .unwrap();
    assert_eq!(round.revoked.len(), 1);
    let own = bob.signatures.places.own.public(KeyOrigin::Local).unwrap();
    assert!(own.certificates()[0].revoked().is_some());
    // Nobody asks about a key of one's own.
    let round = stage
        .ada
        .signatures
        .recheck(&stage.servers, now, false)
        .await;
    assert_eq!(round.unwrap().asked, 0);
}

#[tokio::test]
async fn servers_that_are_silent_are_asked_again_within_the_hour() {
    let stage = Stage::new().await;
    let bob = stage.bob().await;
    let nobody = ["http://127.0.0.1:1".to_owned()];
    let round = bob
        .signatures
        .recheck(&nobody, noon(), false)
        .await
        .unwrap();
    assert_eq!(round.asked, 1);
    assert_eq!(round.next, Some(noon() + Duration::HOUR));
    // Where no key server may be asked, nothing is due either.
    let none = bob
        .signatures
        .recheck(&[], noon() + Duration::DAY, false)
        .await;
    let none = none.unwrap();
    assert_eq!((none.asked, none.next), (0, None));
}

#[tokio::test]
async fn a_clock_that_was_wrong_delays_nothing_for_long() {
    let stage = Stage::new().await;
    let bob = stage.bob().await;
    let years = noon() + Duration::days(4000);
    let recheck = async |now| {
        bob.signatures
            .recheck(&stage.servers, now, false)
            .await
            .unwrap()
    };
    assert_eq!(recheck(years).await.asked, 1);
    assert_eq!(recheck(noon()).await.asked, 1);
    std::fs::write(&bob.signatures.places.due, "no JSON").unwrap();
    assert_eq!(recheck(noon()).await.asked, 1);
}
