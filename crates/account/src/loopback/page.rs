//! The page the browser shows at the end of a sign-in. Plain HTML, no script, nothing to load.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");

static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE))));

/// The source expression that allows the page's own style and no other.
pub(super) fn style_hash() -> &'static str {
    &STYLE_HASH
}

/// What the page says.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// The sign-in worked.
    SignedIn { name: String, server: String },
    /// The person or the server said no.
    Declined,
    /// Something else went wrong; the app says what.
    Failed,
    /// The app still works on it.
    Unfinished,
    /// The answer came twice.
    AlreadyFinished,
    /// The request belongs to no sign-in.
    NotOurs,
}

impl Page {
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::SignedIn { name, server } => (
                "You\u{2019}re signed in",
                format!(
                    "Sifter now uses <strong>{}</strong> as <strong>{}</strong>. You can close \
                     this page and go back to Sifter.",
                    escape(server),
                    escape(name)
                ),
            ),
            Self::Declined => (
                "The sign-in was declined",
                "Nothing has changed. You can close this page and try again in Sifter.".into(),
            ),
            Self::Failed => (
                "The sign-in did not work",
                "Sifter shows what went wrong. You can close this page and try again there.".into(),
            ),
            Self::Unfinished => (
                "Almost there",
                "Sifter is still finishing the sign-in. You can close this page and go back to \
                 Sifter."
                    .into(),
            ),
            Self::AlreadyFinished => (
                "This sign-in is already finished",
                "You can close this page and go back to Sifter.".into(),
            ),
            Self::NotOurs => (
                "This link belongs to no sign-in",
                "Start again in Sifter. You can close this page.".into(),
            ),
        }
    }

    /// The whole page.
    pub(super) fn html(&self) -> String {
        let (title, text) = self.words();
        let mark = if matches!(self, Self::SignedIn { .. }) {
            "<svg class=\"mark ok\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
             <path d=\"M5 12.5l4.5 4.500L19 7.500\"/></svg>"
        } else {
            ""
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title} \u{2013} Sifter</title><style>{STYLE}</style></head>\
             <body><main>{mark}<h1 id=\"msg\">{title}</h1><p>{text}</p></main></body></html>"
        )
    }
}

/// Text as it may stand between tags.
fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, character| {
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
    fn a_name_cannot_bring_markup_into_the_page() {
        let page = Page::SignedIn {
            name: "<img src=x onerror=alert(1)>\"'&".into(),
            server: "<script>".into(),
        };
        let html = page.html();
        assert!(!html.contains("<img"), "{html}");
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
    }

    #[test]
    fn the_page_loads_nothing_and_runs_nothing() {
        let html = Page::Failed.html();
        for word in ["<script", "src=", "href=", "url(", "@import", "onload"] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
