//! The numbers that transfers go by.

use std::time::Duration;

use sifter_library_api::upload::MULTIPART_THRESHOLD;
use sifter_library_client::http::IDLE_TIMEOUT;
use sifter_transfer::EngineOptions;

/// How transfers are cut and how patient they are. The defaults suit a desktop; tests make everything
/// smaller.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// The engine's own numbers.
    pub engine: EngineOptions,
    /// Files of more bytes than this go up in parts, where the library takes parts.
    pub multipart_above: u64,
    /// How long a library may be silent.
    pub silence: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            engine: EngineOptions::default(),
            multipart_above: MULTIPART_THRESHOLD,
            silence: IDLE_TIMEOUT,
        }
    }
}
