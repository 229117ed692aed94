//! Discovery, version, token status, current user, and what holds for every request.

use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{As, Library, data, refusal};

#[tokio::test]
async fn discovery_names_every_service_with_objects_only() {
    let library = Library::start().await;
    let document: Value = library
        .get(As::Nobody, "/assets/config/config.prod.json")
        .await
        .json()
        .await
        .unwrap();
    assert!(
        document.as_object().unwrap().values().all(Value::is_object),
        "{document}"
    );
    for service in ["libraryAPI", "keystoreAPI", "tokenAPI"] {
        assert_eq!(document[service]["uri"], library.base, "{service}");
    }
    assert!(document["libraryAPI"].get("registryUri").is_none());
}

#[tokio::test]
async fn discovery_uses_the_host_the_client_used_or_the_public_address() {
    let library = Library::start().await;
    let port = library.base.rsplit(':').next().unwrap();
    let request = library.request(As::Nobody, Method::GET, "/assets/config/config.prod.json");
    let document: Value = request
        .header("host", format!("localhost:{port}"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        document["libraryAPI"]["uri"],
        format!("http://localhost:{port}")
    );

    let public = "https://library.example.org/base/".parse().unwrap();
    let library = Library::start_with(|config| config.public_url = Some(public)).await;
    let document: Value = library
        .get(As::Nobody, "/assets/config/config.prod.json")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        document["libraryAPI"]["uri"],
        "https://library.example.org/base"
    );
}

#[tokio::test]
async fn version_promises_arch_tags() {
    let library = Library::start().await;
    let version = data(library.get(As::Nobody, "/version").await).await;
    assert_eq!(version["apiVersion"], "2.0.0-alpha.2");
    assert!(!version["version"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn token_status_is_200_or_404() {
    let library = Library::start().await;
    let status = library.data("/v1/token-status").await;
    assert_eq!(status["user"]["username"], "ann");
    for who in [As::Nobody, As::Token("made-up")] {
        assert_eq!(
            refusal(library.get(who, "/v1/token-status").await).await.0,
            404
        );
    }
}

#[tokio::test]
async fn tokens_have_the_length_official_clients_demand() {
    let library = Library::start().await;
    assert!((200..=4096).contains(&library.token.len()));
    assert!(library.token.bytes().all(|byte| byte.is_ascii_graphic()));
}

#[tokio::test]
async fn the_current_user_is_raw_json_and_401_for_nobody() {
    let library = Library::start().await;
    let user: Value = library
        .get(As::Owner, "/v1/rbac/users/current")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(user["username"], "ann");
    assert_eq!(user["realname"], "Ann");
    for who in [As::Nobody, As::Token("made-up")] {
        assert_eq!(
            refusal(library.get(who, "/v1/rbac/users/current").await)
                .await
                .0,
            401
        );
    }
}

#[tokio::test]
async fn the_scheme_is_case_insensitive_and_an_empty_bearer_is_nobody() {
    let library = Library::start().await;
    for (value, status) in [
        (format!("BEARER {}", library.token), 200),
        (format!("bearer {}", library.token), 200),
        ("Bearer".to_owned(), 401),
        ("Bearer ".to_owned(), 401),
    ] {
        let request = library.request(As::Nobody, Method::GET, "/v1/rbac/users/current");
        let answer = request
            .header("authorization", &value)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
    }
    let request = library.request(As::Nobody, Method::GET, "/v1/entities");
    assert_eq!(
        request
            .header("authorization", "Bearer")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn doubled_slashes_are_tolerated() {
    let library = Library::start().await;
    assert_eq!(
        library.get(As::Owner, "//v1//token-status").await.status(),
        200
    );
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_the_envelope() {
    let library = Library::start().await;
    let redirect = "/v1/oci-redirect?accessTypes=pull&mapped=1&namespace=a%2Fb%2Fc";
    for path in [
        "/v1/nothing",
        "/",
        "/v2/",
        redirect,
        "/pks/lookup?op=get&search=0x1",
    ] {
        assert_eq!(
            refusal(library.get(As::Owner, path).await).await.0,
            404,
            "{path}"
        );
    }
    let wrong = library
        .send(As::Owner, Method::DELETE, "/version", json!({}))
        .await;
    assert_eq!(refusal(wrong).await.0, 405);
    let long = format!("/v1/search?value={}", "x".repeat(9000));
    assert_eq!(refusal(library.get(As::Owner, &long).await).await.0, 414);
    let big = Value::from("x".repeat(2 << 20));
    let answer = library
        .send(
            As::Owner,
            Method::POST,
            "/v1/entities",
            json!({ "name": big }),
        )
        .await;
    assert_eq!(refusal(answer).await.0, 413);
    let request = library
        .request(As::Owner, Method::POST, "/v1/entities")
        .body("{");
    assert_eq!(refusal(request.send().await.unwrap()).await.0, 400);
}

#[tokio::test]
async fn a_library_on_loopback_does_not_answer_to_foreign_host_names() {
    let library = Library::start().await;
    let request = library.request(As::Nobody, Method::GET, "/v1/entities");
    let answer = request
        .header("host", "rebound.example.org")
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(answer).await.0, 421);
}

#[tokio::test]
async fn a_folder_is_served_once_at_a_time() {
    let library = Library::start().await;
    let mut config = library.config.clone();
    config.listen.set_port(0);
    let second = sifter_library_server::LibraryServer::start(config).await;
    assert!(matches!(
        second,
        Err(sifter_library_server::Error::AlreadyServed(_))
    ));
}
