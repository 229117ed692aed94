//! The proxies that the desktop names. It is asked address by address, because its settings may hold a script that
//! decides (PAC), and asked before a request begins, because an answer may take its time.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use crate::token::BoxFuture;

/// How long an answer counts.
const FRESH: Duration = Duration::from_secs(60);
/// How long the desktop may take. Without an answer the way is direct.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most origins whose answers are kept.
const MOST_KNOWN: usize = 256;

/// The variables that name a proxy for one start of a program, and so go before the settings of the desktop.
const VARIABLES: [&str; 3] = ["http_proxy", "https_proxy", "all_proxy"];

/// Asks the desktop for the way to an address.
pub trait DesktopProxies: fmt::Debug + Send + Sync {
    /// The proxies for `url`, the first choice first: `http://proxy.example:3128`, `socks5://…`, or `direct://` for
    /// none. The address has no path and no query.
    fn lookup<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Vec<String>>;
}

/// The desktop, and what it has said lately.
pub(super) struct Desktop {
    asked: Arc<dyn DesktopProxies>,
    /// By origin: when it was said, and the proxy.
    known: Mutex<HashMap<String, (Instant, Option<Url>)>>,
}

impl fmt::Debug for Desktop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address of a proxy may hold a password.
        f.debug_struct("Desktop").finish_non_exhaustive()
    }
}

impl Desktop {
    pub(super) fn new(asked: Arc<dyn DesktopProxies>) -> Self {
        Self {
            asked,
            known: Mutex::default(),
        }
    }

    /// Asks about the origin of `url`, unless it was asked a moment ago.
    pub(super) async fn settle(&self, url: &Url) {
        let origin = url.origin().ascii_serialization();
        let fresh = |(said, _): &(Instant, Option<Url>)| said.elapsed() < FRESH;
        if self.known().get(&origin).is_some_and(fresh) {
            return;
        }
        // Whoever decides about the way learns nothing but the host.
        let Ok(bare) = Url::parse(&origin) else {
            return;
        };
        let said = tokio::time::timeout(PATIENCE, self.asked.lookup(&bare)).await;
        let said = said.unwrap_or_else(|_| {
            tracing::warn!("the desktop does not say which proxy to use");
            Vec::new()
        });
        let mut known = self.known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(origin, (Instant::now(), first(&said)));
    }

    /// The proxy for `url`, as far as it was asked about.
    pub(super) fn proxy(&self, url: &Url) -> Option<Url> {
        let known = self.known();
        let (_, proxy) = known.get(&url.origin().ascii_serialization())?;
        proxy.clone()
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, (Instant, Option<Url>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the environment names a proxy.
pub(super) fn is_in_environment() -> bool {
    let names = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    VARIABLES
        .iter()
        .any(|name| names(name) || names(&name.to_ascii_uppercase()))
}

/// The first choice that can be followed; `None` when that is the direct way, or there is none.
fn first(said: &[String]) -> Option<Url> {
    said.iter().find_map(|text| usable(text)).flatten()
}

/// A choice, where it can be followed: a proxy, or none.
fn usable(text: &str) -> Option<Option<Url>> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = match scheme {
        "direct" => return Some(None),
        "http" | "https" => scheme,
        // The kind of SOCKS at which the proxy looks names up.
        "socks" | "socks5" | "socks5h" => "socks5h",
        _ => return None,
    };
    let proxy = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    proxy.has_host().then_some(Some(proxy))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says one thing about each host, and counts.
    #[derive(Debug, Default)]
    struct Played {
        asked: Mutex<Vec<String>>,
    }

    impl DesktopProxies for Played {
        fn lookup<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Vec<String>> {
            self.asked.lock().unwrap().push(url.to_string());
            Box::pin(async move {
                let said: &[&str] = match url.host_str().unwrap_or_default() {
                    "far.example" => &["gopher://x", "http://proxy.lab:3128", "direct://"],
                    "deep.example" => &["socks://[::1]:1080"],
                    "silent.example" => std::future::pending().await,
                    "odd.example" => &["proxy.lab:3128", "http://", "socks4://proxy.lab:1"],
                    _ => &["direct://", "http://proxy.lab:3128"],
                };
                said.iter().map(|&text| text.to_owned()).collect()
            })
        }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn each_host_has_its_way_and_is_asked_about_once_in_a_while() {
        let played = Arc::new(Played::default());
        let desktop = Desktop::new(Arc::<Played>::clone(&played));
        let far = url("https://far.example/presigned?secret=1");
        assert_eq!(desktop.proxy(&far), None, "not asked yet");
        for (address, proxy) in [
            (far.as_str(), Some("http://proxy.lab:3128/")),
            ("https://deep.example/", Some("socks5h://[::1]:1080")),
            ("https://near.example/", None),
            ("https://odd.example/", None),
        ] {
            desktop.settle(&url(address)).await;
            let found = desktop.proxy(&url(address));
            assert_eq!(found.as_ref().map(Url::as_str), proxy, "{address}");
        }
        desktop.settle(&url("https://far.example/other")).await;
        let asked = || played.asked.lock().unwrap().clone();
        assert_eq!(asked().len(), 4);
        assert_eq!(asked()[0], "https://far.example/", "the host alone is told");
        tokio::time::advance(FRESH).await;
        desktop.settle(&far).await;
        assert_eq!(asked().len(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_desktop_that_does_not_answer_holds_nobody_up_for_long() {
        let desktop = Desktop::new(Arc::new(Played::default()));
        let silent = url("https://silent.example/");
        let begun = Instant::now();
        desktop.settle(&silent).await;
        assert_eq!(begun.elapsed(), PATIENCE);
        assert_eq!(desktop.proxy(&silent), None);
    }
}
