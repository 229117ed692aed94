//! Addresses that a person enters for the services of a server, in place of those that the server names.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sifter_contract::{ServerAddresses, ServerAddressesSet, ServiceAddress, ServiceKind, UiError};
use sifter_library_client::{Anonymous, Endpoints, Http, LibraryClient, discover};
use url::Url;

use super::diagnose::services;
use super::{LOCAL_ID, SavedServer, Servers, reachable};
use crate::errors::{self, Place};

/// The longest address, in bytes.
const LONGEST: usize = 2048;

/// What a person has entered; `None`: as the server says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Entered {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) library: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keystore: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) builder: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registry: Option<Url>,
}

impl Entered {
    /// Puts what was entered in the place of what was found.
    pub(super) fn over(self, found: Endpoints) -> Endpoints {
        Endpoints {
            library: self.library.unwrap_or(found.library),
            keystore: self.keystore.or(found.keystore),
            builder: self.builder.or(found.builder),
            registry: self.registry.or(found.registry),
            ..found
        }
    }
}

impl Servers {
    /// Where the services of a server are.
    pub(crate) fn addresses(&self, id: &str) -> Result<ServerAddresses, UiError> {
        Ok(view(&self.saved(id)?))
    }

    /// Takes over addresses, once each was found to answer as what it is entered for. The server is asked again.
    pub(crate) async fn set_addresses(
        self: &Arc<Self>,
        request: ServerAddressesSet,
    ) -> Result<ServerAddresses, UiError> {
        let saved = self.saved(&request.server_id)?;
        let http = self.http_of(saved.plain_http).clone();
        let address = |text: Option<String>| {
            text.filter(|text| !text.trim().is_empty())
                .map(|text| address(&http, &text))
                .transpose()
        };
        let entered = Entered {
            library: address(request.library)?,
            keystore: address(request.keys)?,
            builder: address(request.builder)?,
            registry: address(request.registry)?,
        };
        probe(&http, &saved, &entered).await?;
        // What the server says may have changed as well, which is what "as discovered" should mean from now on.
        let found = discover(&http, saved.web.as_str()).await.ok();
        // Asking took its time, in which an account may have been chosen or something learned: only the addresses are
        // replaced.
        let mut saved = self.saved(&request.server_id)?;
        if let Some(found) = found.filter(|found| found.web.is_some()) {
            saved.library = found.library;
            saved.token = found.token;
            saved.keystore = found.keystore;
            saved.builder = found.builder;
            saved.registry = found.registry;
        }
        saved.entered = entered;
        let answer = view(&saved);
        self.book
            .put(saved)
            .map_err(|error| errors::storage(&error))?;
        self.refresh(&request.server_id).await?;
        Ok(answer)
    }

    fn saved(&self, id: &str) -> Result<SavedServer, UiError> {
        if id == LOCAL_ID {
            return Err(errors::invalid(
                "the library on this computer has one address",
            ));
        }
        let saved = self.book.get(id);
        saved.ok_or_else(|| errors::invalid("there is no such server"))
    }
}

fn view(saved: &SavedServer) -> ServerAddresses {
    let text = |url: Option<&Url>| url.map(|url| url.as_str().trim_end_matches('/').to_owned());
    let row = |service, discovered, entered| ServiceAddress {
        service,
        discovered: text(discovered),
        entered: text(entered),
    };
    let entered = &saved.entered;
    ServerAddresses {
        server_id: saved.id.clone(),
        services: vec![
            row(
                ServiceKind::Library,
                Some(&saved.library),
                entered.library.as_ref(),
            ),
            row(
                ServiceKind::Keys,
                saved.keystore.as_ref(),
                entered.keystore.as_ref(),
            ),
            row(
                ServiceKind::Builder,
                saved.builder.as_ref(),
                entered.builder.as_ref(),
            ),
            row(
                ServiceKind::Registry,
                saved.registry.as_ref(),
                entered.registry.as_ref(),
            ),
        ],
    }
}

/// An address as a person types it: without a scheme it is https, except on this machine.
fn address(http: &Http, text: &str) -> Result<Url, UiError> {
    let text = text.trim();
    let wrong = || errors::address(text);
    if text.len() > LONGEST || text.contains(char::is_whitespace) {
        return Err(wrong());
    }
    let mut url = if text.contains("://") {
        Url::parse(text).map_err(|_| wrong())?
    } else {
        let secure = Url::parse(&format!("https://{text}")).map_err(|_| wrong())?;
        if sifter_library_client::http::is_loopback(&secure) {
            Url::parse(&format!("http://{text}")).map_err(|_| wrong())?
        } else {
            secure
        }
    };
    url.set_query(None);
    url.set_fragment(None);
    let place = Place::of(text, false);
    http.check(&url)
        .map_err(|error| errors::client(&error, &place))?;
    Ok(url)
}

/// Asks every address that was entered whether it is what it is entered for.
async fn probe(http: &Http, saved: &SavedServer, entered: &Entered) -> Result<(), UiError> {
    let place = |url: &Url| Place::of(super::host_text(url), false);
    if let Some(library) = &entered.library {
        let mut endpoints = reachable(saved.clone()).endpoints;
        endpoints.library = library.clone();
        let client = LibraryClient::new(http.clone(), endpoints, Arc::new(Anonymous))
            .map_err(|error| errors::client(&error, &place(library)))?;
        client
            .probe()
            .await
            .map_err(|error| errors::client(&error, &place(library)))?;
    }
    if let Some(keys) = &entered.keystore {
        services::keys(http, keys, &place(keys)).await?;
    }
    if let Some(builder) = &entered.builder {
        services::builder(http, builder, &place(builder)).await?;
    }
    if let Some(registry) = &entered.registry {
        services::registry(http, registry, &place(registry)).await?;
    }
    Ok(())
}
