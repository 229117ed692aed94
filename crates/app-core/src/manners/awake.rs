//! Keeping the computer awake, and letting it go.

use std::sync::Arc;

use crate::host::{Host, StayAwake};

/// Asks the host once when it begins to matter, and lets go once when it does not any more.
pub(super) struct Awake {
    host: Arc<dyn Host>,
    state: State,
}

enum State {
    /// Nothing moves.
    Free,
    /// Asked for; `None` where the system does not offer it.
    Asked(Option<StayAwake>),
}

impl Awake {
    pub(super) fn new(host: Arc<dyn Host>) -> Self {
        Self {
            host,
            state: State::Free,
        }
    }

    /// Keeps the computer awake from now on, or lets it sleep.
    pub(super) async fn keep(&mut self, awake: bool) {
        match (&self.state, awake) {
            (State::Free, true) => {
                let host = Arc::clone(&self.host);
                // Systems answer over a bus, which may take its time.
                let held = tokio::task::spawn_blocking(move || host.stay_awake()).await;
                let held = held.ok().flatten();
                if held.is_none() {
                    tracing::info!("this computer may fall asleep during transfers");
                }
                self.state = State::Asked(held);
            }
            (State::Asked(_), false) => {
                if let State::Asked(Some(held)) = std::mem::replace(&mut self.state, State::Free) {
                    // Lost only when the program ends, which lets go as well.
                    let _ = tokio::task::spawn_blocking(move || drop(held)).await;
                }
            }
            _ => {}
        }
    }
}
