//! Where a request comes from, for counting attempts and for naming a device that asks.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use http::request::Parts;

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
        let config = state.config();
        let is_proxy = |address: IpAddr| {
            let listed = &config.trusted_proxies;
            address.is_loopback() || listed.iter().any(|network| network.contains(&address))
        };
        let proxied = config.public_url.is_some() && is_proxy(direct.to_canonical());
        let forwarded = || {
            let values = parts.headers.get_all("x-forwarded-for");
            let last = values.iter().next_back()?.to_str().ok()?;
            last.rsplit(',').next()?.trim().parse().ok()
        };
        let address = if proxied { forwarded() } else { None };
        Ok(Self(address.unwrap_or(direct)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
