//! Finding a library, and finding out what it can do.

use secrecy::SecretString;
use serde_json::json;
use sifter_library_client::{
    Error, Http, Support, TokenVerdict, Unreachable, discover, verify_token,
};
use tokio::net::TcpListener;

use crate::stage::{RawStage, Stage, data, redirect, reply};

const DOCUMENT: &str = "GET /assets/config/config.prod.json";
const VERSION: &str = r#"{"data":{"version":"v1.0.0","apiVersion":"2.0.0-alpha.2"}}"#;

#[tokio::test]
async fn a_discovery_document_names_the_services() {
    let server = Stage::new(|seen| {
        let host = seen.header("host").unwrap();
        reply(
            200,
            &json!({
                "libraryAPI": { "uri": format!("http://{host}/lib") },
                "keystoreAPI": { "uri": "http://keys.example.org" },
                "tokenAPI": { "uri": format!("http://{host}/token/") },
                "env": { "name": "production" },
            })
            .to_string(),
        )
    })
    .await;
    let found = discover(&Http::default(), server.base.as_str())
        .await
        .unwrap();
    assert_eq!(found.web.as_ref(), Some(&server.base));
    assert_eq!(found.library, server.base.join("lib").unwrap());
    assert_eq!(found.token, Some(server.base.join("token/").unwrap()));
    assert_eq!(
        found.keystore, None,
        "plain http to another machine is not used"
    );
    assert_eq!(server.lines(), [DOCUMENT]);
    assert_eq!(server.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_pasted_link_leads_to_its_server() {
    let server = Stage::of(&[(
        DOCUMENT,
        200,
        r#"{"libraryAPI":{"uri":"http://127.0.0.1:9/"}}"#,
    )])
    .await;
    let host = server.base.authority().to_owned();
    for text in [
        host.clone(),
        format!("library://{host}/e/c/i:1"),
        format!("http://{host}/library/e/c/i"),
        format!("http://{host}/assets/config/config.prod.json"),
    ] {
        let found = discover(&Http::default(), &text).await.unwrap();
        assert_eq!(found.library.as_str(), "http://127.0.0.1:9/", "{text}");
    }
}

#[tokio::test]
async fn the_base_of_a_library_is_enough() {
    let server = Stage::of(&[("GET /lib/version", 200, VERSION)]).await;
    let base = server.base.join("lib").unwrap();
    let found = discover(&Http::default(), base.as_str()).await.unwrap();
    assert_eq!((found.web, found.library), (None, base));
    assert_eq!(
        server.lines(),
        [
            "GET /lib/assets/config/config.prod.json",
            "GET /lib/version"
        ]
    );
}

#[tokio::test]
async fn a_moved_discovery_document_is_followed() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        DOCUMENT => redirect(301, "/web/assets/config/config.prod.json"),
        _ => reply(200, r#"{"libraryAPI":{"uri":"http://127.0.0.1:9"}}"#),
    })
    .await;
    let found = discover(&Http::default(), server.base.as_str())
        .await
        .unwrap();
    assert_eq!(found.web, Some(server.base.join("web").unwrap()));
}

#[tokio::test]
async fn another_web_site_is_no_library() {
    for (status, body) in [
        (200, "<html>hello</html>"),
        (404, "nothing"),
        (200, "{}"),
        (200, "[1]"),
    ] {
        let server = Stage::new(move |_| reply(status, body)).await;
        let found = discover(&Http::default(), server.base.as_str()).await;
        assert!(
            matches!(found, Err(Error::NotALibrary(_))),
            "{status} {body}: {found:?}"
        );
    }
}

#[tokio::test]
async fn a_server_in_trouble_is_not_called_no_library() {
    let server = Stage::new(|_| reply(503, "")).await;
    let found = discover(&Http::default(), server.base.as_str()).await;
    assert!(
        matches!(found, Err(Error::ServerFault { status: 503, .. })),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let found = discover(&Http::default(), &address).await;
    let refused = Unreachable::Refused;
    assert!(
        matches!(found, Err(Error::Unreachable { reason, .. }) if reason == refused),
        "{found:?}"
    );
}

#[tokio::test]
async fn plain_http_to_another_machine_is_not_tried() {
    let found = discover(&Http::default(), "http://library.example.org").await;
    assert!(matches!(found, Err(Error::Address(_))));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let huge = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{{\"data\":\"{}",
        "x".repeat(1 << 16)
    );
    let server = RawStage::new(huge).await;
    let client = sifter_library_client::LibraryClient::new(
        Http::default(),
        sifter_library_client::Endpoints::of_library(server.base.clone()),
        std::sync::Arc::new(sifter_library_client::Anonymous),
    );
    let found = client.unwrap().version().await;
    assert!(matches!(found, Err(Error::TooLarge { .. })), "{found:?}");

    let long = "x".repeat(9 << 20);
    let server = Stage::new(move |_| reply(200, &long)).await;
    assert!(matches!(
        server.client().version().await,
        Err(Error::TooLarge { .. })
    ));
}

#[tokio::test]
async fn a_full_library_shows_everything_it_can() {
    let server = Stage::of(&[
        ("GET /version", 200, VERSION),
        ("GET /v1/entities", 200, r#"{"data":[]}"#),
        (
            "GET /v1/search?value=zzz",
            200,
            r#"{"data":{"image":null}}"#,
        ),
        (
            "GET /v1/token-status",
            200,
            r#"{"data":{"status":"ok","user":{"username":"ann"}}}"#,
        ),
        (
            "GET /v1/rbac/users/current",
            200,
            r#"{"username":"ann","email":"a@b.org"}"#,
        ),
        (
            "GET /.well-known/oauth-authorization-server",
            200,
            r#"{"issuer":"http://x"}"#,
        ),
    ])
    .await;
    let found = server.client().probe().await.unwrap();
    assert!(found.level.upload_v2 && found.level.arch_tags);
    assert_eq!(found.version, "v1.0.0");
    assert_eq!(
        [found.listing, found.search, found.oauth],
        [Support::Yes; 3]
    );
    assert_eq!(found.user.unwrap().username, "ann");
    let Some(TokenVerdict::Valid(status)) = found.token else {
        panic!("{:?}", found.token)
    };
    assert_eq!(status.user.unwrap().username, "ann");
    let seen = server.seen();
    let metadata = seen
        .iter()
        .find(|seen| seen.line.contains("well-known"))
        .unwrap();
    assert_eq!(metadata.header("authorization"), None);
}

#[tokio::test]
async fn a_bare_library_shows_what_it_lacks() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        "GET /version" => data(json!({ "version": "1" })),
        "GET /v1/search?value=zzz" => reply(401, ""),
        "GET /v1/entities" => reply(500, ""),
        line if line.contains("well-known") => reply(200, "<html>app</html>"),
        _ => reply(404, ""),
    })
    .await;
    let found = server.stranger().probe().await.unwrap();
    assert!(!found.level.upload_v2 && !found.level.arch_tags && found.api_version.is_none());
    assert_eq!(
        [found.search, found.listing, found.oauth],
        [Support::AfterSignIn, Support::Unknown, Support::No]
    );
    assert!(found.user.is_none() && found.token.is_none());
}

#[tokio::test]
async fn a_library_without_a_version_is_known_by_what_only_a_library_answers() {
    let server = Stage::new(|seen| match seen.line.as_str() {
        "GET /v1/search?value=zzz" => data(json!({})),
        _ => reply(404, ""),
    })
    .await;
    let found = server.stranger().probe().await.unwrap();
    assert!(!found.level.upload_v2 && !found.level.arch_tags && found.version.is_empty());
    let server = Stage::new(|_| reply(404, "")).await;
    assert!(matches!(
        server.stranger().probe().await,
        Err(Error::NotALibrary(_))
    ));
}

#[tokio::test]
async fn a_probe_of_something_else_says_so() {
    let server = Stage::new(|_| reply(200, "<html></html>")).await;
    assert!(matches!(
        server.client().probe().await,
        Err(Error::NotALibrary(_))
    ));
    let server = Stage::new(|_| reply(502, "")).await;
    assert!(matches!(
        server.client().probe().await,
        Err(Error::ServerFault { .. })
    ));
}

#[tokio::test]
async fn a_pasted_token_is_checked_before_it_is_kept() {
    let token = SecretString::from("pasted");
    for (status, valid) in [(200, true), (404, false), (401, false), (403, false)] {
        let server = Stage::new(move |_| reply(status, "not JSON")).await;
        let base = server.base.join("token").unwrap();
        let verdict = verify_token(&Http::default(), &base, &token).await.unwrap();
        assert_eq!(matches!(verdict, TokenVerdict::Valid(_)), valid, "{status}");
        let seen = &server.seen()[0];
        assert_eq!(seen.line, "GET /token/v1/token-status");
        assert_eq!(seen.header("authorization"), Some("Bearer pasted"));
    }
    let server = Stage::new(|_| reply(500, "")).await;
    let verdict = verify_token(&Http::default(), &server.base, &token).await;
    assert!(matches!(verdict, Err(Error::ServerFault { .. })));
}
