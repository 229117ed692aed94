//! `/v1/tokens`: what people make for scripts and the command lines.

use reqwest::{Method, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sifter_library_server::{Owner, create_access_token};

use crate::harness::{Rig, query_of, text, with};

impl Rig {
    async fn call(
        &self,
        token: &Value,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let call = self
            .client
            .request(method, self.url(path))
            .bearer_auth(text(token));
        let answer = call.json(&body).send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        (status, body["data"].clone())
    }

    async fn make(&self, token: &Value, body: Value) -> (StatusCode, Value) {
        self.call(token, Method::POST, "/v1/tokens", body).await
    }

    async fn listed(&self, token: &Value) -> Vec<Value> {
        let (status, list) = self
            .call(token, Method::GET, "/v1/tokens", Value::Null)
            .await;
        assert_eq!(status, StatusCode::OK);
        list.as_array().unwrap().clone()
    }

    async fn signed_in_to_read(&self) -> Value {
        let fields = with(&self.request().await, &[("scope", "library:read")]);
        let answer = self.press(&fields, "allow").await;
        let form = Self::exchange_form(&query_of(&answer)["code"]);
        self.post("/oauth/token", &form).await.1["access_token"].clone()
    }
}

#[tokio::test]
async fn a_token_is_told_once_and_then_known_by_its_beginning() {
    let rig = Rig::start().await;
    let signed_in = rig.tokens().await["access_token"].clone();
    let body = json!({"name": " laptop ", "expiresAt": "2999-01-02T03:04:05Z"});
    let call = rig
        .client
        .post(rig.url("/v1/tokens"))
        .bearer_auth(text(&signed_in));
    let answer = call.json(&body).send().await.unwrap();
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let made = answer.json::<Value>().await.unwrap()["data"].clone();
    let secret = text(&made["token"]);
    assert!((200..=4096).contains(&secret.len()), "{}", secret.len());
    assert!(rig.works(&made["token"]).await);

    let list = rig.listed(&signed_in).await;
    assert_eq!(
        list.len(),
        1,
        "tokens of a sign-in are not listed: {list:?}"
    );
    assert_eq!(list[0]["name"], "laptop");
    assert_eq!(list[0]["expiresAt"], "2999-01-02T03:04:05Z");
    assert_ne!(list[0]["lastUsedAt"], "0001-01-01T00:00:00Z");
    let prefix = text(&list[0]["prefix"]);
    assert!(prefix.len() >= 8 && secret.starts_with(prefix), "{prefix}");
    assert!(prefix.len() <= 16 && list[0].get("token").is_none());
}

#[tokio::test]
async fn a_revoked_token_works_no_more_and_is_gone_from_the_list() {
    let rig = Rig::start().await;
    let signed_in = rig.tokens().await["access_token"].clone();
    let (_, made) = rig.make(&signed_in, json!({"name": "ci"})).await;
    let path = format!("/v1/tokens/{}", text(&made["id"]));
    let (status, _) = rig
        .call(&signed_in, Method::DELETE, &path, Value::Null)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(!rig.works(&made["token"]).await);
    assert!(rig.listed(&signed_in).await.is_empty());
    let (status, _) = rig
        .call(&signed_in, Method::DELETE, &path, Value::Null)
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn tokens_of_others_are_neither_seen_nor_ended() {
    let rig = Rig::start().await;
    let signed_in = rig.tokens().await["access_token"].clone();
    let (_, mine) = rig.make(&signed_in, json!({"name": "mine"})).await;
    let bob = Owner {
        login: "bob".into(),
        display_name: String::new(),
    };
    let theirs = create_access_token(rig.folder(), &bob, "bob's").unwrap();
    let theirs = json!(theirs.secret().expose_secret());
    let names: Vec<Value> = rig.listed(&theirs).await;
    assert_eq!((names.len(), &names[0]["name"]), (1, &json!("bob's")));
    let path = format!("/v1/tokens/{}", text(&mine["id"]));
    let (status, _) = rig.call(&theirs, Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(rig.works(&mine["token"]).await);
    let answer = rig.client.get(rig.url("/v1/tokens")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_for_scripts_makes_no_other_token() {
    let rig = Rig::start().await;
    let signed_in = rig.tokens().await["access_token"].clone();
    let (_, made) = rig.make(&signed_in, json!({"name": "ci"})).await;
    let (status, _) = rig.make(&made["token"], json!({"name": "more"})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(rig.listed(&signed_in).await.len(), 1);
}

#[tokio::test]
async fn a_token_may_do_no_more_than_the_sign_in_that_made_it() {
    let rig = Rig::start().await;
    let reader = rig.signed_in_to_read().await;
    for body in [
        json!({"name": "all"}),
        json!({"name": "all", "scopes": ["library:read", "library:write"]}),
    ] {
        assert_eq!(rig.make(&reader, body).await.0, StatusCode::FORBIDDEN);
    }
    let body = json!({"name": "reader", "scopes": ["library:read"]});
    let (status, made) = rig.make(&reader, body).await;
    assert_eq!(status, StatusCode::OK);
    let entity = json!({"name": "mine"});
    let (status, _) = rig
        .call(&made["token"], Method::POST, "/v1/entities", entity)
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn names_scopes_and_dates_that_make_no_sense_are_refused() {
    let rig = Rig::start().await;
    let signed_in = rig.tokens().await["access_token"].clone();
    for body in [
        json!({}),
        json!({"name": "  "}),
        json!({"name": "x".repeat(101)}),
        json!({"name": "a\u{7}b"}),
        json!({"name": "x", "scopes": ["admin"]}),
        json!({"name": "x", "expiresAt": "2001-01-01T00:00:00Z"}),
    ] {
        let (status, _) = rig.make(&signed_in, body.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert!(rig.listed(&signed_in).await.is_empty());
}

#[tokio::test]
async fn a_person_has_a_hundred_tokens_at_most() {
    let rig = Rig::start().await;
    let signed_in = rig.tokens().await["access_token"].clone();
    for number in 0..100 {
        let (status, _) = rig
            .make(&signed_in, json!({"name": number.to_string()}))
            .await;
        assert_eq!(status, StatusCode::OK, "{number}");
    }
    let (status, _) = rig.make(&signed_in, json!({"name": "one more"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
