//! The listener under attack. Names begin with the number of the attack in the project's security notes.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::{Arrival, Expect, Loopback, Outcome, Page, Tab};

const STATE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const ISSUER: &str = "https://id.example.org";
/// More than any of this takes.
const PATIENCE: Duration = Duration::from_secs(20);

struct Rig {
    address: SocketAddr,
    waiting: JoinHandle<Arrival>,
}

impl Rig {
    async fn start(issuer_required: bool) -> Self {
        let loopback = Loopback::bind().await.unwrap();
        let address = loopback.address;
        let waiting = tokio::spawn(loopback.wait(Expect {
            state: STATE.into(),
            issuer: ISSUER.into(),
            issuer_required,
        }));
        Self { address, waiting }
    }

    fn get(&self, target: &str, more: &str) -> String {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\n{more}\r\n",
            self.address
        )
    }

    fn good(&self) -> String {
        let browser =
            "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
        self.get(&callback("code=C"), browser)
    }

    async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        send(self.address, bytes).await
    }

    /// The status of the answer; empty when the connection was closed without one.
    async fn status(&self, request: impl AsRef<[u8]>) -> String {
        let answer = self.send(request).await;
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    async fn arrival(self) -> (Outcome, Tab) {
        let arrival = tokio::time::timeout(PATIENCE, self.waiting).await;
        arrival.expect("the flow ends").unwrap().split()
    }

    /// The genuine answer still gets through, and its page with it.
    async fn still_works(self) {
        let browser = tokio::spawn(send(self.address, self.good()));
        let address = self.address;
        let (outcome, tab) = self.arrival().await;
        assert_eq!(code(&outcome), "C");
        tab.show(signed_in()).await;
        let page = browser.await.unwrap();
        assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
        assert!(page.contains("signed in"), "{page}");
        assert!(
            TcpStream::connect(address).await.is_err(),
            "the port is closed"
        );
    }
}

async fn send(address: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The listener may close before it has read everything.
    let _ = stream.write_all(bytes.as_ref()).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(PATIENCE, read)
        .await
        .expect("an answer or an end");
    String::from_utf8_lossy(&answer).into_owned()
}

fn callback(more: &str) -> String {
    format!("/callback?{more}&state={STATE}&iss=https%3A%2F%2Fid.example.org")
}

fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Code(code) => code.expose_secret(),
        other => panic!("{other:?}"),
    }
}

fn signed_in() -> Page {
    Page::SignedIn {
        name: "Ada".into(),
        server: "here".into(),
    }
}

#[tokio::test]
async fn a01_a_missing_wrong_repeated_or_empty_state_does_not_end_the_sign_in() {
    let rig = Rig::start(true).await;
    for query in [
        "code=C".to_owned(),
        "code=C&state=".to_owned(),
        "code=C&state=wrong".to_owned(),
        format!("code=C&state={}", &STATE[1..]),
        format!("code=C&state={STATE}&state={STATE}"),
        format!("code=C&state={STATE}&state=x"),
        format!("error=access_denied&state={STATE}x"),
    ] {
        let request = rig.get(&format!("/callback?{query}"), "");
        assert_eq!(rig.status(request).await, "400", "{query}");
    }
    rig.still_works().await;
}

#[tokio::test]
async fn a03_a_second_right_answer_changes_nothing() {
    let rig = Rig::start(true).await;
    let (address, request) = (rig.address, rig.good());
    let first = tokio::spawn(send(address, request.clone()));
    let second = request.replace("code=C", "code=EVIL");
    // Either the door is closed already, or this one comes too late.
    let (outcome, tab) = rig.arrival().await;
    assert_eq!(code(&outcome), "C");
    assert!(TcpStream::connect(address).await.is_err(), "{second}");
    tab.show(signed_in()).await;
    assert!(first.await.unwrap().contains("signed in"));
}

#[tokio::test]
async fn a03_of_two_right_answers_at_once_one_wins_and_the_other_is_told_so() {
    let rig = Rig::start(true).await;
    let address = rig.address;
    let request = rig.good();
    // Both are connected before either speaks, so both are served.
    let (mut one, mut two) = (
        TcpStream::connect(address).await.unwrap(),
        TcpStream::connect(address).await.unwrap(),
    );
    one.write_all(request.as_bytes()).await.unwrap();
    two.write_all(request.as_bytes()).await.unwrap();
    let (_, tab) = rig.arrival().await;
    tab.show(signed_in()).await;
    let (mut first, mut second) = (String::new(), String::new());
    let _ = one.read_to_string(&mut first).await;
    let _ = two.read_to_string(&mut second).await;
    let pages = [first, second];
    let won = pages
        .iter()
        .filter(|page| page.starts_with("HTTP/1.1 200 "))
        .count();
    assert_eq!(won, 1, "{pages:?}");
}

#[tokio::test]
async fn a05_another_a_missing_or_a_repeated_issuer_ends_the_sign_in_without_a_code() {
    let ours = "iss=https%3A%2F%2Fid.example.org";
    for query in [
        String::new(),
        "iss=".into(),
        "iss=https%3A%2F%2Fevil.test".into(),
        "iss=https%3A%2F%2Fid.example.org%2F".into(),
        format!("{ours}&{ours}"),
        format!("{ours}&iss=https%3A%2F%2Fevil.test"),
    ] {
        let rig = Rig::start(true).await;
        let request = rig.get(&format!("/callback?code=C&state={STATE}&{query}"), "");
        let _browser = tokio::spawn(send(rig.address, request));
        let (outcome, _) = rig.arrival().await;
        assert!(
            matches!(outcome, Outcome::IssuerMismatch),
            "{query}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a05_an_issuer_nobody_announced_must_still_be_the_right_one() {
    for (query, good) in [
        ("", true),
        ("&iss=https%3A%2F%2Fid.example.org", true),
        ("&iss=x", false),
    ] {
        let rig = Rig::start(false).await;
        let request = rig.get(&format!("/callback?code=C&state={STATE}{query}"), "");
        let _browser = tokio::spawn(send(rig.address, request));
        let (outcome, _) = rig.arrival().await;
        assert_eq!(
            matches!(outcome, Outcome::Code(_)),
            good,
            "{query}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_of_the_server_ends_the_sign_in_with_its_word_made_harmless() {
    let rig = Rig::start(true).await;
    let long = format!("access_denied%00%0D%0A<b>{}", "x".repeat(500));
    let request = rig.get(
        &callback(&format!("error={long}&error_description=<script>")),
        "",
    );
    let browser = tokio::spawn(send(rig.address, request));
    let (outcome, tab) = rig.arrival().await;
    let Outcome::Denied(word) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        word.starts_with("access_denied<b>") && word.len() == 64,
        "{word}"
    );
    tab.show(Page::Declined).await;
    let page = browser.await.unwrap();
    assert!(page.contains("declined") && !page.contains("<b>") && !page.contains("<script"));
}

#[tokio::test]
async fn a13_requests_that_are_no_navigation_of_a_browser_are_refused_one_by_one() {
    let rig = Rig::start(true).await;
    let target = callback("code=C");
    let host = rig.address;
    let port = host.port();
    for (expected, request) in [
        (
            "421",
            format!("GET {target} HTTP/1.1\r\nHost: evil.test\r\n\r\n"),
        ),
        (
            "421",
            format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
        ),
        (
            "421",
            format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        ),
        ("421", format!("GET {target} HTTP/1.1\r\n\r\n")),
        (
            "421",
            format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n"),
        ),
        (
            "405",
            format!("POST {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        ),
        (
            "405",
            format!(
                "OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.test\r\n\r\n"
            ),
        ),
        (
            "405",
            format!("HEAD {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        ),
        ("404", rig.get("/favicon.ico", "")),
        ("404", rig.get("/", "")),
        (
            "404",
            rig.get(&target.replace("/callback", "/callback/"), ""),
        ),
        (
            "404",
            rig.get(&target.replace("/callback", "//callback"), ""),
        ),
        (
            "404",
            rig.get(&target.replace("/callback", "/x/../callback"), ""),
        ),
        (
            "404",
            rig.get(&target.replace("/callback", "/%63allback"), ""),
        ),
        ("400", rig.get(&format!("http://{host}{target}"), "")),
        (
            "403",
            rig.get(
                &target,
                "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
            ),
        ),
        (
            "403",
            rig.get(
                &target,
                "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n",
            ),
        ),
        (
            "403",
            rig.get(&target, "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"),
        ),
        (
            "403",
            rig.get(
                &target,
                "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: cors\r\n",
            ),
        ),
        ("400", format!("GET {target}\r\nHost: {host}\r\n\r\n")),
        (
            "400",
            format!("GET {target} HTTP/0.9\r\nHost: {host}\r\n\r\n"),
        ),
        (
            "400",
            format!("GET  {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
        ),
        ("400", rig.get(&target, "no colon\r\n")),
        ("400", rig.get(&callback("code=a%00b"), "")),
        ("400", rig.get(&callback("code=a%0D%0ASet-Cookie:x"), "")),
        ("400", rig.get(&callback("code="), "")),
        ("400", rig.get(&callback("code=a&code=b"), "")),
        ("400", rig.get(&callback("nothing=1"), "")),
    ] {
        assert_eq!(rig.status(&request).await, expected, "{request}");
    }
    rig.still_works().await;
}

#[tokio::test]
async fn a13_what_is_no_http_is_let_go() {
    let rig = Rig::start(true).await;
    // The beginning of a TLS hello, then nothing more from this side.
    let mut tls = TcpStream::connect(rig.address).await.unwrap();
    tls.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        .await
        .unwrap();
    tls.shutdown().await.unwrap();
    let mut rest = Vec::new();
    assert_eq!(tls.read_to_end(&mut rest).await.unwrap_or(0), 0);
    let not_text = [
        b"GET /\xff HTTP/1.1\r\n\r\n".as_slice(),
        b"\0\0\0\0\r\n\r\n",
    ];
    for bytes in not_text {
        assert!(["", "400"].contains(&rig.status(bytes).await.as_str()));
    }
    rig.still_works().await;
}

#[tokio::test]
async fn a13_a_head_past_16_kib_is_cut_off() {
    let rig = Rig::start(true).await;
    let long = format!("X: {}\r\n", "a".repeat(17_000));
    assert_eq!(rig.status(rig.get(&callback("code=C"), &long)).await, "");
    rig.still_works().await;
}

#[tokio::test]
async fn a13_a_hundred_silent_connections_do_not_keep_the_browser_out() {
    let rig = Rig::start(true).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(rig.address).await.unwrap();
        stream.write_all(b"GET /").await.unwrap();
        silent.push(stream);
    }
    rig.still_works().await;
}

#[tokio::test]
async fn a13_a_head_that_comes_byte_by_byte_is_read_and_what_follows_it_is_not() {
    let rig = Rig::start(true).await;
    let mut stream = TcpStream::connect(rig.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    // A wrong state first, and a right answer behind it in the same connection.
    let wrong = rig.get("/callback?code=C&state=x", "");
    for byte in wrong.bytes() {
        stream.write_all(&[byte]).await.unwrap();
    }
    let _ = stream.write_all(rig.good().as_bytes()).await;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(!rig.waiting.is_finished());
    rig.still_works().await;
}

#[tokio::test]
async fn the_answer_may_not_be_read_framed_kept_or_scripted() {
    let rig = Rig::start(true).await;
    let answer = rig
        .send(rig.get("/callback?state=x", "Origin: https://evil.test\r\n"))
        .await;
    let head = answer
        .split("\r\n\r\n")
        .next()
        .unwrap()
        .to_ascii_lowercase();
    for line in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "content-security-policy: default-src 'none';",
        "frame-ancestors 'none'",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
    assert!(!head.contains("access-control"), "{head}");
    assert!(!head.contains("unsafe"), "{head}");
}

#[tokio::test]
async fn the_port_is_closed_when_nobody_waits_any_more() {
    let rig = Rig::start(true).await;
    let idle = TcpStream::connect(rig.address).await.unwrap();
    rig.waiting.abort();
    assert!(rig.waiting.await.is_err());
    assert!(TcpStream::connect(rig.address).await.is_err());
    drop(idle);
}

#[tokio::test]
async fn every_sign_in_has_a_port_of_its_own() {
    let (one, two) = (
        Loopback::bind().await.unwrap(),
        Loopback::bind().await.unwrap(),
    );
    assert_ne!(one.redirect_uri().unwrap(), two.redirect_uri().unwrap());
    assert_eq!(one.redirect_uri().unwrap().path(), "/callback");
}
