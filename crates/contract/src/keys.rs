//! Keys and key servers: where a key of the person's is published, what a search finds, which servers are asked, and
//! the keys of others that turned out to be revoked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{KeyStanding, KeyTrust, UiError};

/// That a key is on a key server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyPublication {
    /// Address of the key server.
    pub address: String,
    /// Its host, as people name it.
    pub host: String,
    /// When Sifter has put the key there, RFC 3339.
    pub published: String,
    /// Whether the key has changed since: it was revoked, or has another end.
    pub outdated: bool,
}

/// A key server that is asked for keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyServer {
    /// Its address.
    pub address: String,
    /// Its host, as people name it.
    pub host: String,
    /// The connected library that it belongs to.
    pub server_id: Option<String>,
    /// What that library is called.
    pub server_name: Option<String>,
}

/// A key server that a key can be published on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublishPlace {
    /// The key server.
    pub server: KeyServer,
    /// It belongs to a library that nobody is signed in to, and takes keys from signed-in people only.
    pub needs_sign_in: bool,
    /// It gives out names and addresses only once their owner has confirmed them by mail.
    pub confirms_by_mail: bool,
    /// That the key is there already, as far as Sifter has put it there.
    pub publication: Option<KeyPublication>,
}

/// What publishing a key would make public, and where it could be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublishPlan {
    /// The names in the key, which everybody sees then.
    pub names: Vec<String>,
    /// Whether the key is of use, or says that it is not any more.
    pub standing: KeyStanding,
    /// Key servers: those of the connected libraries, then the usual ones.
    pub places: Vec<PublishPlace>,
}

/// Publishes a key on one of the places of its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyPublish {
    /// Fingerprint of the primary key.
    pub fingerprint: String,
    /// Address of the key server.
    pub address: String,
}

/// Searches the key servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeySearch {
    /// A name, a mail address, a key id or a fingerprint; 3 to 200 characters.
    pub text: String,
}

/// A key that key servers have found. All of it is their claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundKey {
    /// Fingerprint, upper-case digits; on old servers only a key id, by which it cannot be added.
    pub id: String,
    /// Its names.
    pub names: Vec<String>,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// When it ends, RFC 3339.
    pub expires: Option<String>,
    /// Whether it is of use, as the first server says, unless another one or this computer knows that it is revoked.
    pub standing: KeyStanding,
    /// Address of the first server that has it.
    pub address: String,
    /// Hosts of all servers that have it.
    pub hosts: Vec<String>,
    /// How well it is known here already.
    pub known: Option<KeyTrust>,
}

/// A key server that did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SilentKeyServer {
    /// Its host.
    pub host: String,
    /// Why.
    pub error: UiError,
}

/// What a search has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeysFound {
    /// The keys, those of the first server first, each once.
    pub keys: Vec<FoundKey>,
    /// Whether there are more than are listed.
    pub more: bool,
    /// Hosts of the servers that were asked.
    pub asked: Vec<String>,
    /// Those of them that did not answer.
    pub silent: Vec<SilentKeyServer>,
}

/// Fetches a key that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyFetch {
    /// Fingerprint of the primary key.
    pub fingerprint: String,
    /// The key server to ask first, one of those that are asked anyway.
    pub address: Option<String>,
}

/// Which key servers are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyServers {
    /// Those of the connected libraries, which are asked first.
    pub libraries: Vec<KeyServer>,
    /// The others, in their order.
    pub others: Vec<KeyServer>,
    /// Whether the others are the ones that everybody uses, and not a list of the person's.
    pub usual: bool,
}

/// Sets the key servers that are asked beside those of the libraries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyServersSet {
    /// Their addresses, in their order, at most 16; `null` for the ones that everybody uses.
    pub addresses: Option<Vec<String>>,
}

/// Names a key server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyServerRef {
    /// Its address.
    pub address: String,
}

/// A download on this computer that a key has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedDownload {
    /// The download.
    pub transfer_id: String,
    /// Its file.
    pub file_name: String,
}

/// A key of somebody else that its owner has revoked, as long as the person has not taken note of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RevokedKey {
    /// Fingerprint of the primary key.
    pub fingerprint: String,
    /// Its name, if it has been published.
    pub name: Option<String>,
    /// How well it was known.
    pub trust: KeyTrust,
    /// When Sifter found out, RFC 3339.
    pub noticed: String,
    /// What it has signed of the downloads that are still on this computer.
    pub downloads: Vec<SignedDownload>,
}

/// What asking about revoked keys has brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeysRechecked {
    /// How many keys were asked about.
    pub asked: u32,
    /// Those that turned out to be revoked.
    pub revoked: Vec<RevokedKey>,
}
