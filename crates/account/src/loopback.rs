//! The listener the browser comes back to: `http://127.0.0.1:<port>/callback`, one per sign-in.
//!
//! Any program and any web page may knock here. Only a top-level navigation with the secret `state`
//! of this sign-in counts; everything else is answered and forgotten, so that a forged or curious
//! request can neither end the sign-in nor hold it up. The port is open only while somebody waits.

mod answer;
mod page;
mod request;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use url::Url;

use self::answer::Answer;
pub(crate) use self::page::Page;
use self::request::{Verdict, judge};

/// The path of the redirect address, as registered with every server of ours.
const PATH: &str = "/callback";
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
    pub(crate) issuer: String,
    /// The server announces `iss` in its answers (RFC 9207): without it, the answer is not its own.
    pub(crate) issuer_required: bool,
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
    address: SocketAddr,
}

impl Loopback {
    /// Opens a port of the system's choice on 127.0.0.1. By number, because `localhost` may be
    /// another address family, and that port there another user's.
    pub(crate) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    pub(crate) fn redirect_uri(&self) -> Result<Url, url::ParseError> {
        Url::parse(&format!("http://{}{PATH}", self.address))
    }

    /// Waits for the browser. Dropping the future closes the port and every connection.
    pub(crate) async fn wait(self, expect: Expect) -> Arrival {
        let (deliver, mut delivered) = mpsc::channel(1);
        let door = Arc::new(Door {
            host: self.address.to_string(),
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
                accepted = self.listener.accept() => {
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

/// What every connection needs to judge a request.
struct Door {
    host: String,
    expect: Expect,
    deliver: mpsc::Sender<Delivery>,
}

async fn serve(mut stream: TcpStream, door: Arc<Door>) {
    let Ok(Some(head)) = timeout(HEAD_TIME, read_head(&mut stream)).await else {
        return;
    };
    let answer = match judge(&head, &door.host, &door.expect) {
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
