//! What the engine works with: numbers, and who judges what arrives.

use std::sync::Arc;
use std::time::Duration;

use crate::budget::Limits;
use crate::judge::Judge;

/// How the engine divides its work. The defaults suit a desktop; tests make everything smaller.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Large transfers that run at once, until [`Engine::set_large_lane`](crate::Engine::set_large_lane)
    /// says otherwise.
    pub large_lane: usize,
    /// Small transfers that run at once, beside the large ones.
    pub small_lane: usize,
    /// Files shorter than this many bytes use the small lane.
    pub small_below: u64,
    /// Parts or ranges of one transfer that are in flight at once when it begins. Failures make
    /// them fewer.
    pub parallel_parts: usize,
    /// Parts or ranges of one transfer that are ever in flight at once: each more is tried while
    /// that makes the transfer faster.
    pub most_parallel_parts: usize,
    /// Bytes in one range of a download.
    pub range_size: u64,
    /// Bytes read or written at a time. With `most_parallel_parts` it bounds the memory of a transfer.
    pub buffer_size: usize,
    /// Tries of one request, counted anew after each part that gets through.
    pub max_attempts: u32,
    /// The first wait between tries; it doubles up to `retry_ceiling`.
    pub retry_base: Duration,
    /// The longest wait between tries that the server did not ask for.
    pub retry_ceiling: Duration,
    /// A part that moves no byte for this long is tried again. There is no total timeout.
    pub idle_timeout: Duration,
    /// So does a part of a download that moves fewer bytes than this in the same time.
    pub least_progress: u64,
    /// The least time between two updates of [`Engine::watch`](crate::Engine::watch).
    pub update_interval: Duration,
    /// How long finished transfers stay in the history.
    pub history: Duration,
    /// Bytes that stay free on the disk beside what a download needs.
    pub free_space_margin: u64,
    /// How fast bytes may go, until [`Engine::set_limits`](crate::Engine::set_limits) says otherwise.
    pub limits: Limits,
    /// Who says whether a download may be used. Without one, every download whose hash is right may.
    pub judge: Option<Arc<dyn Judge>>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            large_lane: 2,
            small_lane: 3,
            small_below: 50_000_000,
            parallel_parts: 4,
            most_parallel_parts: 16,
            range_size: 8 << 20,
            buffer_size: 256 << 10,
            max_attempts: 20,
            retry_base: Duration::from_millis(500),
            retry_ceiling: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(60),
            least_progress: 16 << 10,
            update_interval: Duration::from_millis(100),
            history: Duration::from_secs(30 * 24 * 60 * 60),
            free_space_margin: 16 << 20,
            limits: Limits::default(),
            judge: None,
        }
    }
}
