//! The listener under the name of this computer, which may be either address family.

use std::net::{Ipv6Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Expect, Host, Loopback, Outcome, Redirect};

const STATE: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const BY_NAME: Redirect = Redirect {
    host: Host::Name,
    path: "/",
};

fn expect() -> Expect {
    Expect {
        state: STATE.into(),
        issuer: "https://id.example.org".into(),
        issuer_required: false,
    }
}

/// A browser that goes to an address, and the status it gets.
async fn visit(at: SocketAddr, host: &str) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let request = format!("GET /?code=C&state={STATE} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[9..]).into_owned()
}

#[tokio::test]
async fn a14_under_a_name_the_port_is_taken_in_both_address_families() {
    let loopback = Loopback::bind_for(BY_NAME).await.unwrap();
    let port = loopback.address.port();
    let redirect = loopback.redirect_uri().unwrap();
    assert_eq!(redirect.as_str(), format!("http://localhost:{port}/"));
    let Some(other) = &loopback.other else {
        // Without IPv6 there is no other half to be taken.
        return;
    };
    let other = other.local_addr().unwrap();
    assert_eq!(
        (other.ip(), other.port()),
        (Ipv6Addr::LOCALHOST.into(), port)
    );
    let squatter = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await;
    assert!(squatter.is_err(), "somebody else could have the other half");
    // The browser comes by whichever it likes, under the name only.
    let waiting = tokio::spawn(loopback.wait(expect()));
    assert_eq!(visit(other, &format!("127.0.0.1:{port}")).await, "421");
    assert_eq!(visit(other, &format!("[::1]:{port}")).await, "421");
    let browser = tokio::spawn(async move { visit(other, &format!("localhost:{port}")).await });
    let (outcome, tab) = waiting.await.unwrap().split();
    assert!(matches!(outcome, Outcome::Code(_)));
    tab.show(super::Page::Unfinished).await;
    assert_eq!(browser.await.unwrap(), "200");
}

#[tokio::test]
async fn a14_a_port_whose_other_half_is_taken_is_left_for_another() {
    // Whoever squats on every port that is likely to be next has the other half of all of them.
    let first = Loopback::bind_for(BY_NAME).await.unwrap();
    if first.other.is_none() {
        return;
    }
    let port = first.address.port();
    drop(first);
    let squatter = TcpListener::bind((Ipv6Addr::LOCALHOST, port))
        .await
        .unwrap();
    let taken = Loopback::bind_at(BY_NAME, port).await.unwrap();
    assert_ne!(taken.address.port(), port);
    assert!(taken.other.is_some());
    drop(squatter);
}
