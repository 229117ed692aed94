//! The pages of sign-in: plain HTML, no script, nothing loaded, readable by a screen reader and at any
//! zoom. Everything that came from outside is escaped here.

pub(super) mod consent;
pub(super) mod device;
mod notice;
pub(super) mod sign_in;

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};
use time::Duration;

pub(crate) use self::notice::Notice;
use crate::oauth::request::may_write;
use crate::routes::address::Origin;
use crate::state::AppState;

const STYLE: &str = include_str!("pages/style.css");
const WORDMARK: &str = include_str!("pages/wordmark.svg");

static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE))));

/// What the pages call this library: its host, or `None` on this computer.
pub(crate) fn place(state: &AppState, origin: &Origin) -> Option<String> {
    let on_this_computer =
        state.config().public_url.is_none() && state.local_address().ip().is_loopback();
    let host = || {
        url::Url::parse(origin.as_str())
            .ok()?
            .host_str()
            .map(str::to_owned)
    };
    if on_this_computer { None } else { host() }
}

/// The same as safe text for a heading.
fn place_text(place: Option<&String>) -> String {
    match place {
        Some(host) => escape(host),
        None => "the library on this computer".to_owned(),
    }
}

/// What a scope allows, as the end of "will be able to …".
fn abilities(scope: &str) -> &'static str {
    if may_write(scope) {
        "see, add and delete images"
    } else {
        "see images"
    }
}

/// A link to a provider: what it is called, and the address.
pub(crate) struct Way {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// The links to the providers. Links and not buttons: a policy for forms would have to name every address
/// they may lead on to.
fn ways(ways: &[Way]) -> String {
    if ways.is_empty() {
        return String::new();
    }
    let link = |way: &Way| {
        let (href, label) = (escape(&way.href), escape(&way.label));
        format!("<a class=\"button\" href=\"{href}\">Continue with {label}</a>")
    };
    let links: String = ways.iter().map(link).collect();
    format!("<div class=\"ways\">{links}</div>")
}

/// The field for a ticket that was made for no request in particular.
const TICKET_FIELD: &str = "<label for=\"ticket\">One-time ticket</label>\
    <input id=\"ticket\" name=\"ticket\" required autocomplete=\"off\" spellcheck=\"false\" \
    aria-describedby=\"ticket-help\">\
    <p id=\"ticket-help\" class=\"small\">The owner of the library gets one with \
    <kbd>sifter-library ticket</kbd> on its server.</p>";

/// The form for a ticket: beside providers it is the way of one person among many, and folded.
fn aside(form: String, is_only_way: bool) -> String {
    if is_only_way {
        form
    } else {
        format!("<details><summary>I have a one-time ticket</summary>{form}</details>")
    }
}

/// A hidden field of a form.
fn hidden(name: &str, value: &str) -> String {
    let value = escape(value);
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
}

/// A page with nothing to press.
pub(crate) fn notice(status: StatusCode, notice: Notice) -> Response {
    let (title, text) = notice.words();
    Page {
        status,
        title,
        content: format!("<h1>{title}</h1><p>{text}</p>"),
        form_action: "'none'",
        dies_in: None,
    }
    .respond()
}

/// An answer without a page.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    protect(&mut response, "'none'");
    response
}

/// A page to be shown.
struct Page<'a> {
    status: StatusCode,
    title: &'a str,
    content: String,
    /// Where its form may lead, as the policy writes it.
    form_action: &'a str,
    /// When what it offers ends: the browser then asks again, so that no page is left that offers what
    /// is no longer there.
    dies_in: Option<Duration>,
}

impl Page<'_> {
    fn respond(self) -> Response {
        let (title, content) = (self.title, self.content);
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title} \u{2013} Sifter</title><style>{STYLE}</style></head>\
             <body><main><div class=\"wordmark\">{WORDMARK}</div>{content}</main></body></html>"
        );
        let mut response = Response::new(Body::from(html));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, html);
        if let Some(rest) = self.dies_in {
            let seconds = rest.whole_seconds().max(0).saturating_add(1);
            headers.insert(header::REFRESH, HeaderValue::from(seconds));
        }
        protect(&mut response, self.form_action);
        response
    }
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
