//! What a library is told before it starts.

pub(crate) mod file;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::providers::Provider;

/// Everything a library needs to know. [`Config::new`] fills in what "This computer" uses.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where `library.db` and `blobs/` live. Made if absent, readable by this user only.
    pub data_dir: PathBuf,
    /// The one address to bind. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// How clients reach the library when that is not `http://` and the address they used,
    /// for example behind a reverse proxy that adds TLS. A path is kept.
    pub public_url: Option<Url>,
    /// Whom the library belongs to.
    pub owner: Owner,
    /// Bytes an entity may hold unless it has a quota of its own; `None` is unlimited.
    pub quota_bytes: Option<u64>,
    /// How uploads are cut and how long they may take.
    pub uploads: UploadPolicy,
    /// How long a signed download address works.
    pub download_url_lifetime: Duration,
    /// Reverse proxies on other machines whose `X-Forwarded-For` is believed. One on this machine is,
    /// once there is a public address.
    pub trusted_proxies: Vec<IpNet>,
    /// Where people may sign in with an account they have elsewhere; usually nowhere.
    pub providers: Vec<Provider>,
}

/// The person a library belongs to: may create any entity and sign in with a one-time ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Login name as the operating system spells it. The entity's name is derived from it.
    pub login: String,
    /// Name shown to people; may be empty.
    pub display_name: String,
}

/// How uploads are cut and how long they may take.
#[derive(Debug, Clone)]
pub struct UploadPolicy {
    /// Fixed part size in bytes; `None` chooses by file size (16 MiB and up).
    pub part_size: Option<u64>,
    /// Smallest file that may go up in parts. Cloud Library API, image upload v2: 5 MiB.
    pub smallest_multipart: u64,
    /// How long the address of a part or a file works.
    pub url_lifetime: Duration,
    /// How long an unfinished upload is kept after its last byte.
    pub keep_unfinished: Duration,
    /// How long a connection may stay silent in the middle of a body.
    pub idle_timeout: Duration,
    /// Free bytes to leave on the disk.
    pub spare_disk: u64,
}

impl Config {
    /// A library on this computer: loopback, a free port, one owner, no quota.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, owner: Owner) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            owner,
            quota_bytes: None,
            uploads: UploadPolicy::default(),
            download_url_lifetime: Duration::from_secs(12 * 3600),
            trusted_proxies: Vec::new(),
            providers: Vec::new(),
        }
    }
}

impl Default for UploadPolicy {
    fn default() -> Self {
        Self {
            part_size: None,
            smallest_multipart: 5 << 20,
            url_lifetime: Duration::from_secs(24 * 3600),
            keep_unfinished: Duration::from_secs(7 * 24 * 3600),
            idle_timeout: Duration::from_secs(120),
            spare_disk: 64 << 20,
        }
    }
}
