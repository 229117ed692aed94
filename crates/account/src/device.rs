//! Signing in by a code that the person enters on another device (RFC 8628): for computers without a browser.

use std::time::Duration;

use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sifter_openid::{ProviderKind as Whose, ProviderTokens, token_answer};
use tokio::time::Instant;
use url::Url;

use crate::error::{Error, refusal};
use crate::grants::{CLIENT_ID, first_grant};
use crate::metadata::Metadata;
use crate::secret::Grant;
use crate::transport::{Answer, Http, HttpError, is_allowed};

/// How long to wait between two questions when the server does not say, and what `slow_down` adds.
const INTERVAL: Duration = Duration::from_secs(5);
/// What a server may ask for: less would be a flood, more would look like a standstill.
const INTERVALS: std::ops::RangeInclusive<u64> = 1..=60;
/// Longest life of a code that is believed.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);
/// Longest code that a person could type.
const LONGEST_CODE: usize = 32;
/// Longest wait after connections that failed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What the person is shown: a code, and where to enter it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCode {
    /// Eight or so letters.
    pub code: String,
    /// The page, at the server itself.
    pub page: Url,
}

/// A code that waits for its person.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) shown: UserCode,
    /// The page with the code filled in; the page alone where the server's is not to be trusted.
    pub(crate) link: Url,
    pub(crate) until: Instant,
    secret: SecretString,
    interval: Duration,
}

#[derive(Deserialize)]
struct Started {
    device_code: SecretString,
    user_code: String,
    verification_uri: Url,
    #[serde(default)]
    verification_uri_complete: Option<Url>,
    expires_in: u64,
    #[serde(default)]
    interval: Option<u64>,
}

/// What a question brought.
enum Told<T> {
    Wait,
    SlowDown,
    Granted(T),
}

/// Asks for a code.
pub(crate) async fn begin(
    http: &Http,
    metadata: &Metadata,
    scopes: &[String],
) -> Result<Pending, Error> {
    let address = metadata.device.as_ref().ok_or(Error::NoCode)?;
    let started = start(http, address, CLIENT_ID, &scopes.join(" ")).await?;
    check(started, |page| metadata.is_home(page))
}

/// Asks a provider for a code. An empty scope is all that is asked of it.
pub(crate) async fn begin_at(
    http: &Http,
    kind: &Whose,
    device: &Url,
    client_id: &str,
) -> Result<Pending, Error> {
    let started = start(http, device, client_id, "").await?;
    check(started, |page| is_allowed(page) && kind.owns(page))
}

async fn start(http: &Http, address: &Url, client_id: &str, scope: &str) -> Result<Started, Error> {
    let mut form = vec![("client_id", client_id)];
    if !scope.is_empty() {
        form.push(("scope", scope));
    }
    // Straightened: GitHub refuses with status 200.
    let answer = http.token_answer(address, &form).await?;
    if answer.status != StatusCode::OK {
        return Err(Error::ServerRejected {
            reason: refusal(&answer.body),
        });
    }
    serde_json::from_slice(&answer.body).map_err(|_| Error::BadResponse {
        what: "the code to enter",
    })
}

/// People are sent to the server's own pages only.
fn check(started: Started, is_home: impl Fn(&Url) -> bool) -> Result<Pending, Error> {
    let bad = |what| Err(Error::BadResponse { what });
    let Started {
        user_code: code,
        verification_uri: page,
        ..
    } = started;
    let typeable = code.bytes().all(|byte| byte.is_ascii_graphic());
    if !typeable || !(1..=LONGEST_CODE).contains(&code.len()) {
        return bad("the code to enter");
    }
    if !is_home(&page) {
        return Err(Error::UnsafeServer {
            what: "the page for the code is elsewhere",
        });
    }
    if started.device_code.expose_secret().is_empty() || started.expires_in == 0 {
        return bad("the code of this device");
    }
    let filled = (started.verification_uri_complete)
        .filter(|link| link.origin() == page.origin() && is_home(link));
    let life = Duration::from_secs(started.expires_in).min(LONGEST_LIFE);
    let interval = started.interval.unwrap_or(INTERVAL.as_secs());
    Ok(Pending {
        link: filled.unwrap_or_else(|| page.clone()),
        shown: UserCode { code, page },
        until: Instant::now() + life,
        secret: started.device_code,
        interval: Duration::from_secs(interval.clamp(*INTERVALS.start(), *INTERVALS.end())),
    })
}

impl Pending {
    /// Asks until the person has decided or the code has expired.
    pub(crate) async fn wait(&self, http: &Http, metadata: &Metadata) -> Result<Grant, Error> {
        self.ask(http, &metadata.token, CLIENT_ID, first_grant)
            .await
    }

    /// The same at a provider.
    pub(crate) async fn wait_at(
        &self,
        http: &Http,
        token: &Url,
        client_id: &str,
    ) -> Result<ProviderTokens, Error> {
        let read = |body: &[u8]| {
            token_answer(true, body).map_err(|_| Error::BadResponse {
                what: "the token answer",
            })
        };
        self.ask(http, token, client_id, read).await
    }

    /// Asks the token endpoint `token`; `read` makes something of the body that grants.
    async fn ask<T>(
        &self,
        http: &Http,
        token: &Url,
        client_id: &str,
        read: impl Fn(&[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let form = [
            ("grant_type", GRANT_TYPE),
            ("device_code", self.secret.expose_secret()),
            ("client_id", client_id),
        ];
        let ask = || async {
            let answer = http.token_answer(token, &form).await;
            answer.map(|answer| understand(&answer, &read))
        };
        self.wait_for(ask).await
    }

    async fn wait_for<T, F>(&self, ask: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<Result<Told<T>, Error>, HttpError>>,
    {
        let mut interval = self.interval;
        let mut pause = interval;
        loop {
            if tokio::time::timeout_at(self.until, tokio::time::sleep(pause))
                .await
                .is_err()
            {
                return Err(Error::TimedOut);
            }
            let asked = tokio::time::timeout_at(self.until, ask()).await;
            match asked.map_err(|_| Error::TimedOut)? {
                Ok(Ok(Told::Granted(grant))) => return Ok(grant),
                Ok(Ok(Told::Wait)) => pause = interval,
                Ok(Ok(Told::SlowDown)) => {
                    interval += INTERVAL;
                    pause = interval;
                }
                Ok(Err(error)) => return Err(error),
                // The person may be about to decide; a broken connection must not end that.
                Err(HttpError::Transport(_) | HttpError::TimedOut) => {
                    pause = (pause * 2).min(LONGEST_WAIT.max(interval));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn understand<T>(
    answer: &Answer,
    read: impl FnOnce(&[u8]) -> Result<T, Error>,
) -> Result<Told<T>, Error> {
    if answer.status == StatusCode::OK {
        return read(&answer.body).map(Told::Granted);
    }
    // A server that is being restarted has not decided anything.
    if answer.status.is_server_error() {
        return Ok(Told::Wait);
    }
    match refusal(&answer.body).as_str() {
        "authorization_pending" => Ok(Told::Wait),
        "slow_down" => Ok(Told::SlowDown),
        "expired_token" => Err(Error::TimedOut),
        reason @ "access_denied" => Err(Error::Denied {
            reason: reason.to_owned(),
        }),
        reason => Err(Error::ServerRejected {
            reason: reason.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::{Value, json};

    use super::*;

    fn metadata() -> Metadata {
        let at = |path: &str| {
            Url::parse("https://id.example")
                .unwrap()
                .join(path)
                .unwrap()
        };
        Metadata {
            issuer: "https://id.example".into(),
            authorize: at("/authorize"),
            token: at("/token"),
            revoke: None,
            device: Some(at("/device_authorization")),
            sends_issuer: true,
            providers: Vec::new(),
            nonce: None,
        }
    }

    fn started(changes: Value) -> Result<Pending, Error> {
        let mut answer = json!({
            "device_code": "hush",
            "user_code": "BCDF-GHJK",
            "verification_uri": "https://id.example/device",
            "verification_uri_complete": "https://id.example/device?user_code=BCDF-GHJK",
            "expires_in": 600,
            "interval": 5,
        });
        for (key, value) in changes.as_object().unwrap() {
            answer[key] = value.clone();
        }
        let metadata = metadata();
        check(serde_json::from_value(answer).unwrap(), |page| {
            metadata.is_home(page)
        })
    }

    fn told(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    const PENDING: &str = r#"{"error":"authorization_pending"}"#;
    const SLOW: &str = r#"{"error":"slow_down"}"#;
    const GRANTED: &str = r#"{"access_token":"t","token_type":"bearer","expires_in":900}"#;

    /// Asks with these answers; the seconds at which it asked, and how it ended.
    async fn asked(
        pending: &Pending,
        answers: &[Option<(u16, &str)>],
    ) -> (Vec<u64>, Result<Grant, Error>) {
        let begun = Instant::now();
        let times = RefCell::new(Vec::new());
        let answers = RefCell::new(answers.iter());
        let ended = pending
            .wait_for(|| async {
                times.borrow_mut().push(begun.elapsed().as_secs());
                match answers.borrow_mut().next() {
                    Some(Some((status, body))) => Ok(understand(&told(*status, body), first_grant)),
                    Some(None) => Err(HttpError::TimedOut),
                    None => Ok(Ok(Told::Wait)),
                }
            })
            .await;
        (times.into_inner(), ended)
    }

    #[tokio::test(start_paused = true)]
    async fn a16_the_server_says_how_often_it_is_asked() {
        let pending = started(json!({})).unwrap();
        let answers = [
            Some((400, PENDING)),
            Some((400, SLOW)),
            Some((400, PENDING)),
            Some((503, "")),
            Some((200, GRANTED)),
        ];
        let (times, ended) = asked(&pending, &answers).await;
        assert_eq!(times, [5, 10, 20, 30, 40]);
        assert_eq!(ended.unwrap().access.expose_secret(), "t");

        let (times, _) = asked(
            &started(json!({"interval": 0})).unwrap(),
            &[Some((200, GRANTED))],
        )
        .await;
        assert_eq!(times, [1], "never faster than once a second");
        let (times, _) = asked(
            &started(json!({"interval": null})).unwrap(),
            &[Some((200, GRANTED))],
        )
        .await;
        assert_eq!(times, [5]);
    }

    #[tokio::test(start_paused = true)]
    async fn a16_a_broken_connection_is_waited_out_for_longer_and_longer() {
        let pending = started(json!({})).unwrap();
        let answers = [None, None, None, Some((200, GRANTED))];
        let (times, ended) = asked(&pending, &answers).await;
        assert_eq!(times, [5, 15, 35, 75]);
        assert!(ended.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a16_a_code_ends_with_its_time_or_the_servers_word() {
        let pending = started(json!({"expires_in": 12})).unwrap();
        let (times, ended) = asked(&pending, &[]).await;
        assert_eq!(times, [5, 10]);
        assert!(matches!(ended, Err(Error::TimedOut)));
        for (body, code) in [
            (r#"{"error":"access_denied"}"#, "denied"),
            (r#"{"error":"expired_token"}"#, "timeout"),
            (r#"{"error":"invalid_grant"}"#, "server_rejected"),
            ("<html>", "server_rejected"),
        ] {
            let pending = started(json!({})).unwrap();
            let (_, ended) = asked(&pending, &[Some((400, body))]).await;
            assert_eq!(ended.unwrap_err().code(), code, "{body}");
        }
        let pending = started(json!({})).unwrap();
        let (_, ended) = asked(&pending, &[Some((200, "{}"))]).await;
        assert_eq!(ended.unwrap_err().code(), "bad_response");
    }

    #[test]
    fn a16_people_are_sent_to_the_servers_own_page_only() {
        for page in [
            "http://id.example/device",
            "https://evil.example/device",
            "https://id.example@evil.example/",
            "javascript:alert(1)",
            "file:///etc/passwd",
        ] {
            let refused = started(json!({"verification_uri": page})).unwrap_err();
            assert_eq!(refused.code(), "unsafe_server", "{page}");
            let filled = started(json!({"verification_uri_complete": page})).unwrap();
            assert_eq!(filled.link.as_str(), "https://id.example/device", "{page}");
        }
        for code in ["", "a b", "tök", &"x".repeat(33)] {
            assert!(started(json!({"user_code": code})).is_err(), "{code}");
        }
        assert!(started(json!({"expires_in": 0})).is_err());
        let good = started(json!({})).unwrap();
        assert!(good.link.as_str().ends_with("?user_code=BCDF-GHJK"));
        assert!(!format!("{good:?}").contains("hush"));
    }
}
