//! A proxy to the outside, as institutions have them: HTTP with `CONNECT`, and SOCKS 5, on one port. Where a name
//! leads is said by the test, so that names of the world lead to servers on loopback.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::AbortOnDropHandle;

use crate::connections::serve;

/// The longest head of a request that is read, in bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// The first byte of SOCKS 5 (RFC 1928).
const SOCKS: u8 = 5;

/// A proxy. Dropping it closes its port.
#[derive(Debug)]
pub struct ForwardProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _serving: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    ways: HashMap<String, SocketAddr>,
    sign_in: Option<(String, String)>,
    asked: Mutex<Vec<String>>,
}

impl ForwardProxy {
    /// Starts on a free loopback port. `ways` says where `host:port` leads; anything else is refused. With
    /// `sign_in` a name and a password are wanted.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(ways: &[(&str, SocketAddr)], sign_in: Option<(&str, &str)>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("binding a proxy")?;
        let address = listener.local_addr()?;
        let ways = ways.iter().map(|(name, to)| ((*name).to_owned(), *to));
        let shared = Arc::new(Shared {
            ways: ways.collect(),
            sign_in: sign_in.map(|(name, password)| (name.to_owned(), password.to_owned())),
            asked: Mutex::default(),
        });
        let carried = Arc::clone(&shared);
        let serving = serve(listener, move |near| carry(near, Arc::clone(&carried)));
        Ok(Self {
            address,
            shared,
            _serving: AbortOnDropHandle::new(tokio::spawn(serving)),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked for, as `host:port`, oldest first; refused ones too.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked().clone()
    }
}

impl Shared {
    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn way_to(&self, target: &str) -> Option<SocketAddr> {
        self.asked().push(target.to_owned());
        self.ways.get(target).copied()
    }
}

async fn carry(mut near: TcpStream, shared: Arc<Shared>) -> Result<()> {
    let mut first = [0; 1];
    ensure!(near.peek(&mut first).await? == 1, "nothing was asked");
    let way = if first == [SOCKS] {
        socks(&mut near, &shared).await?
    } else {
        http(&mut near, &shared).await?
    };
    let mut far = TcpStream::connect(way).await?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}

/// `CONNECT host:port HTTP/1.1` and its answer (RFC 9110, section 9.3.6).
async fn http(near: &mut TcpStream, shared: &Shared) -> Result<SocketAddr> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        ensure!(head.len() < LONGEST_HEAD, "the head is too long");
        head.push(near.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let mut lines = head.lines();
    let words: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let ["CONNECT", target, _] = words.as_slice() else {
        near.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
            .await?;
        bail!("only CONNECT is played");
    };
    if let Some((name, password)) = &shared.sign_in {
        let wanted = format!("Basic {}", STANDARD.encode(format!("{name}:{password}")));
        let given = lines.find_map(|line| {
            let (header, value) = line.split_once(':')?;
            let found = header.eq_ignore_ascii_case("proxy-authorization");
            found.then(|| value.trim().to_owned())
        });
        if given != Some(wanted) {
            near.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                .await?;
            bail!("no sign-in");
        }
    }
    let Some(way) = shared.way_to(target) else {
        near.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await?;
        bail!("no way to {target}");
    };
    near.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    Ok(way)
}

/// SOCKS 5 with names, and with a name and a password where they are wanted (RFC 1928, RFC 1929).
async fn socks(near: &mut TcpStream, shared: &Shared) -> Result<SocketAddr> {
    let [_, methods] = take(near).await?;
    let mut offered = vec![0; methods.into()];
    near.read_exact(&mut offered).await?;
    let wanted: u8 = if shared.sign_in.is_some() { 2 } else { 0 };
    if !offered.contains(&wanted) {
        near.write_all(&[SOCKS, 0xff]).await?;
        bail!("no method that is wanted");
    }
    near.write_all(&[SOCKS, wanted]).await?;
    if let Some(sign_in) = &shared.sign_in {
        let [_] = take(near).await?;
        let given = (text(near).await?, text(near).await?);
        let good = given == *sign_in;
        near.write_all(&[1, u8::from(!good)]).await?;
        ensure!(good, "the password is wrong");
    }
    let [_, _, _, kind] = take(near).await?;
    ensure!(kind == 3, "only names are played");
    let host = text(near).await?;
    let port = near.read_u16().await?;
    let way = shared.way_to(&format!("{host}:{port}"));
    // Succeeded, or not allowed by the rules.
    let reply = if way.is_some() { 0 } else { 2 };
    near.write_all(&[SOCKS, reply, 0, 1, 0, 0, 0, 0, 0, 0])
        .await?;
    way.context("no way there")
}

async fn take<const N: usize>(near: &mut TcpStream) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    near.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn text(near: &mut TcpStream) -> Result<String> {
    let mut bytes = vec![0; near.read_u8().await?.into()];
    near.read_exact(&mut bytes).await?;
    Ok(String::from_utf8(bytes)?)
}
