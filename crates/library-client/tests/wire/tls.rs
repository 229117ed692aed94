//! Whose certificates are believed, against real TLS servers.

use sifter_library_client::http::{Certificate, Distrust, Network, NetworkPlan, Refusal, pin_name};
use sifter_library_client::{Error, Http, discover};
use sifter_test_support::{TlsAuthority, TlsFront, TlsIdentity};
use url::Url;

use super::stage::Stage;

const LIBRARY: &[(&str, u16, &str)] = &[(
    "GET /version",
    200,
    r#"{"data":{"version":"1","apiVersion":"2.0.0"}}"#,
)];

/// A library that is reached by TLS only.
struct Secured {
    front: TlsFront,
    /// What a person sets about the network.
    network: Network,
    http: Http,
    _library: Stage,
}

impl Secured {
    async fn start(identity: TlsIdentity) -> Self {
        let library = Stage::of(LIBRARY).await;
        let front = TlsFront::start(identity).await.unwrap();
        front.pass_to(library.base.socket_addrs(|| None).unwrap()[0]);
        let network = Network::default();
        Self {
            front,
            http: Http::default().on(&network),
            network,
            _library: library,
        }
    }

    async fn refused(&self) -> Refusal {
        let before = self.front.secured();
        let found = discover(&self.http, &self.front.url()).await;
        let Err(Error::Certificate(refusal)) = found else {
            unreachable!("{found:?}");
        };
        assert_eq!(self.front.secured(), before, "the handshake went through");
        *refusal
    }

    async fn accepted(&self) {
        discover(&self.http, &self.front.url()).await.unwrap();
    }

    fn pin(&self, host: &str, der: &[u8]) {
        let mut plan = self.network.plan();
        let certificate = Certificate::read(der).unwrap();
        plan.pinned.insert(host.to_owned(), certificate);
        self.network.set(plan);
    }
}

fn own() -> TlsIdentity {
    TlsIdentity::self_signed(&["localhost"], |_| {}).unwrap()
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_and_shown() {
    let identity = own();
    let server = Secured::start(identity.clone()).await;
    let refusal = server.refused().await;
    assert_eq!(refusal.distrust, Distrust::Unknown);
    assert_eq!(refusal.host, "localhost");
    let shown = refusal.certificate.unwrap();
    assert_eq!(shown.der(), identity.der());
    assert_eq!(shown.subject(), "lab server");
    // Whoever asks about it later finds it under what a person was shown.
    let kept = server.network.refused("localhost", &shown.fingerprint());
    assert_eq!(kept.unwrap().certificate.unwrap(), shown);
    assert!(
        server
            .network
            .refused("other", &shown.fingerprint())
            .is_none()
    );
}

#[tokio::test]
async fn an_authority_that_was_added_is_believed_at_once_and_until_it_is_removed() {
    let lab = TlsAuthority::new("Lab CA").unwrap();
    let server = Secured::start(lab.issue(&["localhost"], |_| {}).unwrap()).await;
    let refusal = server.refused().await;
    assert_eq!(refusal.distrust, Distrust::Unknown);
    assert_eq!(refusal.certificate.unwrap().issuer(), "Lab CA");
    server.network.set(NetworkPlan {
        authorities: Certificate::authorities_in(lab.pem().as_bytes()).unwrap(),
        ..NetworkPlan::default()
    });
    server.accepted().await;
    server.network.set(NetworkPlan::default());
    assert_eq!(server.refused().await.distrust, Distrust::Unknown);
}

#[tokio::test]
async fn an_authority_does_not_make_up_for_a_wrong_name_or_an_end() {
    let lab = TlsAuthority::new("Lab CA").unwrap();
    let server = Secured::start(lab.issue(&["other.example"], |_| {}).unwrap()).await;
    server.network.set(NetworkPlan {
        authorities: Certificate::authorities_in(lab.pem().as_bytes()).unwrap(),
        ..NetworkPlan::default()
    });
    assert_eq!(server.refused().await.distrust, Distrust::OtherName);
    let ended = lab.issue(&["localhost"], |params| {
        params.not_before = date(2020);
        params.not_after = date(2021);
    });
    server.front.show(ended.unwrap());
    assert_eq!(server.refused().await.distrust, Distrust::Expired);
    let early = lab.issue(&["localhost"], |params| params.not_before = date(2900));
    server.front.show(early.unwrap());
    assert_eq!(server.refused().await.distrust, Distrust::NotYet);
}

#[tokio::test]
async fn a_certificate_is_accepted_for_its_host_and_nowhere_else() {
    let identity = own();
    let server = Secured::start(identity.clone()).await;
    for elsewhere in ["library.example", "127.0.0.1", "localhost.example"] {
        server.pin(elsewhere, identity.der());
        assert_eq!(server.refused().await.distrust, Distrust::Unknown);
    }
    server.pin("localhost", identity.der());
    server.accepted().await;
    server.network.set(NetworkPlan::default());
    assert_eq!(server.refused().await.distrust, Distrust::Unknown);
}

#[tokio::test]
async fn a_changed_certificate_is_refused_even_when_an_authority_vouches_for_it() {
    let lab = TlsAuthority::new("Lab CA").unwrap();
    let accepted = own();
    let server = Secured::start(accepted.clone()).await;
    server.network.set(NetworkPlan {
        authorities: Certificate::authorities_in(lab.pem().as_bytes()).unwrap(),
        ..NetworkPlan::default()
    });
    server.pin("localhost", accepted.der());
    server.accepted().await;
    for other in [own(), lab.issue(&["localhost"], |_| {}).unwrap()] {
        server.front.show(other.clone());
        // A new connection, as after any pause.
        server.network.set(server.network.plan());
        let refusal = server.refused().await;
        assert_eq!(refusal.distrust, Distrust::Changed);
        assert_eq!(refusal.certificate.unwrap().der(), other.der());
    }
}

#[tokio::test]
async fn an_accepted_certificate_that_has_ended_is_refused() {
    let ended = TlsIdentity::self_signed(&["localhost"], |params| {
        params.not_before = date(2020);
        params.not_after = date(2021);
    });
    let ended = ended.unwrap();
    let server = Secured::start(ended.clone()).await;
    server.pin("localhost", ended.der());
    assert_eq!(server.refused().await.distrust, Distrust::Expired);
}

#[tokio::test]
async fn what_openssl_makes_by_default_is_unknown_rather_than_broken() {
    let made = TlsIdentity::self_signed(&["localhost"], |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    let made = made.unwrap();
    let server = Secured::start(made.clone()).await;
    assert_eq!(server.refused().await.distrust, Distrust::Unknown);
    server.pin("localhost", made.der());
    server.accepted().await;
}

#[tokio::test]
async fn a_knock_tells_the_certificate_of_the_connection() {
    let identity = own();
    let server = Secured::start(identity.clone()).await;
    server.pin("localhost", identity.der());
    let url = Url::parse(&server.front.url()).unwrap();
    let knock = server
        .http
        .knock(&url.join("version").unwrap())
        .await
        .unwrap();
    assert_eq!(knock.status, 200);
    assert_eq!(knock.certificate.unwrap().der(), identity.der());
    assert_eq!(pin_name(&url).unwrap(), "localhost");
}

fn date(year: i32) -> time::OffsetDateTime {
    rcgen::date_time_ymd(year, 1, 1)
}
