//! The one client this authorization server knows, and the addresses it may be sent back to.

use url::{Host, Url};

/// The desktop app and its command line. Public: it has no secret (RFC 8252 section 8.5).
pub(crate) const CLIENT_ID: &str = "sifter-desktop";

/// The registered address is `http://127.0.0.1/callback` on any port (RFC 8252 section 7.3).
const CALLBACK: &str = "/callback";

/// An address the client may be sent back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedirectUri(Url);

impl RedirectUri {
    /// Compares component by component, so that nothing that merely begins like the registered
    /// address passes. `localhost` is another host: its meaning can be changed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let registered = url.scheme() == "http"
            && url.username().is_empty()
            && url.password().is_none()
            && url.host() == Some(Host::Ipv4(std::net::Ipv4Addr::LOCALHOST))
            && url.port().is_some()
            && url.path() == CALLBACK
            && url.query().is_none()
            && url.fragment().is_none()
            // Another spelling of the same address (`127.1`, `/./callback`) is not the one registered.
            && url.as_str() == text;
        registered.then_some(Self(url))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port, for the policy of the page whose form leads there.
    pub(crate) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The address with an answer in its query.
    pub(crate) fn with(&self, answer: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().extend_pairs(answer);
        url.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callback_on_any_port_is_the_registered_address() {
        for port in [1024, 50_000, 65_535] {
            assert!(RedirectUri::parse(&format!("http://127.0.0.1:{port}/callback")).is_some());
        }
    }

    #[test]
    fn nothing_else_is() {
        for bad in [
            "http://127.0.0.1/callback",
            "http://localhost:5000/callback",
            "http://[::1]:5000/callback",
            "http://127.0.0.2:5000/callback",
            "http://127.1:5000/callback",
            "http://0x7f.0.0.1:5000/callback",
            "https://127.0.0.1:5000/callback",
            "http://127.0.0.1:5000/callback/",
            "http://127.0.0.1:5000/callback?x=1",
            "http://127.0.0.1:5000/callback#x",
            "http://127.0.0.1:5000/./callback",
            "http://127.0.0.1:5000/callback/../callback",
            "http://127.0.0.1:5000/CALLBACK",
            "http://127.0.0.1:5000@evil.test/callback",
            "http://evil@127.0.0.1:5000/callback",
            "http://:pw@127.0.0.1:5000/callback",
            "http://127.0.0.1.evil.test:5000/callback",
            "http://127.0.0.1:5000\\@evil.test/callback",
            " http://127.0.0.1:5000/callback",
            "http://127.0.0.1:5000/callback\n",
            "http://127.0.0.1:99999/callback",
            "sifter://callback",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(RedirectUri::parse(bad), None, "{bad:?}");
        }
    }
}
