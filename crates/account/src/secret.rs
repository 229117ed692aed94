//! The secret of an account as it lies in the vault: compact JSON, versioned.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::answer::Person;
use crate::vault::VaultError;

/// The version this program writes.
const VERSION: u32 = 1;

/// What is kept of an account that must not be seen.
#[derive(Clone, Debug)]
pub(crate) enum Secret {
    /// From a browser sign-in: renewed, and each renewal counts `generation` up.
    Grant(Grant),
    /// A pasted token.
    Token {
        access: SecretString,
        expires: Option<OffsetDateTime>,
    },
}

/// The tokens of a sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) generation: u64,
    pub(crate) access: SecretString,
    pub(crate) expires: OffsetDateTime,
    /// A server may give none; then the sign-in ends with the access token.
    pub(crate) refresh: Option<SecretString>,
    /// Whom the server named; a renewal for anybody else is refused.
    pub(crate) person: Option<Person>,
    /// What the server said that it granted; none where it does not say.
    pub(crate) scopes: Vec<String>,
}

/// The fields as they are written. Plain strings, so this lives only for the moment of reading or
/// writing and has no `Debug`.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    v: u32,
    #[serde(rename = "gen")]
    generation: u64,
    #[serde(borrow)]
    k: Cow<'a, str>,
    #[serde(borrow)]
    at: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    rt: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    who: Option<Person>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sc: Vec<String>,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

impl Secret {
    /// The text for the vault.
    pub(crate) fn to_text(&self) -> Result<SecretString, VaultError> {
        let record = match self {
            Self::Grant(grant) => Record {
                v: VERSION,
                generation: grant.generation,
                k: "oauth".into(),
                at: grant.access.expose_secret().into(),
                exp: Some(grant.expires.unix_timestamp()),
                rt: (grant.refresh.as_ref()).map(|token| token.expose_secret().into()),
                who: grant.person.clone(),
                sc: grant.scopes.clone(),
            },
            Self::Token { access, expires } => Record {
                v: VERSION,
                generation: 1,
                k: "static".into(),
                at: access.expose_secret().into(),
                exp: expires.map(OffsetDateTime::unix_timestamp),
                rt: None,
                who: None,
                sc: Vec::new(),
            },
        };
        serde_json::to_string(&record)
            .map(SecretString::from)
            .map_err(|_| VaultError::Corrupt)
    }

    /// Reads the text of the vault. The parser's errors quote what they read, so none travels on.
    pub(crate) fn from_text(text: &SecretString) -> Result<Self, VaultError> {
        let text = text.expose_secret();
        let version: Version = serde_json::from_str(text).map_err(|_| VaultError::Corrupt)?;
        if version.v > VERSION {
            return Err(VaultError::NewerVersion);
        }
        let record: Record<'_> = serde_json::from_str(text).map_err(|_| VaultError::Corrupt)?;
        let expires = match record.exp {
            Some(seconds) => Some(
                OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| VaultError::Corrupt)?,
            ),
            None => None,
        };
        match &*record.k {
            "oauth" => Ok(Self::Grant(Grant {
                generation: record.generation,
                access: SecretString::from(&*record.at),
                expires: expires.ok_or(VaultError::Corrupt)?,
                refresh: record.rt.map(|token| SecretString::from(&*token)),
                person: record.who,
                scopes: record.sc,
            })),
            "static" => Ok(Self::Token {
                access: SecretString::from(&*record.at),
                expires,
            }),
            _ => Err(VaultError::Corrupt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_comes_back_as_it_was_stored() {
        let grant = Secret::Grant(Grant {
            generation: 7,
            access: "a".into(),
            expires: OffsetDateTime::from_unix_timestamp(1_798_761_600).unwrap(),
            refresh: Some("r".into()),
            person: serde_json::from_str(r#"{"iss":"i","sub":"s"}"#).unwrap(),
            scopes: vec!["library:read".into()],
        });
        let text = grant.to_text().unwrap();
        let Secret::Grant(back) = Secret::from_text(&text).unwrap() else {
            panic!("a grant became a token");
        };
        assert_eq!(back.generation, 7);
        assert_eq!(back.access.expose_secret(), "a");
        assert_eq!(back.refresh.unwrap().expose_secret(), "r");
        assert_eq!(back.expires.unix_timestamp(), 1_798_761_600);
        assert_eq!(back.person.unwrap().subject(), "s");
        assert_eq!(back.scopes, ["library:read"]);
    }

    #[test]
    fn a22_damaged_and_newer_records_are_told_apart() {
        for damaged in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"v":1,"gen":1,"k":"oauth","at":"a"}"#,
            r#"{"v":1,"gen":1,"k":"odd","at":"a"}"#,
            r#"{"v":1,"gen":-1,"k":"static","at":"a"}"#,
        ] {
            let error = Secret::from_text(&damaged.into()).unwrap_err();
            assert!(matches!(error, VaultError::Corrupt), "{damaged}");
        }
        let error = Secret::from_text(&r#"{"v":2,"new":true}"#.into()).unwrap_err();
        assert!(matches!(error, VaultError::NewerVersion));
    }

    #[test]
    fn debug_shows_no_token() {
        let token = Secret::Token {
            access: "hunter2".into(),
            expires: None,
        };
        assert!(!format!("{token:?}").contains("hunter2"));
    }
}
