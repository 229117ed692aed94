//! Scheme, host and port: what a bearer token is bound to.

use std::fmt;

use url::Url;

/// Scheme, host and port of an address, the default port filled in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an address; `None` for one without a host, such as `mailto:`.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_ascii_lowercase(),
            port: url.port_or_known_default()?,
        })
    }

    /// The host, in lower case, IPv6 addresses in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `https` or `http`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The port, also when it is the scheme's own.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Option<Origin> {
        Origin::of(&Url::parse(url).unwrap())
    }

    #[test]
    fn a25_an_origin_is_scheme_host_and_port() {
        let base = origin("https://library.example.org/base");
        assert_eq!(base, origin("https://Library.Example.org:443/other?x=1"));
        assert_eq!(base, origin("https://user@library.example.org/"));
        assert_ne!(base, origin("http://library.example.org/base"));
        assert_ne!(base, origin("https://library.example.org:8443/base"));
        assert_ne!(base, origin("https://library/base"));
        assert_ne!(base, origin("https://library.example.org.evil.net/base"));
        assert_eq!(origin("mailto:a@b.c"), None);
    }
}
