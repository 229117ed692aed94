//! Speed over the last seconds.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How far back the speed looks.
const WINDOW: Duration = Duration::from_secs(5);
/// Bytes that arrive within this time share a sample, which bounds the memory.
const GRAIN: Duration = Duration::from_millis(200);

/// Adds up bytes as they move.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    samples: VecDeque<(Instant, u64)>,
}

impl Meter {
    pub(crate) fn moved(&mut self, bytes: u64) {
        let now = Instant::now();
        match self.samples.back_mut() {
            Some((at, sum)) if now.duration_since(*at) < GRAIN => *sum += bytes,
            _ => self.samples.push_back((now, bytes)),
        }
        while self
            .samples
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// Bytes a second, or `None` when nothing moved lately.
    pub(crate) fn speed(&self) -> Option<u64> {
        let now = Instant::now();
        let recent = || {
            self.samples
                .iter()
                .filter(|(at, _)| now.duration_since(*at) <= WINDOW)
        };
        let (first, _) = recent().next()?;
        let bytes: u64 = recent().map(|(_, bytes)| bytes).sum();
        // The first sample also took time to arrive.
        let span = now.duration_since(*first).max(GRAIN);
        Some((bytes as f64 / span.as_secs_f64()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_speed_is_that_of_the_last_seconds() {
        let mut meter = Meter::default();
        assert_eq!(meter.speed(), None);
        for _ in 0..100 {
            meter.moved(100_000);
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        let speed = meter.speed().unwrap();
        assert!(
            (950_000..=1_100_000).contains(&speed),
            "{speed} is about 1 MB/s"
        );
        assert!(meter.samples.len() <= 27, "samples are bounded");
        tokio::time::advance(WINDOW * 2).await;
        assert_eq!(meter.speed(), None, "a stalled transfer has no speed");
    }
}
