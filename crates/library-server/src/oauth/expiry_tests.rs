//! What time does to codes and tokens, with a clock the test moves.

use std::ops::Deref;

use super::client::RedirectUri;
use super::pkce::Challenge;
use super::{codes, families, refresh};
use crate::people;
use crate::test_bed::TestBed;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "http://127.0.0.1:50123/callback";

struct Rig {
    bed: TestBed,
    family: String,
}

impl Deref for Rig {
    type Target = TestBed;

    fn deref(&self) -> &TestBed {
        &self.bed
    }
}

impl Rig {
    fn new() -> Self {
        let bed = TestBed::new();
        let person = people::sign_in(&bed.connection, &bed.clock, "ada", "Ada").unwrap();
        let family = families::begin(&bed.connection, &bed.clock, &person.id, "").unwrap();
        Self { bed, family }
    }

    fn code(&self) -> String {
        let redirect = RedirectUri::parse(REDIRECT).unwrap();
        let challenge = Challenge::parse(CHALLENGE).unwrap();
        codes::issue(
            &self.connection,
            &self.clock,
            &self.family,
            &redirect,
            &challenge,
        )
        .unwrap()
    }

    fn redeem(&self, code: &str) -> bool {
        codes::redeem(&self.connection, &self.clock, code, REDIRECT, VERIFIER)
            .unwrap()
            .is_some()
    }

    fn rotate(&self, token: &str) -> Option<String> {
        let rotated = refresh::rotate(&self.connection, &self.clock, token).unwrap();
        rotated.map(|(_, next)| next)
    }

    fn is_live(&self) -> bool {
        families::find_live(&self.connection, &self.family)
            .unwrap()
            .is_some()
    }

    fn rows(&self, table: &str) -> i64 {
        let count = format!("SELECT count(*) FROM {table}");
        self.connection
            .query_row(&count, [], |row| row.get(0))
            .unwrap()
    }
}

#[test]
fn a_code_works_for_sixty_seconds() {
    let rig = Rig::new();
    let (early, late) = (rig.code(), rig.code());
    rig.wait(59);
    assert!(rig.redeem(&early));
    rig.wait(1);
    assert!(!rig.redeem(&late));
}

#[test]
fn a_rotated_token_leads_to_its_successor_for_the_grace_and_ends_the_family_after_it() {
    let rig = Rig::new();
    let first = refresh::issue(&rig.connection, &rig.clock, &rig.family).unwrap();
    let second = rig.rotate(&first).unwrap();
    rig.wait(refresh::GRACE.whole_seconds());
    assert_eq!(rig.rotate(&first).as_ref(), Some(&second));
    assert!(rig.is_live());
    rig.wait(1);
    assert_eq!(rig.rotate(&first), None);
    assert!(!rig.is_live());
}

#[test]
fn a_refresh_token_ends_after_thirty_days_without_use_and_each_use_begins_them_anew() {
    let rig = Rig::new();
    let day = 24 * 60 * 60;
    let first = refresh::issue(&rig.connection, &rig.clock, &rig.family).unwrap();
    rig.wait(29 * day);
    let second = rig.rotate(&first).unwrap();
    rig.wait(29 * day);
    let third = rig.rotate(&second).unwrap();
    rig.wait(30 * day);
    assert_eq!(rig.rotate(&third), None);
}

#[test]
fn what_is_dead_is_forgotten_at_the_next_sign_in() {
    let rig = Rig::new();
    let family = families::find_live(&rig.connection, &rig.family)
        .unwrap()
        .unwrap();
    rig.code();
    refresh::issue(&rig.connection, &rig.clock, &rig.family).unwrap();
    families::issue_access(&rig.connection, &rig.clock, &family).unwrap();
    rig.wait(31 * 24 * 60 * 60);
    families::begin(&rig.connection, &rig.clock, &family.user_id, "").unwrap();
    assert_eq!(rig.rows("oauth_families"), 1);
    for table in ["oauth_codes", "oauth_refresh_tokens", "access_tokens"] {
        assert_eq!(rig.rows(table), 0, "{table}");
    }
}

#[test]
fn no_secret_lies_in_the_database_as_text() {
    let rig = Rig::new();
    let family = families::find_live(&rig.connection, &rig.family)
        .unwrap()
        .unwrap();
    let first = refresh::issue(&rig.connection, &rig.clock, &rig.family).unwrap();
    let secrets = [
        rig.code(),
        rig.rotate(&first).unwrap(),
        first,
        families::issue_access(&rig.connection, &rig.clock, &family).unwrap(),
    ];
    let path = rig.connection.path().unwrap().to_owned();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    for secret in secrets {
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "a secret lies in the file");
    }
}
