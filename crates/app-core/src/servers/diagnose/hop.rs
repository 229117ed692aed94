//! The way to one host: its name, the proxy, the connection, the encryption.

use std::io;
use std::net::SocketAddr;

use sifter_contract::{CheckKind, CheckOutcome, Seen, SkipReason, UiError};
use sifter_library_client::http::{Knock, pin_name};
use sifter_library_client::{Error, Http, Unreachable};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

use super::{PATIENCE, WAY, earlier};
use crate::clock::rfc3339;
use crate::errors::{self, Place};
use crate::network::host_and_port;
use crate::servers::diagnose::board::Board;
use crate::servers::view::host_text;

/// How many addresses of a name are shown.
const MOST_SHOWN: usize = 4;

/// Looks at every step and answers whether all of them work.
pub(super) async fn walk(board: &Board, http: &Http, url: &Url) -> bool {
    let way = Way {
        board,
        http,
        url,
        host: host_text(url),
    };
    let passed = way.walk().await;
    if !passed {
        way.skip_rest();
    }
    passed
}

struct Way<'a> {
    board: &'a Board,
    http: &'a Http,
    url: &'a Url,
    host: String,
}

impl Way<'_> {
    async fn walk(&self) -> bool {
        let network = self.http.network();
        network.settle(self.url).await;
        if let Some(proxy) = network.proxy_for(self.url) {
            self.skip(CheckKind::Name, SkipReason::ByProxy);
            self.skip(CheckKind::Connection, SkipReason::ByProxy);
            self.run(CheckKind::Proxy);
            let through = Seen::Through {
                proxy: host_and_port(&proxy.host, proxy.port),
                system: proxy.system,
            };
            return self.secure(Some(through)).await;
        }
        self.skip(CheckKind::Proxy, SkipReason::NoProxy);
        let Some(addresses) = self.look_up().await else {
            return false;
        };
        self.connect(&addresses).await && self.secure(None).await
    }

    async fn look_up(&self) -> Option<Vec<SocketAddr>> {
        let port = self.url.port_or_known_default()?;
        let name = match self.url.host()? {
            Host::Ipv4(address) => {
                self.skip(CheckKind::Name, SkipReason::Number);
                return Some(vec![SocketAddr::from((address, port))]);
            }
            Host::Ipv6(address) => {
                self.skip(CheckKind::Name, SkipReason::Number);
                return Some(vec![SocketAddr::from((address, port))]);
            }
            Host::Domain(name) => name,
        };
        self.run(CheckKind::Name);
        let found = timeout(PATIENCE, lookup_host((name, port))).await;
        let found = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let addresses: Vec<SocketAddr> = match found {
            Ok(found) => found.collect(),
            Err(error) => {
                let unknown = errors::unreachable(Unreachable::Dns, &self.place());
                let error = unknown.details(errors::chain(&error));
                self.bad(CheckKind::Name, error);
                return None;
            }
        };
        if addresses.is_empty() {
            let unknown = errors::unreachable(Unreachable::Dns, &self.place());
            self.bad(CheckKind::Name, unknown);
            return None;
        }
        let shown = addresses.iter().map(|address| address.ip().to_string());
        let addresses_shown = shown.take(MOST_SHOWN).collect();
        self.good(
            CheckKind::Name,
            Seen::Addresses {
                addresses: addresses_shown,
            },
        );
        Some(addresses)
    }

    async fn connect(&self, addresses: &[SocketAddr]) -> bool {
        self.run(CheckKind::Connection);
        let mut last = io::Error::from(io::ErrorKind::TimedOut);
        for address in addresses.iter().take(MOST_SHOWN) {
            match timeout(PATIENCE, TcpStream::connect(address)).await {
                Ok(Ok(_)) => {
                    let to = address.to_string();
                    self.good(CheckKind::Connection, Seen::Connected { to });
                    return true;
                }
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        let reason = match last.kind() {
            io::ErrorKind::ConnectionRefused => Unreachable::Refused,
            io::ErrorKind::TimedOut => Unreachable::Timeout,
            _ => Unreachable::Network,
        };
        let error = errors::unreachable(reason, &self.place()).details(errors::chain(&last));
        self.bad(CheckKind::Connection, error);
        false
    }

    /// A request shows the rest: whether the proxy lets it through, and whether the connection is secure.
    async fn secure(&self, through: Option<Seen>) -> bool {
        let encrypted = self.url.scheme() == "https";
        if encrypted && through.is_none() {
            self.run(CheckKind::Encryption);
        }
        let knocked = self.http.knock(self.url).await;
        if let Err(error @ Error::Unreachable { reason, .. }) = &knocked
            && matches!(reason, Unreachable::Proxy | Unreachable::ProxySignIn)
        {
            self.bad(CheckKind::Proxy, errors::client(error, &self.place()));
            return false;
        }
        if let Some(through) = through {
            self.good(CheckKind::Proxy, through);
        }
        if !encrypted {
            self.skip(CheckKind::Encryption, SkipReason::NotEncrypted);
            return true;
        }
        match knocked {
            Ok(knock) => {
                self.good(CheckKind::Encryption, self.secured(&knock));
                true
            }
            Err(error @ Error::Certificate(_)) => {
                self.bad(CheckKind::Encryption, errors::client(&error, &self.place()));
                false
            }
            Err(error) => {
                let unsafe_end = errors::not_secured(&self.place());
                self.bad(
                    CheckKind::Encryption,
                    unsafe_end.details(errors::chain(&error)),
                );
                false
            }
        }
    }

    fn secured(&self, knock: &Knock) -> Seen {
        let plan = self.http.network().plan();
        let pinned = pin_name(self.url).is_some_and(|host| plan.pinned.contains_key(&host));
        let shown = knock.certificate.as_ref();
        Seen::Secured {
            issuer: shown.map_or_else(String::new, |shown| shown.issuer().to_owned()),
            until: shown
                .and_then(|shown| rfc3339(shown.until()))
                .unwrap_or_default(),
            pinned,
        }
    }

    fn place(&self) -> Place {
        Place::of(&self.host, false)
    }

    fn run(&self, kind: CheckKind) {
        self.board.set(&self.host, kind, CheckOutcome::Running);
    }

    fn good(&self, kind: CheckKind, seen: Seen) {
        self.board
            .set(&self.host, kind, CheckOutcome::Good { seen });
    }

    fn bad(&self, kind: CheckKind, error: UiError) {
        self.board
            .set(&self.host, kind, CheckOutcome::Bad { error });
    }

    fn skip(&self, kind: CheckKind, why: SkipReason) {
        self.board
            .set(&self.host, kind, CheckOutcome::Skipped { why });
    }

    fn skip_rest(&self) {
        for kind in WAY {
            self.board.set_open(&self.host, kind, earlier());
        }
    }
}
