//! When the server is asked again, and where people are sent.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::waiting::{Told, understand};
use super::*;
use crate::grants::first_grant;
use crate::secret::Grant;
use crate::transport::{Answer, HttpError};

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
