//! What only GitHub has: an interface that says whose a token is and which application it was made for, and devices.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Form, Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::routes::{Fields, http_status};
use super::{IdentityProvider, State};

pub(super) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Says whose token it is.
pub(super) async fn user(Shared(state): Shared<Arc<State>>, headers: HeaderMap) -> Response {
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let is_known = bearer.is_some_and(|token| state.issued().tokens.contains_key(token));
    if !is_known {
        return refused(401, "Bad credentials").into_response();
    }
    if let Some(address) = state.lock().twists.single_sign_on.clone() {
        let header = [("x-github-sso", format!("required; url={address}"))];
        let why = Json(json!({"message": "Resource protected by organization SAML enforcement."}));
        return (http_status(403), header, why).into_response();
    }
    Json(state.user()).into_response()
}

/// `POST /applications/{client}/token`.
pub(super) async fn check_token(
    Shared(state): Shared<Arc<State>>,
    Path(client): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let token = own_token(&state, &client, &headers, &body)?;
    Ok(Json(json!({
        "id": 1, "token": token, "scopes": [],
        "app": { "name": "Sifter", "client_id": client },
        "user": state.user(),
    })))
}

/// `DELETE /applications/{client}/token`.
pub(super) async fn end_token(
    Shared(state): Shared<Arc<State>>,
    Path(client): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let token = own_token(&state, &client, &headers, &body)?;
    state.issued().tokens.remove(&token);
    Ok(StatusCode::NO_CONTENT)
}

/// The token in the body, if it was made for the application that asks and proves itself.
fn own_token(
    state: &State,
    client: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, Refusal> {
    let pair = format!(
        "{}:{}",
        IdentityProvider::APP_CLIENT_ID,
        IdentityProvider::APP_CLIENT_SECRET
    );
    let expected = format!("Basic {}", STANDARD.encode(pair));
    let is_proved = headers
        .get("authorization")
        .is_some_and(|found| *found == *expected);
    if !is_proved || client != IdentityProvider::APP_CLIENT_ID {
        return Err(refused(401, "Requires authentication"));
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(token) = body["access_token"].as_str() else {
        return Err(refused(422, "Validation Failed"));
    };
    let made_for = state.issued().tokens.get(token).cloned();
    if made_for.as_deref() == Some(client) {
        Ok(token.to_owned())
    } else {
        Err(refused(404, "Not Found"))
    }
}

/// `POST /login/device/code`. The person types the code while the device asks for the second time.
pub(super) async fn device(
    Shared(state): Shared<Arc<State>>,
    Form(form): Form<Fields>,
) -> Response {
    let client = form.get("client_id").map(String::as_str);
    if client != Some(IdentityProvider::APP_CLIENT_ID) {
        return Json(json!({"error": "incorrect_client_credentials"})).into_response();
    }
    let code = format!("device-{}", uuid::Uuid::new_v4());
    state.issued().devices.insert(code.clone(), 0);
    Json(json!({
        "device_code": code, "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 1,
        "verification_uri": format!("{}/login/device", state.origin()),
    }))
    .into_response()
}

/// The device asks whether the person has decided. Refusals have status 200.
pub(super) fn poll(state: &State, code: &str) -> Response {
    let declines = state.lock().twists.declines;
    let mut issued = state.issued();
    let Some(asked) = issued.devices.get_mut(code) else {
        return Json(json!({"error": "incorrect_device_code"})).into_response();
    };
    *asked += 1;
    if *asked < 2 {
        return Json(json!({"error": "authorization_pending"})).into_response();
    }
    issued.devices.remove(code);
    if declines {
        return Json(json!({"error": "access_denied"})).into_response();
    }
    let token = format!("token-{}", uuid::Uuid::new_v4());
    let client = IdentityProvider::APP_CLIENT_ID.to_owned();
    issued.tokens.insert(token.clone(), client);
    Json(json!({"access_token": token, "token_type": "bearer", "scope": ""})).into_response()
}

/// How the interface says no.
type Refusal = (StatusCode, Json<Value>);

fn refused(status: u16, why: &str) -> Refusal {
    (http_status(status), Json(json!({"message": why})))
}

impl State {
    /// The visitor, as the interface shows people.
    fn user(&self) -> Value {
        let visitor = self.lock().visitor.clone();
        let id: u64 = visitor.subject.parse().unwrap_or_default();
        json!({
            "login": visitor.login, "id": id, "name": visitor.name, "email": Value::Null,
        })
    }
}
