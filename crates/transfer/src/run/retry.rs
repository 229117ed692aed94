//! Trying again: how long to wait, how often, and when silence counts as failure.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Run;
use crate::error::Failure;
use crate::options::EngineOptions;
use crate::remote::{RemoteError, RemoteErrorKind, RemoteResult};

/// A server that asks for more patience than this is reported instead.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// Tries of a request whose answer makes no sense: what was cut short on the way is right the next
/// time, what a server says again and again it means.
const MOST_GARBLED: u32 = 4;

/// Counts failed tries of one request.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    failed: u32,
}

/// A connection that moved no bytes for the idle timeout.
#[derive(Debug, thiserror::Error)]
#[error("no bytes moved for {} seconds", after.as_secs())]
struct Idle {
    after: Duration,
}

impl Tries {
    /// Something got through: count from the beginning.
    pub(crate) fn reset(&mut self) {
        self.failed = 0;
    }

    /// How long to wait before the next try, or `None` when `error` is final or tries are used up.
    pub(crate) fn next_wait(
        &mut self,
        error: &RemoteError,
        options: &EngineOptions,
    ) -> Option<Duration> {
        let (retry_after, most) = match error.kind() {
            RemoteErrorKind::Transient { retry_after } => (*retry_after, options.max_attempts),
            RemoteErrorKind::Garbled => (None, options.max_attempts.min(MOST_GARBLED)),
            _ => return None,
        };
        self.failed += 1;
        if self.failed >= most {
            return None;
        }
        match retry_after {
            Some(wait) => (wait <= LONGEST_WAIT).then_some(wait),
            None => Some(back_off(self.failed, options)),
        }
    }
}

/// Doubles from the base to the ceiling; the upper half is random, so that parts that failed
/// together do not come back together.
pub(crate) fn back_off(failed: u32, options: &EngineOptions) -> Duration {
    let doublings = failed.saturating_sub(1).min(20);
    let full = options
        .retry_base
        .saturating_mul(1 << doublings)
        .min(options.retry_ceiling);
    full.mul_f64(rand::random_range(0.5..=1.0))
}

impl Run {
    /// Makes a call until it answers or an error is final.
    pub(crate) async fn persist<'a, T>(
        &self,
        mut call: impl FnMut() -> RemoteResult<'a, T>,
    ) -> Result<T, RemoteError> {
        let mut tries = Tries::default();
        loop {
            match call().await {
                Ok(value) => {
                    self.live.change(|state| state.trouble = None);
                    return Ok(value);
                }
                Err(error) => self.wait_after(&mut tries, error).await?,
            }
        }
    }

    /// Waits before another try, or gives the error back.
    pub(crate) async fn wait_after(
        &self,
        tries: &mut Tries,
        error: RemoteError,
    ) -> Result<(), RemoteError> {
        let Some(wait) = tries.next_wait(&error, self.options()) else {
            return Err(error);
        };
        self.live
            .change(|state| state.trouble = Some(Failure::from(&error)));
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Waits for the `count`-th time before something that is not a repeated request.
    pub(crate) async fn back_off(&self, count: u32) {
        tokio::time::sleep(back_off(count, self.options())).await;
    }
}

/// Waits for `call` as long as `moved` grows. Once all `total` bytes moved the server may take its
/// time: how long a silent answer may take is the remote's business.
pub(crate) async fn not_idle<T>(
    mut call: RemoteResult<'_, T>,
    moved: &AtomicU64,
    total: u64,
    idle: Duration,
) -> Result<T, RemoteError> {
    loop {
        let before = moved.load(Ordering::Relaxed);
        match tokio::time::timeout(idle, &mut call).await {
            Ok(result) => return result,
            Err(_) if before < total && moved.load(Ordering::Relaxed) == before => {
                let kind = RemoteErrorKind::Transient { retry_after: None };
                return Err(RemoteError::new(kind, Idle { after: idle }));
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_ceiling_and_are_spread() {
        let options = EngineOptions::default();
        for failed in 1..64 {
            let wait = back_off(failed, &options);
            assert!(
                wait >= options.retry_base / 2,
                "never less than half the base"
            );
            assert!(wait <= options.retry_ceiling, "never more than the ceiling");
        }
        assert!(back_off(1, &options) <= options.retry_base);
        assert!(back_off(30, &options) >= options.retry_ceiling / 2);
    }

    #[test]
    fn the_wait_the_server_asks_for_is_honoured() {
        let options = EngineOptions::default();
        let asks = |seconds| {
            let retry_after = Some(Duration::from_secs(seconds));
            RemoteError::from(RemoteErrorKind::Transient { retry_after })
        };
        let mut tries = Tries::default();
        assert_eq!(
            tries.next_wait(&asks(90), &options),
            Some(Duration::from_secs(90))
        );
        assert_eq!(
            tries.next_wait(&asks(86_400), &options),
            None,
            "a day is not a wait"
        );
    }

    #[test]
    fn only_transient_errors_are_tried_again_and_not_for_ever() {
        let options = EngineOptions {
            max_attempts: 3,
            ..EngineOptions::default()
        };
        let mut tries = Tries::default();
        assert_eq!(
            tries.next_wait(&RemoteErrorKind::Forbidden.into(), &options),
            None
        );
        let transient = || RemoteErrorKind::Transient { retry_after: None }.into();
        assert!(tries.next_wait(&transient(), &options).is_some());
        assert!(tries.next_wait(&transient(), &options).is_some());
        assert!(tries.next_wait(&transient(), &options).is_none());
        tries.reset();
        assert!(tries.next_wait(&transient(), &options).is_some());
    }

    #[test]
    fn an_answer_without_sense_is_asked_for_again_a_few_times() {
        let options = EngineOptions::default();
        let mut tries = Tries::default();
        let mut waits = 0;
        while tries
            .next_wait(&RemoteErrorKind::Garbled.into(), &options)
            .is_some()
        {
            waits += 1;
        }
        assert_eq!(waits, MOST_GARBLED - 1);
    }
}
