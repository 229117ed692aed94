//! The fault proxy does to a conversation what it is told, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Read as _;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use reqwest::{Client, RequestBuilder};
use sifter_test_support::{Direction, Exchange, Fault, FaultProxy, RandomBytes, Rule};

const SIZE: usize = 300_000;
const PATIENCE: Duration = Duration::from_secs(20);

fn content() -> Vec<u8> {
    let mut content = vec![0; SIZE];
    RandomBytes::new(7).read_exact(&mut content).unwrap();
    content
}

async fn download(headers: HeaderMap) -> Response {
    let content = content();
    match headers.get("range") {
        // The tests only ever ask for the bytes from 1000 on.
        Some(range) => {
            assert_eq!(range, "bytes=1000-");
            (StatusCode::PARTIAL_CONTENT, content[1000..].to_vec()).into_response()
        }
        None => content.into_response(),
    }
}

async fn upload(body: Bytes) -> String {
    format!("{} {}", body.len(), body == content())
}

async fn echo_host(request: Request) -> Response {
    request.headers()["host"]
        .clone()
        .as_bytes()
        .to_vec()
        .into_response()
}

struct Bench {
    proxy: FaultProxy,
    client: Client,
}

impl Bench {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/data", get(download))
            .route("/upload", put(upload))
            .route("/host", get(echo_host));
        tokio::spawn(async { axum::serve(listener, app).await });
        // Two tests at once may try; the provider is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            proxy: FaultProxy::start(upstream).await.unwrap(),
            client,
        }
    }

    async fn with(rule: Rule) -> Self {
        let bench = Self::new().await;
        bench.proxy.inject(rule);
        bench
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.proxy.base_url() + path)
    }

    fn put(&self) -> RequestBuilder {
        self.client
            .put(self.proxy.base_url() + "/upload")
            .body(content())
    }

    /// Downloads `/data` and returns what came before it ended or broke.
    async fn fetch(&self) -> (Vec<u8>, bool) {
        let mut response = self.get("/data").send().await.unwrap();
        let mut received = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => received.extend_from_slice(&chunk),
                Ok(None) => return (received, true),
                Err(_) => return (received, false),
            }
        }
    }

    async fn only_exchange(&self) -> Exchange {
        let done = |seen: &[Exchange]| seen.len() == 1 && seen[0].finished;
        self.proxy.wait_until(done).await.unwrap().remove(0)
    }
}

#[tokio::test]
async fn without_rules_everything_passes_unchanged() {
    let bench = Bench::new().await;
    assert_eq!(bench.fetch().await, (content(), true));
    let answer = bench
        .put()
        .bearer_auth("t")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(answer, format!("{SIZE} true"));
    let host = bench
        .get("/host")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(
        host,
        bench.proxy.address().to_string(),
        "the server hears the proxy's address"
    );
    let done = |seen: &[Exchange]| seen.len() == 3 && seen.iter().all(|seen| seen.finished);
    let seen = bench.proxy.wait_until(done).await.unwrap();
    assert_eq!(
        (seen[0].response_bytes, seen[0].authorized),
        (SIZE as u64, false)
    );
    assert_eq!(
        (seen[1].request_bytes, seen[1].authorized),
        (SIZE as u64, true)
    );
    assert_eq!(
        (seen[1].method.as_str(), seen[1].status),
        ("PUT", Some(200))
    );
}

#[tokio::test]
async fn a_streamed_upload_passes_unchanged() {
    let bench = Bench::new().await;
    let chunks: Vec<_> = content()
        .chunks(7000)
        .map(|c| Ok::<_, std::io::Error>(c.to_vec()))
        .collect();
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let request = bench
        .client
        .put(bench.proxy.base_url() + "/upload")
        .body(stream);
    assert_eq!(
        request.send().await.unwrap().text().await.unwrap(),
        format!("{SIZE} true")
    );
}

#[tokio::test]
async fn the_status_is_answered_for_the_requests_meant_and_no_others() {
    for code in [429, 500, 502, 503, 504] {
        let rule = Rule::new("/upload", Fault::Status(code, Some(3)))
            .method("PUT")
            .nth(2);
        let bench = Bench::with(rule).await;
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let response = bench.put().send().await.unwrap();
            statuses.push(response.status().as_u16());
            if response.status() != 200 {
                assert_eq!(response.headers()["retry-after"], "3");
            }
        }
        assert_eq!(statuses, [200, code, 200]);
        assert_eq!(bench.get("/data").send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn a_lost_confirmation_follows_work_that_was_done() {
    let bench = Bench::with(Rule::new("/upload", Fault::StatusAfterwards(502)).first(1)).await;
    assert_eq!(bench.put().send().await.unwrap().status(), 502);
    let exchange = bench.only_exchange().await;
    assert_eq!(
        exchange.request_bytes, SIZE as u64,
        "the server received everything"
    );
    assert_eq!(bench.put().send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_download_is_dropped_or_reset_after_the_bytes_given() {
    for fault in [
        Fault::DropAfter(Direction::Download, 100_000),
        Fault::ResetAfter(Direction::Download, 100_000),
    ] {
        let bench = Bench::with(Rule::new("/data", fault.clone()).first(1)).await;
        let (received, whole) = bench.fetch().await;
        assert!(!whole, "{fault:?}");
        assert_eq!(received, content()[..received.len()]);
        match fault {
            Fault::DropAfter(..) => assert_eq!(received.len(), 100_000),
            // A reset may overtake bytes that the client has not read yet.
            _ => assert!(received.len() <= 100_000),
        }
        assert_eq!(bench.only_exchange().await.response_bytes, 100_000);
        assert_eq!(
            bench.fetch().await,
            (content(), true),
            "only the first is broken"
        );
    }
}

#[tokio::test]
async fn an_upload_is_dropped_or_reset_after_the_bytes_given() {
    for fault in [
        Fault::DropAfter(Direction::Upload, 50_000),
        Fault::ResetAfter(Direction::Upload, 50_000),
    ] {
        let bench = Bench::with(Rule::new("/upload", fault)).await;
        assert!(bench.put().send().await.is_err());
        assert_eq!(bench.only_exchange().await.request_bytes, 50_000);
    }
}

#[tokio::test]
async fn a_truncated_body_looks_whole() {
    let bench = Bench::with(Rule::new("/data", Fault::Truncate(1234))).await;
    let response = bench.get("/data").send().await.unwrap();
    assert_eq!(response.content_length(), Some(1234));
    assert_eq!(response.bytes().await.unwrap()[..], content()[..1234]);
}

#[tokio::test]
async fn one_byte_is_turned_and_no_other() {
    let bench = Bench::with(Rule::new(
        "/data",
        Fault::FlipByte(Direction::Download, 200_000),
    ))
    .await;
    let (mut received, whole) = bench.fetch().await;
    assert!(whole && received != content());
    received[200_000] = !received[200_000];
    assert!(received == content());

    let bench = Bench::with(Rule::new("/upload", Fault::FlipByte(Direction::Upload, 0))).await;
    let answer = bench.put().send().await.unwrap().text().await.unwrap();
    assert_eq!(answer, format!("{SIZE} false"));
}

#[tokio::test]
async fn a_range_is_ignored_when_told() {
    let bench = Bench::with(Rule::new("/data", Fault::IgnoreRange).first(1)).await;
    let ranged = || bench.get("/data").header("range", "bytes=1000-").send();
    assert_eq!(ranged().await.unwrap().status(), 200);
    let response = ranged().await.unwrap();
    assert_eq!(response.status(), 206);
    assert_eq!(response.bytes().await.unwrap()[..], content()[1000..]);
    let asked = bench.proxy.exchanges();
    assert_eq!(
        asked[0].range.as_deref(),
        Some("bytes=1000-"),
        "what was asked is recorded"
    );
}

#[tokio::test]
async fn a_stalled_download_stays_open_until_the_client_leaves() {
    let bench = Bench::with(Rule::new(
        "/data",
        Fault::StallAfter(Direction::Download, 64_000),
    ))
    .await;
    let mut response = bench.get("/data").send().await.unwrap();
    let mut received = 0;
    while received < 64_000 {
        received += response.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(received, 64_000);
    assert!(!bench.proxy.exchanges()[0].finished);
    drop(response);
    assert_eq!(bench.only_exchange().await.response_bytes, 64_000);
}

#[tokio::test]
async fn a_half_open_request_is_never_answered() {
    let bench = Bench::with(Rule::new("/upload", Fault::HalfOpen)).await;
    let request = bench.put();
    let pending = tokio::spawn(async move { request.send().await });
    bench
        .proxy
        .wait_until(|seen| seen.len() == 1)
        .await
        .unwrap();
    assert!(!pending.is_finished());
    pending.abort();
    let exchange = bench.only_exchange().await;
    assert_eq!(
        (exchange.status, exchange.fault),
        (None, Some(Fault::HalfOpen))
    );
}

#[tokio::test]
async fn a_cut_network_resets_old_and_new_connections() {
    let bench = Bench::with(Rule::new("/upload", Fault::HalfOpen)).await;
    let request = bench.put();
    let pending = tokio::spawn(async move { request.send().await });
    bench
        .proxy
        .wait_until(|seen| seen.len() == 1)
        .await
        .unwrap();
    bench.proxy.set_offline(true);
    let broken = tokio::time::timeout(PATIENCE, pending)
        .await
        .unwrap()
        .unwrap();
    assert!(broken.is_err());
    assert!(bench.get("/data").send().await.is_err());
    bench.proxy.set_offline(false);
    assert_eq!(bench.fetch().await, (content(), true));
}

#[tokio::test]
async fn a_delayed_request_waits_and_a_slow_one_takes_its_time() {
    let delay = Duration::from_millis(300);
    for fault in [Fault::Delay(delay), Fault::Bandwidth(SIZE as u64 * 3)] {
        let bench = Bench::with(Rule::new("/data", fault.clone())).await;
        let begun = tokio::time::Instant::now();
        assert_eq!(bench.fetch().await, (content(), true));
        // Only the lower bound is certain: the fault, less the chunk after which nothing waits.
        let took = begun.elapsed();
        assert!(
            took >= Duration::from_millis(250),
            "{fault:?} took {took:?}"
        );
    }
}

#[tokio::test]
async fn an_unreachable_server_ends_the_connection() {
    let unused = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = unused.local_addr().unwrap();
    drop(unused);
    let proxy = FaultProxy::start(upstream).await.unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().unwrap();
    assert!(client.get(proxy.base_url()).send().await.is_err());
}

#[tokio::test]
async fn waiting_for_a_state_returns_at_once_when_it_is_there() {
    let bench = Bench::new().await;
    assert_eq!(
        bench
            .proxy
            .wait_until(<[Exchange]>::is_empty)
            .await
            .unwrap(),
        []
    );
    bench
        .proxy
        .inject(Rule::new("/data", Fault::Status(500, None)));
    bench.proxy.clear();
    let response = bench.get("/data").send().await.unwrap();
    assert_eq!(response.status(), 200, "the rule was forgotten");
}
