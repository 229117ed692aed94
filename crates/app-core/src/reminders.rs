//! Reminders before a token ends: seven days before, one day before, and when it has ended.
//!
//! Nothing looks at the clock again and again: one timer waits for the next of these moments. Timers stand still
//! while the computer sleeps, so whoever looks at the window has the clock looked at as well.

use std::sync::Arc;
use std::time::Duration as Wait;

use sifter_account::{Account, Accounts};
use sifter_contract::Ending;
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::AppCore;
use crate::clock::reached;
use crate::host::{Host, Notice, Reminder};
use crate::servers::Servers;
use crate::settings::Settings;

/// The moments, as the time that is left then.
const MOMENTS: [(Duration, Ending); 3] = [
    (Duration::ZERO, Ending::Over),
    (Duration::DAY, Ending::Day),
    (Duration::WEEK, Ending::Week),
];
/// The longest that one timer waits; a wall clock that was set is noticed then.
const LONGEST: Wait = Wait::from_secs(24 * 60 * 60);

/// How close an end is, when it is close.
pub(crate) fn ending(end: OffsetDateTime, now: OffsetDateTime) -> Option<Ending> {
    let left = end - now;
    MOMENTS
        .into_iter()
        .find(|(moment, _)| left <= *moment)
        .map(|(_, ending)| ending)
}

/// How long it takes until an end comes closer by one of the steps.
fn until_next(end: OffsetDateTime, now: OffsetDateTime) -> Option<Wait> {
    let left = end - now;
    MOMENTS
        .into_iter()
        .rev()
        .find(|(moment, _)| left > *moment)
        .and_then(|(moment, _)| (left - moment).try_into().ok())
}

/// Looks after the ends of tokens.
struct Reminders {
    accounts: Accounts,
    servers: Arc<Servers>,
    settings: Arc<Settings>,
    host: Arc<dyn Host>,
    clock: Box<dyn Fn() -> OffsetDateTime + Send + Sync>,
}

impl AppCore {
    /// Reminds of ends for as long as the app runs.
    pub(crate) fn remind(&self) {
        let reminders = Reminders {
            accounts: self.accounts.clone(),
            servers: Arc::clone(&self.servers),
            settings: Arc::clone(&self.settings),
            host: Arc::clone(&self.host),
            clock: Box::new(OffsetDateTime::now_utc),
        };
        let focus = self.focus.subscribe();
        self.tasks.spawn(reminders.keep(focus, self.stop.clone()));
    }
}

impl Reminders {
    async fn keep(self, mut focus: watch::Receiver<bool>, stop: CancellationToken) {
        let mut changes = self.accounts.changes();
        loop {
            changes.mark_unchanged();
            let focused = *focus.borrow_and_update();
            let next = self.look(focused).await;
            let later = next.map(|wait| Instant::now() + wait.min(LONGEST));
            let changed = tokio::select! {
                () = stop.cancelled() => return,
                () = reached(later) => Ok(()),
                changed = changes.changed() => changed,
                changed = focus.changed(), if next.is_some() => changed,
            };
            if changed.is_err() {
                return;
            }
        }
    }

    /// Tells of what has come close since the last time. Answers when to look again.
    async fn look(&self, focused: bool) -> Option<Wait> {
        let accounts = self.accounts.list().await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "the ends of tokens are not known");
            Vec::new()
        });
        let now = (self.clock)();
        let mut news = false;
        for account in &accounts {
            news |= self.tell(account, now, focused).await;
        }
        if news {
            self.servers.announce().await;
        }
        let ends = accounts.iter().filter_map(|account| account.expires);
        ends.filter_map(|end| until_next(end, now)).min()
    }

    /// Whether there was something to tell.
    async fn tell(&self, account: &Account, now: OffsetDateTime, focused: bool) -> bool {
        let Some(close) = account.expires.and_then(|end| ending(end, now)) else {
            return false;
        };
        let days = match close {
            Ending::Week => 7,
            Ending::Day => 1,
            Ending::Over => 0,
        };
        if account.reminded.is_some_and(|told| told <= days) {
            return false;
        }
        if let Err(error) = self.accounts.note_reminded(account.id, days).await {
            tracing::warn!(error = %error, "a reminder was not noted");
            return false;
        }
        // Who looks at the window sees it there.
        if !focused && self.settings.notifications() {
            let notice = Notice {
                reminder: Some(Reminder {
                    server: account.server.label.clone(),
                    days,
                }),
                ..Notice::default()
            };
            let host = Arc::clone(&self.host);
            // Some systems take a moment to show it. Lost only when the program ends.
            let _ = tokio::task::spawn_blocking(move || host.notify(notice)).await;
        }
        true
    }
}

#[cfg(test)]
mod tests;
