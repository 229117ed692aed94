//! Where the HTTP clients of the app are built, and the rules every request keeps.
//!
//! TLS is rustls with *ring* and the operating system's trust store. No cookies, no referer, no
//! automatic redirects, no compression, no total timeout: only connecting and standing still are
//! bounded. Proxies and what is trusted beside the system's store come from a [`Network`]; the loopback never
//! uses a proxy. Plain http goes to this machine only, unless the caller allowed it for a server of its own.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder};
use url::{Host, Url};

use crate::error::{AddressFault, Error};

pub(crate) mod body;
mod certificate;
mod challenge;
mod desktop;
mod knock;
mod network;
pub(crate) mod pace;
mod public;
pub(crate) mod retry_after;
mod routes;
mod trust;

pub use certificate::{Certificate, CertificateFault, LONGEST_PEM};
pub use desktop::DesktopProxies;
pub use knock::Knock;
pub use network::{ManualProxy, Network, NetworkPlan, ProxyChoice, ProxyInUse, ProxyKind};
use routes::Routes;
pub use trust::{Distrust, Refusal, pin_name};

/// How long a connection may take to open.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an answer, or the next byte of one, may take, unless [`Http::with_idle_timeout`] says
/// otherwise.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a library may think about a finished upload: some hash and verify the whole file first.
pub const COMPLETION_TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// What Sifter calls itself.
pub const USER_AGENT: &str = concat!("Sifter/", env!("CARGO_PKG_VERSION"));

/// A client builder with the project's rules set. The caller adds its own, such as a shorter idle
/// timeout for a sign-in.
pub fn client_builder() -> ClientBuilder {
    bare_builder().read_timeout(IDLE_TIMEOUT)
}

/// Without an idle timeout: reqwest starts it when a request is *sent*, so that it would cut off every
/// upload longer than itself. Uploads are watched by [`pace`] instead.
fn bare_builder() -> ClientBuilder {
    install_crypto();
    Client::builder()
        .tls_backend_rustls()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
}

/// Makes *ring* the process's crypto provider. A provider that is installed already stays.
pub fn install_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only when another thread was faster, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
}

/// Where plain http may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// To this machine only.
    #[default]
    LoopbackOnly,
    /// Anywhere: the person has said yes to it for this server.
    Allowed,
}

/// The connections. Cheap to clone; clones share their pools.
#[derive(Debug, Clone)]
pub struct Http {
    plain: PlainHttp,
    idle: Duration,
    network: Network,
    clients: Arc<Clients>,
}

#[derive(Debug, Default)]
struct Clients {
    reading: Routes,
    sending: Routes,
}

impl Default for Http {
    fn default() -> Self {
        Self::new(PlainHttp::default())
    }
}

impl Http {
    /// Connections under a rule for plain http.
    #[must_use]
    pub fn new(plain: PlainHttp) -> Self {
        Self {
            plain,
            idle: IDLE_TIMEOUT,
            network: Network::default(),
            clients: Arc::default(),
        }
    }

    /// Connections by the proxy and the trust of `network`, and by what they are set to later.
    #[must_use]
    pub fn on(self, network: &Network) -> Self {
        Self {
            network: network.clone(),
            clients: Arc::default(),
            ..self
        }
    }

    /// How other machines are reached.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The same connections under another rule for plain http.
    #[must_use]
    pub fn with_plain(self, plain: PlainHttp) -> Self {
        Self { plain, ..self }
    }

    /// Another time that a library may be silent, up to [`IDLE_TIMEOUT`].
    #[must_use]
    pub fn with_idle_timeout(self, idle: Duration) -> Self {
        let idle = idle.min(IDLE_TIMEOUT);
        Self { idle, ..self }
    }

    /// How long a library may be silent.
    pub(crate) const fn idle(&self) -> Duration {
        self.idle
    }

    /// For requests that are small and answers of any size. Outside this crate it is for protocols with rules of
    /// their own, such as sign-in; they check the address themselves.
    ///
    /// # Errors
    /// [`Error::Setup`] when no client can be made on this machine.
    pub async fn reading(&self, url: &Url) -> Result<Client, Error> {
        self.network.settle(url).await;
        self.clients.reading.get(url, &self.network, client_builder)
    }

    /// For requests of any size; the caller watches the pace.
    pub(crate) async fn sending(&self, url: &Url) -> Result<Client, Error> {
        self.network.settle(url).await;
        self.clients.sending.get(url, &self.network, bare_builder)
    }

    /// Whether an address may be used at all.
    ///
    /// # Errors
    /// [`Error::Address`] names the rule that it breaks.
    pub fn check(&self, url: &Url) -> Result<(), Error> {
        let fault = if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            AddressFault::Malformed
        } else if !url.username().is_empty() || url.password().is_some() {
            AddressFault::Credentials
        } else if url.scheme() == "http"
            && self.plain == PlainHttp::LoopbackOnly
            && !is_loopback(url)
        {
            AddressFault::PlainHttp
        } else {
            return Ok(());
        };
        Err(Error::Address(fault))
    }

    /// Whether a server at `from` may send us on to `to`: never from https to plain http.
    ///
    /// # Errors
    /// [`Error::Address`] names the rule that it breaks.
    pub fn check_onward(&self, from: &Url, to: &Url) -> Result<(), Error> {
        self.check(to)?;
        if from.scheme() == "https" && to.scheme() != "https" {
            return Err(Error::Address(AddressFault::Downgrade));
        }
        Ok(())
    }
}

/// Whether an address is on this machine: `localhost`, `127.0.0.0/8` or `::1`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let http = Http::default();
        for good in [
            "https://a.org",
            "http://127.0.0.1:1/x",
            "http://[::1]/",
            "http://localhost",
        ] {
            assert!(http.check(&url(good)).is_ok(), "{good}");
        }
        for (bad, fault) in [
            ("http://a.org/", AddressFault::PlainHttp),
            ("http://localhost.a.org/", AddressFault::PlainHttp),
            ("https://u:p@a.org/", AddressFault::Credentials),
            ("ftp://a.org/", AddressFault::Malformed),
        ] {
            let found = http.check(&url(bad));
            assert!(
                matches!(found, Err(Error::Address(found)) if found == fault),
                "{bad}"
            );
        }
        assert!(
            Http::new(PlainHttp::Allowed)
                .check(&url("http://a.org/"))
                .is_ok()
        );
    }

    #[test]
    fn https_never_leads_to_plain_http() {
        let http = Http::new(PlainHttp::Allowed);
        let (secure, plain) = (url("https://a.org/"), url("http://127.0.0.1/"));
        assert!(http.check_onward(&plain, &secure).is_ok());
        assert!(matches!(
            http.check_onward(&secure, &plain),
            Err(Error::Address(AddressFault::Downgrade))
        ));
    }
}
