//! Where the services of a server are: as it says itself, or as a person says.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A service of a server that has an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    /// The library.
    Library,
    /// The key server.
    Keys,
    /// The build service.
    Builder,
    /// The registry behind the library.
    Registry,
}

/// The address of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAddress {
    /// The service.
    pub service: ServiceKind,
    /// Where the server says it is; `null` when it names none.
    pub discovered: Option<String>,
    /// Where a person says it is; that counts.
    pub entered: Option<String>,
}

/// The addresses of a server's services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerAddresses {
    /// The server.
    pub server_id: String,
    /// Library, keys, builder, registry, in this order.
    pub services: Vec<ServiceAddress>,
}

/// Says where services are. `null`: where the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerAddressesSet {
    /// The server.
    pub server_id: String,
    /// The library.
    pub library: Option<String>,
    /// The key server.
    pub keys: Option<String>,
    /// The build service.
    pub builder: Option<String>,
    /// The registry behind the library.
    pub registry: Option<String>,
}
