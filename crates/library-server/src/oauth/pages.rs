//! The pages of sign-in: plain HTML, no script, nothing loaded, readable by a screen reader and at any
//! zoom. Everything that came from outside is escaped here.

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};

use crate::config::Owner;
use crate::oauth::client::CLIENT_ID;
use crate::oauth::request::AuthorizeRequest;

const STYLE: &str = include_str!("pages/style.css");
const WORDMARK: &str = include_str!("pages/wordmark.svg");

static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE))));

/// A page that only says something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    /// The browser brought no ticket.
    StartInApp,
    /// The ticket was used or is too old.
    LinkSpent,
    /// The request is not one the app makes.
    BadRequest,
    /// The brake is on.
    TooMany,
    /// The library failed.
    Failed,
}

impl Notice {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::StartInApp => (
                "Start in Sifter",
                "This page lets you in only when Sifter has opened it. Go to the app and choose \
                 <strong>Sign in</strong> there.",
            ),
            Self::LinkSpent => (
                "This link works no more",
                "A sign-in link works once and for five minutes. Go back to Sifter and choose \
                 <strong>Sign in</strong> again.",
            ),
            Self::BadRequest => (
                "This is not a sign-in of Sifter",
                "The address of this page is damaged or was made by another program. Go to Sifter and \
                 choose <strong>Sign in</strong> there.",
            ),
            Self::TooMany => (
                "Too many attempts",
                "Somebody has tried too many wrong links. Wait a minute, then choose \
                 <strong>Sign in</strong> in Sifter again.",
            ),
            Self::Failed => (
                "The library could not do this",
                "Something went wrong on the library\u{2019}s side. Its log says what. Try again in a \
                 moment.",
            ),
        }
    }
}

/// What the sign-in page shows.
pub(crate) struct SignInForm<'a> {
    pub(crate) owner: &'a Owner,
    /// The host of the library; `None` on this computer.
    pub(crate) place: Option<String>,
    pub(crate) ticket: &'a str,
    pub(crate) request: &'a AuthorizeRequest,
}

/// The page with the button "Continue as …".
pub(crate) fn sign_in(form: &SignInForm<'_>) -> Response {
    let owner = form.owner;
    let request = form.request;
    let login = escape(&owner.login);
    let place = match &form.place {
        Some(host) => escape(host),
        None => "the library on this computer".to_owned(),
    };
    let may = if request.scope.is_empty() || request.scope.contains("library:write") {
        "see, add and delete images"
    } else {
        "see images"
    };
    let mut fields = String::new();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", request.redirect.as_str()),
        ("code_challenge", request.challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("scope", &request.scope),
        ("state", request.state.as_deref().unwrap_or_default()),
        ("ticket", form.ticket),
    ] {
        let value = escape(value);
        fields.push_str(&format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"
        ));
    }
    let content = format!(
        "<h1>Sign in to {place}</h1>\
         <p>Sifter will be able to {may} here in your name, until you sign out.</p>\
         <form method=\"post\" action=\"authorize\">{fields}\
         <button class=\"main\" name=\"decision\" value=\"allow\">Continue as {login}</button>\
         <button name=\"decision\" value=\"deny\">Cancel</button></form>\
         <p class=\"small\">Go on only if you have just chosen <strong>Sign in</strong> in Sifter.</p>",
    );
    // Browsers apply `form-action` to the redirect after the form as well.
    let targets = format!("'self' {}", request.redirect.origin());
    page(StatusCode::OK, "Sign in", &content, &targets)
}

/// A page with nothing to press.
pub(crate) fn notice(status: StatusCode, notice: Notice) -> Response {
    let (title, text) = notice.words();
    page(
        status,
        title,
        &format!("<h1>{title}</h1><p>{text}</p>"),
        "'none'",
    )
}

/// An answer without a page.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    protect(&mut response, "'none'");
    response
}

fn page(status: StatusCode, title: &str, content: &str, form_action: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} \u{2013} Sifter</title><style>{STYLE}</style></head>\
         <body><main><div class=\"wordmark\">{WORDMARK}</div>{content}</main></body></html>"
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    protect(&mut response, form_action);
    response
}

/// No other site may frame, read, keep or learn the address of these pages; the pages load nothing.
fn protect(response: &mut Response, form_action: &str) {
    let policy = format!(
        "default-src 'none'; style-src {}; form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'",
        *STYLE_HASH
    );
    let headers = response.headers_mut();
    // Made of a hash and an origin, so always a header value; without a policy nothing may load.
    let policy = HeaderValue::try_from(policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        // To this site only: `no-referrer` would make browsers send the form with `Origin: null`.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
}

/// Text as it may stand between tags and in a quoted attribute.
fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut safe, character| {
            match character {
                '&' => safe.push_str("&amp;"),
                '<' => safe.push_str("&lt;"),
                '>' => safe.push_str("&gt;"),
                '"' => safe.push_str("&quot;"),
                '\'' => safe.push_str("&#39;"),
                other => safe.push(other),
            }
            safe
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_leave_its_place() {
        assert_eq!(
            escape("a<b>\"c\"'d'&"),
            "a&lt;b&gt;&quot;c&quot;&#39;d&#39;&amp;"
        );
    }
}
