//! The listener the browser comes back to: `http://127.0.0.1:<port>/callback`, one per sign-in.
//!
//! Any program and any web page may knock here. Only a top-level navigation with the secret `state`
//! of this sign-in counts; everything else is answered and forgotten, so that a forged or curious
//! request can neither end the sign-in nor hold it up. The port is open only while somebody waits.

mod answer;
#[cfg(test)]
mod name_tests;
mod page;
mod request;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sifter_openid::ProviderKind as Whose;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use url::Url;

use self::answer::Answer;
pub(crate) use self::page::Page;
use self::request::{Verdict, judge};

/// The form of the redirect address, as a server has it registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    pub(crate) host: Host,
    pub(crate) path: &'static str,
}

/// How the address names this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// `127.0.0.1`.
    Number,
    /// `localhost`, where a server takes nothing else (Microsoft). It may be either address family.
    Name,
}

/// As registered with every server of ours.
const OURS: Redirect = Redirect {
    host: Host::Number,
    path: "/callback",
};
/// Ports tried until one is free in both address families.
const PORTS: usize = 16;
/// The longest request head, in bytes.
const HEAD: usize = 16 * 1024;
/// How long a connection may take to send its head. Browsers open spare connections that stay silent.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long the browser is kept waiting for the end of the token exchange.
const HOLD: Duration = Duration::from_secs(30);
/// How long the last page may take to leave.
const FLUSH: Duration = Duration::from_secs(5);
/// Connections served at once. One more pushes out the oldest.
const CONNECTIONS: usize = 32;

/// What the answer of this sign-in must carry.
pub(crate) struct Expect {
    pub(crate) state: SecretString,
    pub(crate) issuer: Issuer,
    /// The server announces `iss` in its answers (RFC 9207): without it, the answer is not its own.
    pub(crate) issuer_required: bool,
}

/// Whom an answer may name as its issuer.
pub(crate) enum Issuer {
    /// This one, letter for letter.
    Exactly(String),
    /// What fits a provider and its metadata's issuer.
    Of(Whose, String),
}

impl Issuer {
    fn is(&self, found: &str) -> bool {
        match self {
            Self::Exactly(expected) => expected == found,
            Self::Of(kind, metadata) => kind.is_answer_of(metadata, found),
        }
    }
}

impl From<&str> for Issuer {
    fn from(text: &str) -> Self {
        Self::Exactly(text.to_owned())
    }
}

/// How the browser came back.
#[derive(Debug)]
pub(crate) enum Outcome {
    Code(SecretString),
    Denied(String),
    IssuerMismatch,
}

/// The browser is back and waits for a page.
pub(crate) struct Arrival {
    outcome: Outcome,
    reply: oneshot::Sender<Page>,
    connections: JoinSet<()>,
}

impl Arrival {
    /// How the browser came back, and the way to answer it.
    pub(crate) fn split(self) -> (Outcome, Tab) {
        let tab = Tab {
            reply: self.reply,
            connections: self.connections,
        };
        (self.outcome, tab)
    }
}

/// The browser tab that waits for the last page.
pub(crate) struct Tab {
    reply: oneshot::Sender<Page>,
    connections: JoinSet<()>,
}

impl Tab {
    /// Shows the last page and lets it leave.
    pub(crate) async fn show(mut self, page: Page) {
        // The person may have closed the tab.
        if self.reply.send(page).is_ok() {
            let all_closed = async { while self.connections.join_next().await.is_some() {} };
            // Silent connections are dropped with the set when the time is over.
            let _ = timeout(FLUSH, all_closed).await;
        }
    }
}

struct Delivery {
    outcome: Outcome,
    reply: oneshot::Sender<Page>,
}

/// The open port.
pub(crate) struct Loopback {
    listener: TcpListener,
    /// The same port of the other address family, where the name of this computer could mean that.
    other: Option<TcpListener>,
    address: SocketAddr,
    redirect: Redirect,
}

impl Loopback {
    /// Opens a port of the system's choice on 127.0.0.1. By number, because `localhost` may be
    /// another address family, and that port there another user's.
    pub(crate) async fn bind() -> io::Result<Self> {
        Self::bind_for(OURS).await
    }

    /// Opens a port for a redirect address of another form. Where that names this computer by name, the port is taken
    /// in both address families: else another user's program could own the other half and get the code.
    pub(crate) async fn bind_for(redirect: Redirect) -> io::Result<Self> {
        Self::bind_at(redirect, 0).await
    }

    /// Tries a port first; 0 is one of the system's choice.
    async fn bind_at(redirect: Redirect, first: u16) -> io::Result<Self> {
        let mut taken = Vec::new();
        while taken.len() < PORTS {
            let wanted = if taken.is_empty() { first } else { 0 };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).await?;
            let address = listener.local_addr()?;
            let other = match redirect.host {
                Host::Number => None,
                Host::Name => match other_half(address.port()).await {
                    Half::Ours(other) => Some(other),
                    Half::Absent => None,
                    Half::Taken => {
                        // Held until another one is found, so that the system gives another one.
                        taken.push(listener);
                        continue;
                    }
                },
            };
            return Ok(Self {
                listener,
                other,
                address,
                redirect,
            });
        }
        Err(io::ErrorKind::AddrInUse.into())
    }

    pub(crate) fn redirect_uri(&self) -> Result<Url, url::ParseError> {
        Url::parse(&format!("http://{}{}", self.host(), self.redirect.path))
    }

    /// Host and port, as browsers write them.
    fn host(&self) -> String {
        match self.redirect.host {
            Host::Number => self.address.to_string(),
            Host::Name => format!("localhost:{}", self.address.port()),
        }
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let Some(other) = &self.other else {
            return self.listener.accept().await;
        };
        tokio::select! {
            accepted = self.listener.accept() => accepted,
            accepted = other.accept() => accepted,
        }
    }

    /// Waits for the browser. Dropping the future closes the port and every connection.
    pub(crate) async fn wait(self, expect: Expect) -> Arrival {
        let (deliver, mut delivered) = mpsc::channel(1);
        let door = Arc::new(Door {
            host: self.host(),
            path: self.redirect.path,
            expect,
            deliver,
        });
        let mut connections = JoinSet::new();
        let mut order: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                biased;
                Some(Delivery { outcome, reply }) = delivered.recv() => {
                    return Arrival { outcome, reply, connections };
                }
                Some(_) = connections.join_next() => {}
                accepted = self.accept() => {
                    let stream = match accepted {
                        Ok((stream, peer)) if peer.ip().is_loopback() => stream,
                        Ok(_) => continue,
                        // Out of file handles or a connection gone again: give others a turn.
                        Err(_) => { tokio::task::yield_now().await; continue; }
                    };
                    order.retain(|connection| !connection.is_finished());
                    if order.len() >= CONNECTIONS && let Some(oldest) = order.pop_front() {
                        oldest.abort();
                    }
                    order.push_back(connections.spawn(serve(stream, Arc::clone(&door))));
                }
            }
        }
    }
}

/// The port of the other address family.
enum Half {
    Ours(TcpListener),
    /// Somebody else has it.
    Taken,
    /// There is no IPv6 here, and so nobody can have it.
    Absent,
}

async fn other_half(port: u16) -> Half {
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(other) => Half::Ours(other),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Half::Taken,
        Err(_) => Half::Absent,
    }
}

/// What every connection needs to judge a request.
struct Door {
    host: String,
    path: &'static str,
    expect: Expect,
    deliver: mpsc::Sender<Delivery>,
}

async fn serve(mut stream: TcpStream, door: Arc<Door>) {
    let Ok(Some(head)) = timeout(HEAD_TIME, read_head(&mut stream)).await else {
        return;
    };
    let answer = match judge(&head, &door) {
        Verdict::Refuse(answer) => answer,
        Verdict::Accept(outcome) => {
            let (reply, page) = oneshot::channel();
            // The channel has one place and is read once: the second right answer comes too late.
            match door.deliver.try_send(Delivery { outcome, reply }) {
                Ok(()) => {
                    let page = timeout(HOLD, page).await.ok().and_then(Result::ok);
                    Answer::ok(page.unwrap_or(Page::Unfinished))
                }
                Err(_) => Answer::already_finished(),
            }
        }
    };
    // A browser that has gone needs no page.
    let _ = stream.write_all(answer.to_http().as_bytes()).await;
    let _ = stream.shutdown().await;
    // What is still on its way is read and thrown away: closing over it would reset the connection
    // before the browser has shown the page.
    let mut rest = [0; 1024];
    let drain = async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} };
    let _ = timeout(Duration::from_secs(1), drain).await;
}

/// Reads up to the blank line. `None` when the peer leaves early, sends too much or no text.
async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut buffer = vec![0; HEAD];
    let mut filled = 0;
    loop {
        let free = buffer.get_mut(filled..)?;
        if free.is_empty() {
            return None;
        }
        let count = stream.read(free).await.ok().filter(|count| *count > 0)?;
        // The blank line may begin in the three bytes before the new ones.
        let seen = filled.saturating_sub(3);
        filled += count;
        let window = buffer.get(seen..filled)?;
        if let Some(at) = window.windows(4).position(|four| four == b"\r\n\r\n") {
            buffer.truncate(seen + at);
            return String::from_utf8(buffer).ok();
        }
    }
}
