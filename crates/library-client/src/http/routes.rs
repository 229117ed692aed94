//! The clients behind the connections, one for each way to go, made again when the network is set otherwise.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Client, ClientBuilder};
use url::Url;

use super::is_loopback;
use super::network::{Active, Network};
use crate::error::Error;

/// One client for other machines, by the network's plan; two for this machine, which never use a proxy. Made when
/// first needed.
#[derive(Debug, Default)]
pub(super) struct Routes {
    remote: Slot,
    local: Slot,
    local_plain: Slot,
}

/// A client and what it was made by.
type Slot = Mutex<Option<(Arc<Active>, Client)>>;

impl Routes {
    pub(super) fn get(
        &self,
        url: &Url,
        network: &Network,
        builder: fn() -> ClientBuilder,
    ) -> Result<Client, Error> {
        let active = network.active();
        let (slot, set_up): (_, fn(&Active, ClientBuilder) -> _) =
            match (is_loopback(url), url.scheme()) {
                (false, _) => (&self.remote, Active::remote),
                (true, "https") => (&self.local, Active::local),
                // Plain http needs no certificates, and a bare container may have none.
                (true, _) => (&self.local_plain, |_, builder| {
                    Ok(builder.no_proxy().tls_certs_only([]))
                }),
            };
        let mut kept = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_by, client)) = &*kept
            && Arc::ptr_eq(made_by, &active)
        {
            return Ok(client.clone());
        }
        let client = set_up(&active, builder())?.build()?;
        *kept = Some((active, client.clone()));
        Ok(client)
    }
}
