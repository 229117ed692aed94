//! The credential files that `docker`, `podman` and the container programs share: `config.json`, `auth.json`.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::file::FileProblem;

/// More entries than this are nobody's.
const MOST: usize = 500;

/// What is looked at of such a file. It holds much else.
#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    auths: BTreeMap<String, Option<Auth>>,
    #[serde(rename = "credsStore")]
    store: Option<String>,
    #[serde(rename = "credHelpers")]
    helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Auth {
    /// `user:password` in base64.
    auth: Option<SecretString>,
    #[serde(rename = "identitytoken")]
    identity_token: Option<SecretString>,
}

/// A user name and what proves it.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) user: Option<String>,
    pub(super) secret: SecretString,
}

/// Where the secret for a registry is.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    /// In the file itself.
    Here(Login),
    /// With a program `docker-credential-NAME`.
    Helper(String),
}

/// One registry of the file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// As the file has it, which is also what a helper is asked for.
    pub(super) key: String,
    pub(super) kept: Kept,
}

/// The registries of a file. The order of trust is the programs': a registry's own helper, then the helper for
/// all, then what the file holds.
pub(super) fn parse(text: &str) -> Result<Vec<Entry>, FileProblem> {
    // The parser's errors quote what they read, which may be a password: only the line is kept.
    let file: File = serde_json::from_str(text)
        .map_err(|error| FileProblem::NotUnderstood { line: error.line() })?;
    let keys: BTreeSet<&String> = file.auths.keys().chain(file.helpers.keys()).collect();
    let entry = |key: &String| {
        let helper = file.helpers.get(key).or(file.store.as_ref());
        let kept = match helper.filter(|name| !name.is_empty()) {
            Some(name) => Kept::Helper(name.clone()),
            None => Kept::Here(login(file.auths.get(key)?.as_ref()?)?),
        };
        let key = key.clone();
        Some(Entry { key, kept })
    };
    Ok(keys.into_iter().take(MOST).filter_map(entry).collect())
}

fn login(auth: &Auth) -> Option<Login> {
    let decoded = auth
        .auth
        .as_ref()
        .and_then(|auth| decode(auth.expose_secret()));
    if let Some(secret) = &auth.identity_token {
        let user = decoded.map(|login| login.user).unwrap_or_default();
        let secret = secret.clone();
        return Some(Login { user, secret });
    }
    decoded
}

fn decode(auth: &str) -> Option<Login> {
    let bytes = Zeroizing::new(STANDARD.decode(auth.trim()).ok()?);
    let text = std::str::from_utf8(&bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    let password = password.trim_end_matches('\0');
    (!password.is_empty()).then(|| Login {
        user: (!user.is_empty()).then(|| user.to_owned()),
        secret: password.into(),
    })
}

/// Host and port of a key, which may be an address.
pub(super) fn host_of(key: &str) -> &str {
    let host = key.split_once("://").map_or(key, |(_, rest)| rest);
    host.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registrys_own_helper_comes_before_the_helper_for_all_and_both_before_the_file() {
        let text = r#"{
            "auths": {
                "https://a.example/v1/": {},
                "b.example": {"auth": "YWRhOmh1c2g6aHVzaA=="},
                "c.example:5000": null
            },
            "credHelpers": {"b.example": "own"},
            "credsStore": "all",
            "HttpHeaders": {"User-Agent": "x"}
        }"#;
        let found = parse(text).unwrap();
        let kept: Vec<_> = found
            .iter()
            .map(|entry| match &entry.kept {
                Kept::Helper(name) => (host_of(&entry.key), name.as_str()),
                Kept::Here(_) => panic!("{entry:?}"),
            })
            .collect();
        let expected = [
            ("b.example", "own"),
            ("c.example:5000", "all"),
            ("a.example", "all"),
        ];
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_password_in_the_file_ends_the_user_name_at_the_first_colon() {
        let text = r#"{"auths": {
            "a": {"auth": "YWRhOmh1c2g6aHVzaA=="},
            "b": {"auth": "YWRhOmh1c2g=", "identitytoken": "tok"},
            "c": {"auth": "!"}, "d": {"auth": "YWRh"}, "e": {}
        }}"#;
        let logins: Vec<Login> = parse(text)
            .unwrap()
            .into_iter()
            .filter_map(|entry| match entry.kept {
                Kept::Here(login) => Some(login),
                Kept::Helper(_) => None,
            })
            .collect();
        let told: Vec<_> = logins
            .iter()
            .map(|login| (login.user.as_deref(), login.secret.expose_secret()))
            .collect();
        assert_eq!(told, [(Some("ada"), "hush:hush"), (Some("ada"), "tok")]);
        assert!(!format!("{logins:?}").contains("hush"));
    }

    #[test]
    fn an_error_names_the_line_and_nothing_of_it() {
        let error = parse("{\n\"auths\": {\"a\": {\"auth\": hunter2}}}").unwrap_err();
        assert_eq!(error.to_string(), "line 2 cannot be understood");
        for wrong in ["", "7", "{\"auths\": []}"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
