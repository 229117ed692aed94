//! Through a proxy: which one, with which sign-in, and what is said when it does not let anything through.

use std::net::SocketAddr;

use sifter_library_client::http::{
    Certificate, ManualProxy, Network, NetworkPlan, ProxyChoice, ProxyKind,
};
use sifter_library_client::{Error, Http, Unreachable, discover};
use sifter_test_support::{ForwardProxy, TlsFront, TlsIdentity};

use super::stage::Stage;

const LIBRARY: &[(&str, u16, &str)] = &[(
    "GET /version",
    200,
    r#"{"data":{"version":"1","apiVersion":"2.0.0"}}"#,
)];
/// A name of the world that leads nowhere without the proxy (RFC 2606).
const NAME: &str = "library.invalid";

/// A library that only a proxy leads to.
struct Inside {
    front: TlsFront,
    network: Network,
    http: Http,
    _library: Stage,
}

impl Inside {
    async fn start() -> Self {
        let library = Stage::of(LIBRARY).await;
        let identity = TlsIdentity::self_signed(&[NAME], |_| {}).unwrap();
        let front = TlsFront::start(identity.clone()).await.unwrap();
        front.pass_to(library.base.socket_addrs(|| None).unwrap()[0]);
        let mut plan = NetworkPlan::default();
        let certificate = Certificate::read(identity.der()).unwrap();
        plan.pinned.insert(NAME.to_owned(), certificate);
        let network = Network::new(plan);
        Self {
            front,
            http: Http::default().on(&network),
            network,
            _library: library,
        }
    }

    async fn proxy(&self, sign_in: Option<(&str, &str)>) -> ForwardProxy {
        let ways = [("library.invalid:443", self.front.address())];
        ForwardProxy::start(&ways, sign_in).await.unwrap()
    }

    fn set(&self, kind: ProxyKind, address: SocketAddr, sign_in: Option<(&str, &str)>) {
        let mut plan = self.network.plan();
        plan.proxy = ProxyChoice::Manual(ManualProxy {
            kind,
            host: address.ip().to_string(),
            port: address.port(),
            bypass: Vec::new(),
            credentials: sign_in.map(|(name, password)| (name.into(), password.into())),
        });
        self.network.set(plan);
    }

    async fn trouble(&self) -> Unreachable {
        let found = discover(&self.http, NAME).await;
        let Err(Error::Unreachable { reason, .. }) = found else {
            unreachable!("{found:?}");
        };
        reason
    }
}

#[tokio::test]
async fn a_manual_proxy_leads_to_the_library_in_both_languages() {
    let inside = Inside::start().await;
    let proxy = inside.proxy(None).await;
    for kind in [ProxyKind::Http, ProxyKind::Socks5] {
        inside.set(kind, proxy.address(), None);
        discover(&inside.http, NAME).await.unwrap();
    }
    assert!(
        proxy
            .asked()
            .iter()
            .all(|asked| asked == "library.invalid:443")
    );
    assert!(proxy.asked().len() >= 2);
}

#[tokio::test]
async fn a_change_of_the_proxy_counts_from_the_next_request_on() {
    let inside = Inside::start().await;
    let proxy = inside.proxy(None).await;
    inside.set(ProxyKind::Http, proxy.address(), None);
    discover(&inside.http, NAME).await.unwrap();
    let asked = proxy.asked().len();
    let mut plan = inside.network.plan();
    plan.proxy = ProxyChoice::Direct;
    inside.network.set(plan);
    assert_eq!(inside.trouble().await, Unreachable::Dns);
    assert_eq!(proxy.asked().len(), asked, "the proxy was still used");
}

#[tokio::test]
async fn a_proxy_is_signed_in_to_and_one_that_wants_it_is_told_apart() {
    let inside = Inside::start().await;
    let sign_in = Some(("ada", "hunter2"));
    let proxy = inside.proxy(sign_in).await;
    for kind in [ProxyKind::Http, ProxyKind::Socks5] {
        for wrong in [None, Some(("ada", "hunter3"))] {
            inside.set(kind, proxy.address(), wrong);
            let trouble = inside.trouble().await;
            assert_eq!(trouble, Unreachable::ProxySignIn, "{kind:?} {wrong:?}");
        }
        inside.set(kind, proxy.address(), sign_in);
        discover(&inside.http, NAME).await.unwrap();
    }
}

#[tokio::test]
async fn a_proxy_that_is_away_or_says_no_is_not_taken_for_the_server() {
    let inside = Inside::start().await;
    let strict = ForwardProxy::start(&[], None).await.unwrap();
    let away = {
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        gone.local_addr().unwrap()
    };
    for kind in [ProxyKind::Http, ProxyKind::Socks5] {
        for address in [strict.address(), away] {
            inside.set(kind, address, None);
            assert_eq!(inside.trouble().await, Unreachable::Proxy, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn this_machine_is_reached_directly_whatever_the_proxy() {
    let inside = Inside::start().await;
    let proxy = inside.proxy(None).await;
    inside.set(ProxyKind::Http, proxy.address(), None);
    let library = Stage::of(LIBRARY).await;
    discover(&inside.http, library.base.as_str()).await.unwrap();
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn the_check_of_certificates_holds_behind_a_proxy_too() {
    let inside = Inside::start().await;
    let proxy = inside.proxy(None).await;
    let mut plan = inside.network.plan();
    plan.pinned.clear();
    inside.network.set(plan);
    inside.set(ProxyKind::Http, proxy.address(), None);
    let found = discover(&inside.http, NAME).await;
    assert!(matches!(found, Err(Error::Certificate(_))), "{found:?}");
}
