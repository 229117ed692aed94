//! GitHub has no ID tokens: it tells whoever brings an access token whose it is, and tells an application which
//! tokens are its own.

use serde::Deserialize;
use url::Url;

use crate::error::Fault;
use crate::kind::github_api;

/// The part of GitHub's user that is of use.
#[derive(Debug, Clone, Deserialize)]
pub struct GitHubUser {
    /// Stays the same for ever; the login can be given to somebody else after a change.
    pub id: u64,
    /// The name they sign in with.
    #[serde(default)]
    pub login: Option<String>,
    /// The name they are called.
    #[serde(default)]
    pub name: Option<String>,
    /// A public address.
    #[serde(default)]
    pub email: Option<String>,
}

#[derive(Deserialize)]
struct Check {
    app: App,
    user: Option<GitHubUser>,
}

#[derive(Deserialize)]
struct App {
    client_id: String,
}

impl GitHubUser {
    /// Reads the answer of `GET /user`.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(body: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(body).map_err(|_| Fault::Answer("the user cannot be read"))
    }

    /// Reads the answer of `POST /applications/{client_id}/token`. A token that was made for another application
    /// proves nothing, whoever it belongs to.
    ///
    /// # Errors
    /// When the token is of another application, or the answer does not say whose it is.
    pub fn of_checked_token(body: &[u8], client_id: &str) -> Result<Self, Fault> {
        let check: Check = serde_json::from_slice(body)
            .map_err(|_| Fault::Answer("what it says of a token cannot be read"))?;
        if check.app.client_id != client_id {
            return Err(Fault::Answer("the token is of another application"));
        }
        check.user.ok_or(Fault::Answer("the token is nobody's"))
    }
}

/// Where an application asks about its own tokens (`POST`), and ends them (`DELETE`). `None` when the client id could
/// lead elsewhere.
#[must_use]
pub fn github_token_check(base: &Url, client_id: &str) -> Option<Url> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if client_id.is_empty() || !client_id.bytes().all(is_plain) || client_id.contains("..") {
        return None;
    }
    let mut address = github_api(base)?;
    let path = address.path().strip_suffix("/user")?.to_owned();
    address.set_path(&format!("{path}/applications/{client_id}/token"));
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_asks_below_the_interface_about_its_own_tokens() {
        for (base, address) in [
            (
                "https://github.com",
                "https://api.github.com/applications/Iv1.0a/token",
            ),
            (
                "https://git.lab.org",
                "https://git.lab.org/api/v3/applications/Iv1.0a/token",
            ),
        ] {
            let base = Url::parse(base).unwrap();
            let found = github_token_check(&base, "Iv1.0a").unwrap();
            assert_eq!(found.as_str(), address);
        }
        let base = Url::parse("https://github.com").unwrap();
        for bad in ["", "..", "a/b", "a?b", "a%2fb", "a#"] {
            assert_eq!(github_token_check(&base, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_token_of_another_application_or_of_nobody_proves_nothing() {
        let body = |client: &str, user: &str| {
            format!(r#"{{"id":1,"app":{{"client_id":"{client}"}},"user":{user}}}"#)
        };
        let good = body("ours", r#"{"id":7,"login":"jane"}"#);
        let user = GitHubUser::of_checked_token(good.as_bytes(), "ours").unwrap();
        assert_eq!((user.id, user.login.as_deref()), (7, Some("jane")));
        for bad in [
            body("theirs", r#"{"id":7}"#),
            body("ours", "null"),
            body("ours", r#"{"login":"jane"}"#),
            "{}".to_owned(),
        ] {
            assert!(
                GitHubUser::of_checked_token(bad.as_bytes(), "ours").is_err(),
                "{bad}"
            );
        }
    }
}
