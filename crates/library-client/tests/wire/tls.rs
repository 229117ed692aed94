//! A server whose certificate nobody on this machine vouches for.

use std::sync::Arc;

use rcgen::generate_simple_self_signed;
use sifter_library_client::{Error, Http, discover};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

#[tokio::test]
async fn an_unknown_certificate_is_named_as_the_trouble() {
    sifter_library_client::http::install_crypto();
    let own = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        acceptor.accept(connection).await.is_err()
    });
    let found = discover(&Http::default(), &format!("https://localhost:{port}")).await;
    assert!(matches!(found, Err(Error::Certificate(_))), "{found:?}");
    assert!(server.await.unwrap(), "the handshake went through");
}
