//! Where a request comes from, for counting attempts and for naming a device that asks.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

use crate::config::Config;
use crate::state::AppState;

/// The other end of a connection, put beside each request by the listener.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Connected(pub(crate) IpAddr);

/// The address of whoever sent a request.
///
/// Behind a reverse proxy (a public address is configured, and the connection comes from loopback or from a
/// trusted proxy) it is the last address of `X-Forwarded-For`, the one that the proxy itself has added.
/// Everything before it can be made up by the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    /// What counts as one place: an IPv4 address, or a network of 64 bits, the least that one
    /// connection has in IPv6.
    pub(crate) fn place(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address => address,
        }
    }
}

impl FromRequestParts<AppState> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<Connected>();
        let direct = connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
        Ok(Self(sender(direct, &parts.headers, state.config())))
    }
}

fn sender(direct: IpAddr, headers: &HeaderMap, config: &Config) -> IpAddr {
    let near = direct.to_canonical();
    let is_proxy = near.is_loopback()
        || config
            .trusted_proxies
            .iter()
            .any(|network| network.contains(&near));
    if config.public_url.is_none() || !is_proxy {
        return direct;
    }
    let values = headers.get_all("x-forwarded-for");
    let last = values
        .iter()
        .next_back()
        .and_then(|line| line.to_str().ok());
    last.and_then(|line| line.rsplit(',').next()?.trim().parse().ok())
        .unwrap_or(direct)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;
    use crate::config::Owner;

    fn place(address: &str) -> String {
        Peer(address.parse().unwrap()).place().to_string()
    }

    #[test]
    fn one_connection_is_one_place() {
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
        assert_eq!(place("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(place("2001:db8:1:2:3::4"), place("2001:db8:1:2:9::1"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }

    #[test]
    fn the_header_is_believed_from_a_proxy_of_a_public_library_only() {
        let owner = Owner {
            login: "ada".into(),
            display_name: String::new(),
        };
        let mut config = Config::new("/nonexistent", owner);
        config.trusted_proxies = vec!["172.18.0.0/16".parse().unwrap()];
        let header = HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_static("203.0.113.9, 198.51.100.7"),
        )]);
        let sender = |direct: &str, config: &Config| {
            sender(direct.parse().unwrap(), &header, config).to_string()
        };
        assert_eq!(sender("127.0.0.1", &config), "127.0.0.1");
        config.public_url = Some("https://library.example.org".parse().unwrap());
        assert_eq!(sender("127.0.0.1", &config), "198.51.100.7");
        assert_eq!(sender("172.18.0.2", &config), "198.51.100.7");
        assert_eq!(sender("::ffff:172.18.0.2", &config), "198.51.100.7");
        assert_eq!(sender("172.19.0.2", &config), "172.19.0.2");
        assert_eq!(
            super::sender("127.0.0.1".parse().unwrap(), &HeaderMap::new(), &config).to_string(),
            "127.0.0.1"
        );
    }
}
