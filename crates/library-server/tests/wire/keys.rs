//! The key server, as the clients of the field ask it.

use reqwest::{Method, Response};
use sifter_signing::hkp::{Entry, parse_index, publication};
use sifter_signing::openpgp::{
    Certificate, KeyAlgorithm, KeyOrigin, Keyring, NewKey, RevocationReason, SecretKey, Time,
};

use crate::fixture::{As, Library, refusal};

const MADE: Time = Time(1_714_521_600);

pub(crate) fn key(name: &str) -> SecretKey {
    let new = NewKey {
        name: name.to_owned(),
        algorithm: KeyAlgorithm::Ed25519,
        expires: None,
        created: MADE,
    };
    SecretKey::generate(&new, None).unwrap()
}

impl Library {
    async fn add(&self, who: As<'_>, form: impl Into<String>) -> Response {
        self.request(who, Method::POST, "/pks/add")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into())
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn publish(&self, certificate: &Certificate) {
        let answer = self.add(As::Owner, publication(certificate).unwrap()).await;
        assert_eq!(answer.status(), 200);
    }

    async fn lookup(&self, query: &str) -> Response {
        self.get(As::Nobody, &format!("/pks/lookup?{query}")).await
    }

    /// The keys that `op=get` answers with.
    async fn keys(&self, search: &str) -> Vec<Certificate> {
        let query = format!("exact=on&op=get&search={search}");
        let answer = self.lookup(&query).await;
        assert_eq!(answer.status(), 200, "{search}");
        assert_eq!(answer.headers()["content-type"], "application/pgp-keys");
        let text = answer.text().await.unwrap();
        assert!(text.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"));
        let ring = Keyring::read(text.as_bytes(), KeyOrigin::Given).unwrap();
        ring.certificates().to_vec()
    }

    async fn index(&self, search: &str) -> Vec<Entry> {
        let query = format!("fingerprint=on&op=index&options=mr&search={search}&x-pagesize=256");
        let text = self.lookup(&query).await.text().await.unwrap();
        let entries = parse_index(&text);
        assert!(
            text.starts_with(&format!("info:1:{}\n", entries.len())),
            "{text}"
        );
        entries
    }
}

#[tokio::test]
async fn a_published_key_is_found_by_everything_that_names_it() {
    let library = Library::start().await;
    let ada = key("Ada <ada@example.org>");
    library.publish(&ada.certificate()).await;
    library
        .publish(&key("Bob <bob@example.org>").certificate())
        .await;
    let fingerprint = ada.fingerprint().to_string();
    let id = ada.certificate().key_id();
    for search in [
        format!("0x{fingerprint}"),
        format!("0x{}", fingerprint.to_lowercase()),
        format!("0x{id}"),
        format!("0x{}", id.trim_start_matches('0').to_lowercase()),
        format!("0x{}", &id[8..]),
        "ada%40example.org".to_owned(),
        "Ada%20%3Cada%40example.org%3E".to_owned(),
        "ADA%40EXAMPLE.ORG".to_owned(),
    ] {
        let found = library.keys(&search).await;
        assert_eq!(found, [ada.certificate()], "{search}");
    }
    for search in ["ada%40", "ADA", "%3Cada%40example.org%3E"] {
        let entries = library.index(search).await;
        assert_eq!(entries.len(), 1, "{search}");
        let entry = &entries[0];
        assert_eq!(
            (&entry.id, entry.names[0].as_str()),
            (&fingerprint, "Ada <ada@example.org>")
        );
        assert_eq!((entry.bits, entry.created), (Some(256), Some(MADE)));
        assert!(!entry.revoked && !entry.disabled && entry.expires.is_none());
    }
    assert_eq!(library.index("example.org").await.len(), 2);
}

#[tokio::test]
async fn what_is_not_there_or_makes_no_sense_is_refused() {
    let library = Library::start().await;
    library
        .publish(&key("Ada <ada@example.org>").certificate())
        .await;
    for (query, status) in [
        ("op=get&search=0x0102030405060708", 404),
        ("op=get&search=nobody", 404),
        ("op=index&options=mr&search=nobody", 404),
        ("op=index&options=mr&search=%25", 404),
        ("op=get&exact=on&search=ada", 404),
        ("op=get", 400),
        ("search=ada", 400),
        ("op=steal&search=ada", 400),
        ("op=index&search=", 400),
        ("op=get&search=0xzz", 400),
        ("op=index&search=ada&x-pagetoken=zz", 400),
    ] {
        let answer = library.lookup(query).await;
        assert_eq!(refusal(answer).await.0, status, "{query}");
    }
}

#[tokio::test]
async fn only_people_of_the_library_publish_and_only_public_keys() {
    let library = Library::start().await;
    let ada = key("Ada <ada@example.org>");
    let form = publication(&ada.certificate()).unwrap();
    for who in [As::Nobody, As::Token("made-up")] {
        assert_eq!(refusal(library.add(who, form.clone()).await).await.0, 401);
    }
    let secret = secrecy::ExposeSecret::expose_secret(&ada.to_armor().unwrap()).to_owned();
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    let secret = encoded.append_pair("keytext", &secret).finish();
    for (form, status, why) in [
        (secret, 422, "secret"),
        ("keytext=nonsense".to_owned(), 422, "no OpenPGP"),
        ("keytext=".to_owned(), 400, "keytext"),
        ("other=1".to_owned(), 400, "keytext"),
        (format!("keytext={}", "a".repeat(1 << 20)), 413, "large"),
    ] {
        let (found, message) = refusal(library.add(As::Owner, form).await).await;
        assert!(
            found == status && message.contains(why),
            "{found} {message}"
        );
    }
    let nothing = library.lookup("op=get&search=ada").await;
    assert_eq!(nothing.status(), 404, "nothing of it was kept");
}

#[tokio::test]
async fn a_revocation_once_published_stays() {
    let mut library = Library::start().await;
    let ada = key("Ada <ada@example.org>");
    library.publish(&ada.certificate()).await;
    let mut revoked = ada.clone();
    revoked
        .revoke(RevocationReason::Compromised, None, MADE)
        .unwrap();
    // Somebody else who has it may publish it as well.
    let token = library.token_of("bob");
    let form = publication(&revoked.certificate()).unwrap();
    let answer = library.add(As::Token(&token), form).await;
    assert_eq!(answer.status(), 200);
    library.publish(&ada.certificate()).await;
    library.restart().await;
    let entries = library.index("ada").await;
    assert!(entries.len() == 1 && entries[0].revoked);
    let found = library.keys("ada%40example.org").await;
    assert_eq!(found[0].revoked(), Some(MADE));
}

#[tokio::test]
async fn a_long_answer_comes_in_pages() {
    let library = Library::start().await;
    for number in 0..5 {
        let name = format!("Person {number} <p{number}@example.org>");
        library.publish(&key(&name).certificate()).await;
    }
    let mut names = Vec::new();
    let mut token = String::new();
    for page in [2, 2, 1] {
        let query = format!("op=index&options=mr&search=person&x-pagesize=2&x-pagetoken={token}");
        let answer = library.lookup(&query).await;
        let next = answer.headers().get("x-hkp-next-page-token");
        token = next.map_or_else(String::new, |next| next.to_str().unwrap().to_owned());
        let entries = parse_index(&answer.text().await.unwrap());
        assert_eq!(entries.len(), page);
        names.extend(entries.into_iter().flat_map(|entry| entry.names));
    }
    assert_eq!(token, "", "there is no page after the last");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 5);
}

#[tokio::test]
async fn who_publishes_without_end_is_slowed_down() {
    let library = Library::start().await;
    let mut refused = None;
    for _ in 0..40 {
        let answer = library.add(As::Owner, "keytext=nonsense").await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("thirty in a minute are enough");
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait));
    let bob = library.token_of("bob");
    let other = library.add(As::Token(&bob), "keytext=nonsense").await;
    assert_eq!(other.status(), 422, "others are not held up");
}
