//! The numbers that transfers go by.

use std::time::Duration;

use sifter_library_api::upload::MULTIPART_THRESHOLD;
use sifter_library_client::http::IDLE_TIMEOUT;
use sifter_transfer::EngineOptions;

/// Large enough that requests cost nothing beside bytes, and small enough that one that breaks off costs little.
/// The official client's 5 MiB make thousands of requests of a large image.
const CHUNK_SIZE: u64 = 32 << 20;

/// How transfers are cut and how patient they are. The defaults suit a desktop; tests make everything
/// smaller.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// The engine's own numbers.
    pub engine: EngineOptions,
    /// Files of more bytes than this go up in parts, where the library takes parts.
    pub multipart_above: u64,
    /// Bytes that go into a registry behind a library with one request.
    pub chunk_size: u64,
    /// How long a library may be silent.
    pub silence: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            engine: EngineOptions::default(),
            multipart_above: MULTIPART_THRESHOLD,
            chunk_size: CHUNK_SIZE,
            silence: IDLE_TIMEOUT,
        }
    }
}
