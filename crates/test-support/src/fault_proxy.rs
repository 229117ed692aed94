//! A proxy over loopback that breaks an HTTP/1.1 conversation exactly where a test says.
//!
//! It understands as much HTTP as it needs to find requests and bodies, and relays everything else
//! byte for byte. Every connection carries one exchange and is closed after it, so that a fault in
//! one request never touches another.

mod exchange;
mod head;
mod relay;
mod rule;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use rule::{Direction, Fault, Rule};

/// How long [`FaultProxy::wait_until`] waits. A state that has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request as the proxy saw it. It is recorded when its head has arrived; the counts grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The `Range` header as sent by the client.
    pub range: Option<String>,
    /// Whether it carried an `Authorization` header.
    pub authorized: bool,
    /// The fault that was injected.
    pub fault: Option<Fault>,
    /// Bytes of its body that were passed on, or taken by a proxy that answers itself; transfer
    /// coding included.
    pub request_bytes: u64,
    /// Status of the answer, once there is one.
    pub status: Option<u16>,
    /// Bytes of the answer's body that were passed on, transfer coding included.
    pub response_bytes: u64,
    /// Whether its connection has been closed.
    pub finished: bool,
}

/// A proxy before one server. Dropping it closes every connection.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

/// What every connection knows.
#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    rules: Mutex<Vec<rule::Armed>>,
    exchanges: watch::Sender<Vec<Exchange>>,
    offline: watch::Sender<bool>,
}

impl FaultProxy {
    /// Starts a proxy on a free loopback port before the server at `upstream`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(upstream: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .context("binding the fault proxy")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            rules: Mutex::default(),
            exchanges: watch::Sender::default(),
            offline: watch::Sender::new(false),
        });
        let stop = CancellationToken::new();
        tokio::spawn(accept(listener, Arc::clone(&shared), stop.clone()));
        Ok(Self {
            address,
            shared,
            stop,
        })
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients reach it, such as `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a rule. The first rule that applies to a request decides its fate.
    pub fn inject(&self, rule: Rule) {
        self.shared.rules().push(rule.arm());
    }

    /// Forgets every rule; exchanges under way keep their fault.
    pub fn clear(&self) {
        self.shared.rules().clear();
    }

    /// Cuts the network: every connection is reset at once, and every new one too, until it is
    /// switched on again.
    pub fn set_offline(&self, offline: bool) {
        self.shared.offline.send_replace(offline);
    }

    /// Every request so far, in the order of their arrival.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.exchanges.borrow().clone()
    }

    /// Waits until the exchanges are as `state` wants them, and returns them.
    ///
    /// # Errors
    /// When that takes longer than 20 seconds.
    pub async fn wait_until(
        &self,
        state: impl Fn(&[Exchange]) -> bool + Send,
    ) -> Result<Vec<Exchange>> {
        let mut exchanges = self.shared.exchanges.subscribe();
        let reached = tokio::time::timeout(PATIENCE, exchanges.wait_for(|seen| state(seen))).await;
        let seen =
            reached.with_context(|| format!("waiting in vain: {:#?}", self.exchanges()))??;
        Ok(seen.clone())
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Shared {
    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<rule::Armed>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault for a request, if any rule applies. Every rule counts every request it matches.
    fn fault_for(&self, method: &str, target: &str) -> Option<Fault> {
        let mut rules = self.rules();
        let mut due = rules.iter_mut().filter_map(|rule| rule.due(method, target));
        let first = due.next();
        due.for_each(drop);
        first
    }

    /// Records a new exchange and returns its place.
    fn record(&self, exchange: Exchange) -> usize {
        let mut place = 0;
        self.exchanges.send_modify(|exchanges| {
            place = exchanges.len();
            exchanges.push(exchange);
        });
        place
    }

    fn update(&self, place: usize, change: impl FnOnce(&mut Exchange)) {
        self.exchanges.send_modify(|exchanges| {
            if let Some(exchange) = exchanges.get_mut(place) {
                change(exchange);
            }
        });
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        let client = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => client,
                Err(_) => continue,
            },
        };
        tokio::spawn(serve(client, Arc::clone(&shared), stop.clone()));
    }
}

/// Carries one connection, for as long as there is a network and a proxy.
async fn serve(mut client: TcpStream, shared: Arc<Shared>, stop: CancellationToken) {
    let mut offline = shared.offline.subscribe();
    let cut = tokio::select! {
        () = stop.cancelled() => true,
        _ = offline.wait_for(|offline| *offline) => true,
        ended = exchange::carry(&mut client, &shared) => ended.is_reset(),
    };
    if cut {
        // Without lingering, closing sends a reset instead of an orderly end. Should the option be
        // refused, the client still loses its connection.
        let _ = client.set_zero_linger();
    }
}
