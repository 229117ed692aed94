//! How this installation reaches other machines: through which proxy, and whose certificates it believes. One value
//! is shared by everything that makes requests, so that a change counts from the next request on.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{ClientBuilder, NoProxy, Proxy};
use rustls::ClientConfig;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::certificate::Certificate;
use super::desktop::{Desktop, DesktopProxies, is_in_environment};
use super::is_loopback;
use super::trust::{self, Refusal};
use crate::error::Error;

/// Through what requests to other machines go. This machine is always reached directly.
#[derive(Debug, Clone, Default)]
pub enum ProxyChoice {
    /// What the operating system says: environment variables, else the desktop where it can be asked
    /// ([`Network::with_desktop`]), on macOS and Windows the system's settings. Only a desktop that is asked runs
    /// scripts that choose a proxy (PAC).
    #[default]
    System,
    /// None.
    Direct,
    /// The one a person has entered.
    Manual(ManualProxy),
}

/// The language that a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP, over a plain connection to the proxy.
    Http,
    /// HTTP, over an encrypted connection to the proxy.
    Https,
    /// SOCKS version 5; the proxy looks names up (RFC 1928).
    Socks5,
}

/// A proxy that a person has entered.
#[derive(Debug, Clone)]
pub struct ManualProxy {
    /// Its language.
    pub kind: ProxyKind,
    /// Its host, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Hosts that are reached directly: names with everything below them, addresses, and ranges such as `10.0.0.0/8`.
    pub bypass: Vec<String>,
    /// Name and password, where the proxy wants them.
    pub credentials: Option<(String, SecretString)>,
}

impl ManualProxy {
    /// Its address, which holds no password.
    #[must_use]
    pub fn address(&self) -> String {
        // The kind of SOCKS at which the proxy looks names up.
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Https => "https",
            ProxyKind::Socks5 => "socks5h",
        };
        let host = &self.host;
        if host.contains(':') {
            format!("{scheme}://[{host}]:{}", self.port)
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }
}

/// What a person has set.
#[derive(Debug, Clone, Default)]
pub struct NetworkPlan {
    /// The proxy.
    pub proxy: ProxyChoice,
    /// Authorities that are believed beside those of the operating system.
    pub authorities: Vec<Certificate>,
    /// By host ([`pin_name`](super::pin_name)): the one certificate that is believed there.
    pub pinned: BTreeMap<String, Certificate>,
}

/// The proxy that an address is reached through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyInUse {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the operating system named it; otherwise a person did.
    pub system: bool,
}

/// What counts now. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct Network {
    shared: Arc<RwLock<Arc<Active>>>,
    refused: Refused,
    desktop: Option<Arc<Desktop>>,
}

/// The last certificates that were not believed, newest last: what a person may be asked about.
pub(super) type Refused = Arc<Mutex<VecDeque<Refusal>>>;

/// How many of them are kept.
const MOST_REFUSED: usize = 32;

/// A plan, and what is made from it once.
#[derive(Debug)]
pub(super) struct Active {
    plan: NetworkPlan,
    refused: Refused,
    desktop: Option<Arc<Desktop>>,
    tls: OnceLock<ClientConfig>,
}

impl Default for Network {
    fn default() -> Self {
        Self::new(NetworkPlan::default())
    }
}

impl Network {
    /// A network by a plan.
    #[must_use]
    pub fn new(plan: NetworkPlan) -> Self {
        Self::with_desktop(plan, None)
    }

    /// A network by a plan, on a desktop that says which proxy leads to an address.
    #[must_use]
    pub fn with_desktop(plan: NetworkPlan, desktop: Option<Arc<dyn DesktopProxies>>) -> Self {
        let refused = Refused::default();
        // What was said at the start of the program goes before what is set for all of them.
        let desktop = desktop.filter(|_| !is_in_environment());
        let desktop = desktop.map(|asked| Arc::new(Desktop::new(asked)));
        let active = Active::new(plan, &refused, desktop.clone());
        Self {
            shared: Arc::new(RwLock::new(Arc::new(active))),
            refused,
            desktop,
        }
    }

    /// Makes another plan count, from the next request on. Connections of the old one are not used again.
    pub fn set(&self, plan: NetworkPlan) {
        let active = Active::new(plan, &self.refused, self.desktop.clone());
        *self.shared.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(active);
    }

    /// What counts now.
    #[must_use]
    pub fn plan(&self) -> NetworkPlan {
        self.active().plan.clone()
    }

    /// The certificate with this fingerprint that `host` has shown lately and that was not believed.
    #[must_use]
    pub fn refused(&self, host: &str, fingerprint: &str) -> Option<Refusal> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = refused.iter().rev().filter(|refusal| refusal.host == host);
        found
            .find(|refusal| {
                let shown = refusal.certificate.as_ref();
                shown.is_some_and(|shown| shown.fingerprint() == fingerprint)
            })
            .cloned()
    }

    pub(super) fn active(&self) -> Arc<Active> {
        Arc::clone(&self.shared.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the desktop for the way to `url`, where that is what counts. Everything that makes a request does it first.
    pub async fn settle(&self, url: &Url) {
        let desktop = self.active().asked_desktop().cloned();
        if let Some(desktop) = desktop.filter(|_| !is_loopback(url)) {
            desktop.settle(url).await;
        }
    }

    /// The proxy that requests to `url` go through now; `None` when they go there directly. Where the desktop decides,
    /// as it was asked last ([`Network::settle`]).
    #[must_use]
    pub fn proxy_for(&self, url: &Url) -> Option<ProxyInUse> {
        if is_loopback(url) {
            return None;
        }
        let active = self.active();
        if let Some(desktop) = active.asked_desktop() {
            let proxy = desktop.proxy(url)?;
            return Some(ProxyInUse {
                host: proxy.host_str()?.trim_matches(['[', ']']).to_owned(),
                port: proxy.port_or_known_default().unwrap_or(1080),
                system: true,
            });
        }
        let (matcher, system) = match &active.plan.proxy {
            ProxyChoice::System => (Matcher::from_system(), true),
            ProxyChoice::Direct => return None,
            ProxyChoice::Manual(proxy) => {
                let builder = Matcher::builder().all(proxy.address());
                (builder.no(proxy.bypass.join(",")).build(), false)
            }
        };
        let found = matcher.intercept(&url.as_str().parse().ok()?)?;
        let uri = found.uri();
        let host = uri.host()?.trim_matches(['[', ']']).to_owned();
        let usual = match uri.scheme_str() {
            Some("https") => 443,
            Some("http") => 80,
            _ => 1080,
        };
        Some(ProxyInUse {
            host,
            port: uri.port_u16().unwrap_or(usual),
            system,
        })
    }
}

/// Notes a certificate that was not believed.
pub(super) fn note(refused: &Refused, refusal: Refusal) {
    let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
    let is_same =
        |known: &Refusal| known.host == refusal.host && known.certificate == refusal.certificate;
    refused.retain(|known| !is_same(known));
    if refused.len() == MOST_REFUSED {
        refused.pop_front();
    }
    refused.push_back(refusal);
}

impl Active {
    fn new(plan: NetworkPlan, refused: &Refused, desktop: Option<Arc<Desktop>>) -> Self {
        Self {
            plan,
            refused: Arc::clone(refused),
            desktop,
            tls: OnceLock::new(),
        }
    }

    /// The desktop, where it is what decides about proxies.
    fn asked_desktop(&self) -> Option<&Arc<Desktop>> {
        let is_system = matches!(self.plan.proxy, ProxyChoice::System);
        self.desktop.as_ref().filter(|_| is_system)
    }

    /// For other machines: by the proxy and the trust of the plan.
    pub(super) fn remote(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let builder = self.secured(builder)?;
        if let Some(desktop) = self.asked_desktop() {
            let desktop = Arc::clone(desktop);
            let proxy = Proxy::custom(move |url| desktop.proxy(url));
            return Ok(builder.no_proxy().proxy(proxy));
        }
        match &self.plan.proxy {
            ProxyChoice::System => Ok(builder),
            ProxyChoice::Direct => Ok(builder.no_proxy()),
            ProxyChoice::Manual(manual) => {
                let mut proxy = Proxy::all(manual.address())?
                    .no_proxy(NoProxy::from_string(&manual.bypass.join(",")));
                if let Some((name, password)) = &manual.credentials {
                    proxy = proxy.basic_auth(name, password.expose_secret());
                }
                // A manual proxy takes the place of the system's.
                Ok(builder.no_proxy().proxy(proxy))
            }
        }
    }

    /// For this machine, encrypted.
    pub(super) fn local(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        Ok(self.secured(builder)?.no_proxy())
    }

    fn secured(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let config = match self.tls.get() {
            Some(config) => config.clone(),
            None => {
                // Reading the system's certificates takes a while, so it happens once for all clients of a plan.
                let made = trust::config(&self.plan, Arc::clone(&self.refused))
                    .map_err(|error| Error::Setup(error.into()))?;
                self.tls.get_or_init(|| made).clone()
            }
        };
        Ok(builder.tls_backend_preconfigured(config).tls_info(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manual(bypass: &[&str]) -> Network {
        Network::new(NetworkPlan {
            proxy: ProxyChoice::Manual(ManualProxy {
                kind: ProxyKind::Http,
                host: "proxy.lab".into(),
                port: 3128,
                bypass: bypass.iter().map(|&host| host.to_owned()).collect(),
                credentials: Some(("ada".into(), "hunter2".to_owned().into())),
            }),
            ..NetworkPlan::default()
        })
    }

    fn through(network: &Network, url: &str) -> Option<String> {
        let found = network.proxy_for(&Url::parse(url).unwrap());
        found.map(|proxy| format!("{}:{}", proxy.host, proxy.port))
    }

    #[test]
    fn a_manual_proxy_is_used_except_where_it_is_bypassed_and_on_this_machine() {
        let network = manual(&["inside.example", "10.0.0.0/8"]);
        let proxy = Some("proxy.lab:3128".to_owned());
        assert_eq!(through(&network, "https://library.example/"), proxy);
        assert_eq!(through(&network, "http://library.example/"), proxy);
        for direct in [
            "https://inside.example/",
            "https://deep.inside.example/",
            "https://10.2.3.4/",
            "http://127.0.0.1:5000/",
            "https://localhost/",
            "http://[::1]/",
        ] {
            assert_eq!(through(&network, direct), None, "{direct}");
        }
        network.set(NetworkPlan {
            proxy: ProxyChoice::Direct,
            ..NetworkPlan::default()
        });
        assert_eq!(through(&network, "https://library.example/"), None);
    }

    #[test]
    fn a_password_is_not_in_what_is_printed() {
        assert!(!format!("{:?}", manual(&[])).contains("hunter2"));
    }

    #[test]
    fn the_address_of_a_proxy_says_its_language() {
        let mut proxy = ManualProxy {
            kind: ProxyKind::Socks5,
            host: "::1".into(),
            port: 1080,
            bypass: Vec::new(),
            credentials: None,
        };
        assert_eq!(proxy.address(), "socks5h://[::1]:1080");
        proxy.kind = ProxyKind::Https;
        proxy.host = "proxy.lab".into();
        assert_eq!(proxy.address(), "https://proxy.lab:1080");
    }
}
