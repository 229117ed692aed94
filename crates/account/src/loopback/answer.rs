//! The listener's HTTP answers.

use super::page::{Page, style_hash};

/// One answer: a status, perhaps a header of its own, and a page.
pub(super) struct Answer {
    status: &'static str,
    header: &'static str,
    page: Page,
}

impl Answer {
    fn new(status: &'static str, page: Page) -> Self {
        Self {
            status,
            header: "",
            page,
        }
    }

    pub(super) fn ok(page: Page) -> Self {
        Self::new("200 OK", page)
    }

    pub(super) fn bad_request() -> Self {
        Self::new("400 Bad Request", Page::NotOurs)
    }

    /// Not the answer of this sign-in: the state is missing, wrong or there twice.
    pub(super) fn not_ours() -> Self {
        Self::new("400 Bad Request", Page::NotOurs)
    }

    pub(super) fn forbidden() -> Self {
        Self::new("403 Forbidden", Page::NotOurs)
    }

    pub(super) fn not_found() -> Self {
        Self::new("404 Not Found", Page::NotOurs)
    }

    pub(super) fn wrong_method() -> Self {
        Self {
            header: "Allow: GET\r\n",
            ..Self::new("405 Method Not Allowed", Page::NotOurs)
        }
    }

    pub(super) fn already_finished() -> Self {
        Self::new("409 Conflict", Page::AlreadyFinished)
    }

    pub(super) fn wrong_host() -> Self {
        Self::new("421 Misdirected Request", Page::NotOurs)
    }

    /// The whole answer. No header lets another site read it, frame it or keep it.
    pub(super) fn to_http(&self) -> String {
        let body = self.page.html();
        format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {length}\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src '{style}'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'\r\n\
             Cross-Origin-Opener-Policy: same-origin\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             {header}\
             Connection: close\r\n\r\n{body}",
            status = self.status,
            length = body.len(),
            style = style_hash(),
            header = self.header,
        )
    }
}
