//! The host of a reference: a name or an address, with an optional port.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// The longest host name, in bytes (RFC 1035).
const MAX_HOST_LEN: usize = 253;

/// `name`, `1.2.3.4`, `[2001:db8::1]` or `[fe80::1%eth0]`, each with an optional `:port`. Lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host {
    /// Without brackets and with the zone decoded.
    name: String,
    port: Option<u16>,
}

/// A text is no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a host name or address with an optional port")]
pub struct HostError;

impl Host {
    /// The name or address, without brackets and port.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The port, where one is written.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether this is the machine itself: `localhost`, `127.…` or `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.name == "localhost"
            || self
                .name
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_HOST_LEN
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (inside, after) = rest.split_once(']').ok_or(HostError)?;
            let (address, zone) = match inside.split_once("%25") {
                Some((address, zone)) if is_name(zone) => (address, format!("%{zone}")),
                Some(_) => return Err(HostError),
                None => (inside, String::new()),
            };
            address.parse::<Ipv6Addr>().map_err(|_| HostError)?;
            let port = match after.strip_prefix(':') {
                Some(port) => Some(port),
                None if after.is_empty() => None,
                None => return Err(HostError),
            };
            (format!("{}{zone}", address.to_ascii_lowercase()), port)
        } else {
            let (name, port) = match text.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            };
            if !is_name(name) {
                return Err(HostError);
            }
            (name.to_ascii_lowercase(), port)
        };
        let port = match port {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(digits.parse().map_err(|_| HostError)?)
            }
            Some(_) => return Err(HostError),
            None => None,
        };
        Ok(Self { name, port })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]", self.name.replace('%', "%25"))?;
        } else {
            f.write_str(&self.name)?;
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Host({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_keep_brackets_and_zones_when_written() {
        let cases = [
            ("library.example.org", "library.example.org", None),
            ("Library.Example.org:443", "library.example.org", Some(443)),
            ("127.0.0.1", "127.0.0.1", None),
            ("127.0.0.1:80", "127.0.0.1", Some(80)),
            ("[2001:db8::1]", "2001:db8::1", None),
            ("[2001:db8::1]:5000", "2001:db8::1", Some(5000)),
            ("[fe80::1%25eth0]", "fe80::1%eth0", None),
            ("[fe80::1%25eth0]:5000", "fe80::1%eth0", Some(5000)),
        ];
        for (text, name, port) in cases {
            let host: Host = text.parse().unwrap();
            assert_eq!((host.name(), host.port()), (name, port));
            assert_eq!(host.to_string(), text.to_ascii_lowercase());
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            ":80",
            "a:",
            "a:b",
            "a:70000",
            "a:+1",
            "a b",
            "a@b",
            "[",
            "[]",
            "[::1",
            "[::1]x",
            "[1.2.3.4]",
            "::1",
            "[fe80::1%eth0]",
            "[fe80::1%25]",
            "ä",
        ] {
            assert_eq!(text.parse::<Host>(), Err(HostError), "{text:?}");
        }
    }

    #[test]
    fn loopback_is_known() {
        for (text, loopback) in [
            ("localhost:1", true),
            ("127.9.9.9", true),
            ("[::1]:80", true),
            ("localhost.evil.org", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(
                text.parse::<Host>().unwrap().is_loopback(),
                loopback,
                "{text}"
            );
        }
    }
}
