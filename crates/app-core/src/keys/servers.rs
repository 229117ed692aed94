//! Which key servers are asked: those of the connected libraries, and a list that the person can change.

use std::time::Duration;

use sifter_contract::{KeyServer, KeyServers, UiError};
use sifter_library_client::Http;
use url::Url;

use crate::app::AppCore;
use crate::errors::{self, Place};
use crate::servers::ask_key_server;
use crate::signatures::{
    KnownKeyServer, everybodys_servers, key_server_address, key_server_host, key_servers,
};

/// The most key servers on the list: each is asked in turn.
const MOST_SERVERS: usize = 16;
/// The longest address, in bytes.
const LONGEST: usize = 512;
/// How long a key server may take to answer somebody who waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

impl AppCore {
    /// Which key servers are asked.
    pub(crate) async fn key_servers_view(&self) -> KeyServers {
        let known = key_servers(&self.servers, &self.signatures).await;
        let (libraries, others): (Vec<_>, Vec<_>) = known
            .iter()
            .map(|server| self.key_server_view(server))
            .partition(|server| server.server_id.is_some());
        KeyServers {
            libraries,
            others,
            usual: self.settings.key_servers().is_none(),
        }
    }

    /// Sets the list of the person's; `None` for the one that everybody uses.
    pub(crate) async fn set_key_servers(
        &self,
        addresses: Option<Vec<String>>,
    ) -> Result<KeyServers, UiError> {
        let list = addresses.map(|texts| checked(&texts)).transpose()?;
        // Whoever makes the usual list by hand wants the usual list, also when it changes.
        let list = list.filter(|list| *list != everybodys_servers());
        self.settings
            .set_key_servers(list.as_deref())
            .map_err(|error| errors::settings(&error))?;
        Ok(self.key_servers_view().await)
    }

    /// Finds out whether a key server answers at an address.
    pub(crate) async fn test_key_server(&self, text: &str) -> Result<(), UiError> {
        let address = bounded(text)?;
        let url = Url::parse(&address).map_err(|_| errors::address(text))?;
        let http = Http::default().on(self.reach.network());
        let http = http.with_idle_timeout(PATIENCE);
        let place = Place::of(key_server_host(&address), false);
        ask_key_server(&http, &url, &place).await.map(|_| ())
    }

    pub(super) fn key_server_view(&self, server: &KnownKeyServer) -> KeyServer {
        KeyServer {
            host: server.host(),
            address: server.address.clone(),
            server_name: server.library.as_deref().map(|id| self.servers.name(id)),
            server_id: server.library.clone(),
        }
    }
}

/// The addresses in the one form they are compared in, each once.
fn checked(texts: &[String]) -> Result<Vec<String>, UiError> {
    if texts.len() > MOST_SERVERS {
        return Err(errors::invalid("too many key servers"));
    }
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        let address = bounded(text)?;
        if !all.contains(&address) {
            all.push(address);
        }
    }
    Ok(all)
}

fn bounded(text: &str) -> Result<String, UiError> {
    if text.len() > LONGEST {
        return Err(errors::address("too long"));
    }
    let text = text.trim();
    // People name servers by their hosts.
    let full = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let address = key_server_address(&full)?;
    Url::parse(address.as_str()).map_err(|_| errors::address(text))?;
    Ok(address.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_one_form_and_once() {
        let texts = [
            "hkps://keys.example.org/",
            "keys.example.org",
            "hkp://[::1]",
        ];
        let kept = checked(&texts.map(str::to_owned)).unwrap();
        assert_eq!(kept, ["https://keys.example.org", "http://[::1]:11371"]);
        for text in [
            "",
            "https://",
            "ftp://keys.example.org",
            "a b",
            "https://x:99999",
        ] {
            assert!(checked(&[text.to_owned()]).is_err(), "{text}");
        }
        let many: Vec<String> = (0..=MOST_SERVERS)
            .map(|n| format!("k{n}.example"))
            .collect();
        assert!(checked(&many).is_err());
        assert!(checked(&["x".repeat(LONGEST + 1)]).is_err());
    }
}
