//! TLS over loopback: certificates made for a test, and a server that shows one and passes everything on to a
//! plain one behind it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_util::task::AbortOnDropHandle;

use crate::connections::serve;

/// A certificate and its key, for a server.
#[derive(Clone)]
pub struct TlsIdentity {
    /// What is shown first.
    certificate: Certificate,
    config: Arc<ServerConfig>,
}

impl TlsIdentity {
    /// A certificate for `names` that nobody vouches for. `change` may make it odd.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn self_signed(
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Result<Self> {
        let key = KeyPair::generate()?;
        let certificate = params(names, change)?.self_signed(&key)?;
        Self::of(certificate, &key)
    }

    fn of(certificate: Certificate, key: &KeyPair) -> Result<Self> {
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], der)?;
        Ok(Self {
            certificate,
            config: Arc::new(config),
        })
    }

    /// The certificate in its encoding.
    pub fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    /// The certificate in the form of files.
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }
}

impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsIdentity").finish_non_exhaustive()
    }
}

fn params(
    names: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> Result<CertificateParams> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "lab server");
    change(&mut params);
    Ok(params)
}

/// Somebody who vouches for certificates.
pub struct TlsAuthority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl TlsAuthority {
    /// An authority called `name`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(name: &str) -> Result<Self> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Self {
            issuer: Issuer::new(params, key),
            pem,
        })
    }

    /// Its certificate in the form of files.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for `names`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn issue(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Result<TlsIdentity> {
        let key = KeyPair::generate()?;
        let certificate = params(names, change)?.signed_by(&key, &self.issuer)?;
        TlsIdentity::of(certificate, &key)
    }
}

/// A server that speaks TLS. Dropping it closes its port.
#[derive(Debug)]
pub struct TlsFront {
    address: SocketAddr,
    shared: Arc<Shared>,
    _serving: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    shown: Mutex<TlsIdentity>,
    upstream: Mutex<Option<SocketAddr>>,
    /// How many handshakes came to their end.
    secured: AtomicUsize,
}

impl TlsFront {
    /// Starts on a free loopback port. Until [`pass_to`](Self::pass_to) it hangs up after the handshake.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(identity: TlsIdentity) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("binding a TLS front")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            shown: Mutex::new(identity),
            upstream: Mutex::default(),
            secured: AtomicUsize::new(0),
        });
        let carried = Arc::clone(&shared);
        let serving = serve(listener, move |near| carry(near, Arc::clone(&carried)));
        Ok(Self {
            address,
            shared,
            _serving: AbortOnDropHandle::new(tokio::spawn(serving)),
        })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a person would type it, for a certificate for `localhost`.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Passes what comes on to a server from now on.
    pub fn pass_to(&self, upstream: SocketAddr) {
        *self.shared.upstream() = Some(upstream);
    }

    /// Shows another certificate from now on.
    pub fn show(&self, identity: TlsIdentity) {
        *self.shared.shown() = identity;
    }

    /// How many handshakes came to their end: connections whose certificate was accepted.
    pub fn secured(&self) -> usize {
        self.shared.secured.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn upstream(&self) -> std::sync::MutexGuard<'_, Option<SocketAddr>> {
        self.upstream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, TlsIdentity> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn carry(connection: TcpStream, shared: Arc<Shared>) -> Result<()> {
    let config = Arc::clone(&shared.shown().config);
    let mut near = TlsAcceptor::from(config).accept(connection).await?;
    shared.secured.fetch_add(1, Ordering::SeqCst);
    let upstream = *shared.upstream();
    let mut far = TcpStream::connect(upstream.context("there is nothing behind")?).await?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}
