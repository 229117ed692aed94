//! The addresses of a provider.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Query, Request, State as Shared};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use url::Url;

use super::answers::{Code, challenge_of};
use super::github;
use super::{Edit, Habits, IdentityProvider, State};

pub(super) type Fields = HashMap<String, String>;

pub(super) fn app(state: Arc<State>) -> Router {
    let router = match state.habits {
        Habits::GitHub => Router::new()
            .route("/login/oauth/authorize", get(authorize))
            .route("/login/oauth/access_token", post(token))
            .route("/login/device/code", post(github::device))
            .route("/api/v3/user", get(github::user))
            .route(
                "/api/v3/applications/{client}/token",
                post(github::check_token).delete(github::end_token),
            ),
        _ => {
            let below = match state.habits {
                Habits::GitLab => "/gitlab",
                Habits::Microsoft => "/common/v2.0",
                _ => "",
            };
            Router::new()
                .route(
                    &format!("{below}/.well-known/openid-configuration"),
                    get(metadata),
                )
                .route("/authorize", get(authorize))
                .route("/token", post(token))
                .route("/keys", get(keys))
        }
    };
    router
        .layer(middleware::from_fn_with_state(Arc::clone(&state), count))
        .with_state(state)
}

async fn count(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    {
        let mut now = state.lock();
        let before = now.seen.get(&path).and_then(Value::as_u64).unwrap_or(0);
        now.seen.insert(path, json!(before + 1));
    }
    next.run(request).await
}

fn edited(mut object: Map<String, Value>, edit: Option<Edit>) -> Json<Value> {
    if let Some(edit) = edit {
        edit(&mut object);
    }
    Json(Value::Object(object))
}

async fn metadata(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    let at = |path: &str| json!(format!("{}{path}", state.origin()));
    let mut document = Map::from_iter([
        ("issuer".to_owned(), json!(state.issuer())),
        ("authorization_endpoint".to_owned(), at("/authorize")),
        ("token_endpoint".to_owned(), at("/token")),
        ("jwks_uri".to_owned(), at("/keys")),
    ]);
    let mut say = |name: &str, value| document.insert(name.to_owned(), value);
    match state.habits {
        Habits::Google => {
            say(
                "authorization_response_iss_parameter_supported",
                json!(true),
            );
            say("code_challenge_methods_supported", json!(["plain", "S256"]));
            say(
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_post", "client_secret_basic"]),
            );
        }
        Habits::GitLab => {
            say("code_challenge_methods_supported", json!(["plain", "S256"]));
            say(
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_basic", "client_secret_post"]),
            );
        }
        Habits::Microsoft => {
            say(
                "token_endpoint_auth_methods_supported",
                json!(["client_secret_post", "private_key_jwt"]),
            );
        }
        Habits::Plain | Habits::GitHub => {}
    }
    let edit = state.lock().twists.metadata.clone();
    edited(document, edit)
}

async fn keys(Shared(state): Shared<Arc<State>>) -> Json<Value> {
    let published = state.keys().published();
    let edit = state.lock().twists.keys.clone();
    edited(published, edit)
}

/// The person comes, is who the test says, and presses the button the test says.
async fn authorize(Shared(state): Shared<Arc<State>>, Query(query): Query<Fields>) -> Response {
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let redirect = Url::parse(field("redirect_uri")).ok();
    let redirect = redirect.filter(|url| match field("client_id") {
        IdentityProvider::CLIENT_ID => url.path().contains(IdentityProvider::CALLBACK),
        IdentityProvider::APP_CLIENT_ID => is_the_app(state.habits, url),
        _ => false,
    });
    let Some(mut back) = redirect else {
        return (http_status(400), "an unknown client").into_response();
    };
    let is_openid = field("scope").split(' ').any(|scope| scope == "openid");
    let wants_openid = state.habits != Habits::GitHub;
    let is_whole = field("response_type") == "code"
        && field("code_challenge").len() == 43
        && field("code_challenge_method") == "S256"
        && is_openid == wants_openid;
    if !is_whole {
        return (http_status(400), "a request that is not whole").into_response();
    }
    let twists = state.lock().twists.clone();
    let mut answer = back.query_pairs_mut();
    if twists.declines {
        answer.append_pair("error", "access_denied");
    } else if let Some((error, why)) = twists.refuses {
        answer.append_pair("error", error);
        answer.append_pair("error_description", why);
    } else {
        let mut issued = state.issued();
        let code = format!("code-{}-{}", issued.codes.len(), uuid::Uuid::new_v4());
        issued.codes.insert(
            code.clone(),
            Code {
                client_id: field("client_id").to_owned(),
                redirect_uri: field("redirect_uri").to_owned(),
                challenge: field("code_challenge").to_owned(),
                nonce: query.get("nonce").cloned(),
            },
        );
        answer.append_pair("code", &code);
    }
    answer.append_pair("state", field("state"));
    let usual = (state.habits == Habits::Google).then(|| state.issuer());
    if let Some(issuer) = twists.answer_issuer.or(usual).filter(|iss| !iss.is_empty()) {
        answer.append_pair("iss", &issuer);
    }
    drop(answer);
    (http_status(302), [("location", String::from(back))]).into_response()
}

async fn token(
    Shared(state): Shared<Arc<State>>,
    headers: axum::http::HeaderMap,
    Form(form): Form<Fields>,
) -> Response {
    let twists = state.lock().twists.clone();
    if let Some((status, address)) = twists.token_redirect {
        return (http_status(status), [("location", address)]).into_response();
    }
    if let Some((status, kind, body)) = twists.token_answer {
        return (http_status(status), [("content-type", kind)], body).into_response();
    }
    let is_github = state.habits == Habits::GitHub;
    let refuse = |error: &str| {
        let status = if is_github { 200 } else { 400 };
        (http_status(status), Json(json!({"error": error}))).into_response()
    };
    if !is_our_client(state.habits, &headers, &form) {
        return refuse("invalid_client");
    }
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if is_github && field("grant_type") == github::DEVICE_GRANT {
        return github::poll(&state, field("device_code"));
    }
    let code = state.issued().codes.remove(field("code"));
    let good = code.filter(|code| {
        field("grant_type") == "authorization_code"
            && field("redirect_uri") == code.redirect_uri
            && challenge_of(field("code_verifier")) == code.challenge
            && (field("client_id") == code.client_id || field("client_id").is_empty())
    });
    let Some(code) = good else {
        let error = if is_github {
            "bad_verification_code"
        } else {
            "invalid_grant"
        };
        return refuse(error);
    };
    let access_token = format!("token-{}", uuid::Uuid::new_v4());
    let client = code.client_id;
    state
        .issued()
        .tokens
        .insert(access_token.clone(), client.clone());
    let asks_json = headers
        .get("accept")
        .is_some_and(|accept| accept == "application/json");
    if is_github && !asks_json {
        let body =
            format!("access_token={access_token}&scope=read%3Auser%2Cgist&token_type=bearer");
        let kind = "application/x-www-form-urlencoded";
        return ([("content-type", kind)], body).into_response();
    }
    if is_github {
        let body = json!({
            "access_token": access_token, "token_type": "bearer", "scope": "read:user,gist",
        });
        return Json(body).into_response();
    }
    match state.id_token(&client, code.nonce.as_deref(), Some(&access_token)) {
        Ok(id_token) => Json(json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": "3600",
            "id_token": id_token,
        }))
        .into_response(),
        Err(_) => refuse("server_error"),
    }
}

/// Whether an address is the desktop app's, by the rule that a provider of these habits has for programs.
fn is_the_app(habits: Habits, url: &Url) -> bool {
    let (host, path) = match habits {
        Habits::Microsoft => ("localhost", "/"),
        Habits::Google => ("127.0.0.1", "/"),
        Habits::Plain | Habits::GitLab | Habits::GitHub => ("127.0.0.1", "/callback"),
    };
    url.scheme() == "http"
        && url.host_str() == Some(host)
        && url.port().is_some()
        && url.path() == path
}

/// Whether the client has proved itself in the way it was told to.
fn is_our_client(habits: Habits, headers: &axum::http::HeaderMap, form: &Fields) -> bool {
    let is = |name: &str, expected: &str| form.get(name).is_some_and(|found| found == expected);
    if is("client_id", IdentityProvider::APP_CLIENT_ID) {
        let by_device = is("grant_type", github::DEVICE_GRANT);
        return match habits {
            Habits::GitHub if by_device => true,
            Habits::Google | Habits::GitHub => {
                is("client_secret", IdentityProvider::APP_CLIENT_SECRET)
            }
            // A public client that sends a secret is refused (Microsoft: AADSTS700025).
            _ => !form.contains_key("client_secret") && !headers.contains_key("authorization"),
        };
    }
    let encode =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let (id, secret) = (IdentityProvider::CLIENT_ID, IdentityProvider::CLIENT_SECRET);
    if habits == Habits::Plain {
        let pair = format!("{}:{}", encode(id), encode(secret));
        let expected = format!("Basic {}", STANDARD.encode(pair));
        return headers
            .get("authorization")
            .is_some_and(|found| *found == *expected);
    }
    is("client_id", id) && is("client_secret", secret)
}

pub(super) fn http_status(code: u16) -> axum::http::StatusCode {
    axum::http::StatusCode::from_u16(code).unwrap_or_default()
}
