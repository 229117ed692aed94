//! When the limits count: a few hours of every day, or always.
//!
//! Nothing looks at the clock again and again: one timer waits for the next change. Timers stand still while
//! the computer sleeps, so whatever moves after that, and whoever looks at the transfers, has the hour
//! looked at as well.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::Date;
use sifter_contract::LimitHours;
use sifter_transfer::Limits;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::reached;
use crate::events::Hub;
use crate::settings::Settings;

/// The time on the wall, where this computer is.
pub(crate) type Clock = Box<dyn Fn() -> Zoned + Send + Sync>;

/// Whoever keeps the limits.
pub(crate) type Keeper = Box<dyn Fn(Limits) + Send + Sync>;

/// Sees to it that the limits count when they should.
pub(crate) struct Schedule {
    settings: Arc<Settings>,
    hub: Arc<Hub>,
    keeper: Keeper,
    clock: Clock,
}

/// Whether limits count at a moment, and how long that stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    counts: bool,
    left: Option<Duration>,
}

impl Schedule {
    pub(crate) fn new(
        settings: Arc<Settings>,
        hub: Arc<Hub>,
        keeper: Keeper,
        clock: Clock,
    ) -> Self {
        Self {
            settings,
            hub,
            keeper,
            clock,
        }
    }

    /// Applies the settings to this hour. Answers how long that is right.
    pub(crate) fn apply(&self) -> Option<Duration> {
        let limits = self.settings.limits();
        if limits.up.is_none() && limits.down.is_none() {
            self.put(Limits::default());
            return None;
        }
        let moment = moment(limits.hours, &(self.clock)());
        self.put(if moment.counts {
            Limits {
                up: limits.up.and_then(NonZeroU64::new),
                down: limits.down.and_then(NonZeroU64::new),
            }
        } else {
            Limits::default()
        });
        moment.left
    }

    fn put(&self, limits: Limits) {
        (self.keeper)(limits);
        if self.settings.set_limited_now(limits != Limits::default()) {
            self.hub.settings(self.settings.view());
        }
    }

    /// Applies the settings whenever the hour or the settings change, until `stop`. `moves` changes while
    /// something moves.
    pub(crate) async fn keep<T>(
        self: Arc<Self>,
        mut moves: watch::Receiver<T>,
        stop: CancellationToken,
    ) {
        let mut settings = self.hub.settings_changes();
        loop {
            settings.mark_unchanged();
            moves.mark_unchanged();
            let left = self.apply();
            let over = left.map(|left| Instant::now() + left);
            let hours_matter = left.is_some();
            tokio::select! {
                () = stop.cancelled() => return,
                () = reached(over) => {}
                changed = settings.changed() => if changed.is_err() { return },
                changed = moves.changed(), if hours_matter => if changed.is_err() { return },
            }
        }
    }
}

/// Whether limits with these hours count at `now`, and when that changes.
fn moment(hours: Option<LimitHours>, now: &Zoned) -> Moment {
    let Some(hours) = hours else {
        return Moment {
            counts: true,
            left: None,
        };
    };
    let minute = i32::from(now.hour()) * 60 + i32::from(now.minute());
    let (from, until) = (i32::from(hours.from), i32::from(hours.until));
    let counts = if from < until {
        (from..until).contains(&minute)
    } else {
        minute >= from || minute < until
    };
    let left = [hours.from, hours.until]
        .into_iter()
        .filter_map(|minutes| until_next(minutes, now))
        .min();
    Moment { counts, left }
}

/// How long until the clock next shows `minutes` after midnight.
fn until_next(minutes: u16, now: &Zoned) -> Option<Duration> {
    let (hour, minute) = (
        i8::try_from(minutes / 60).ok()?,
        i8::try_from(minutes % 60).ok()?,
    );
    let at = |date: Date| {
        let time = date
            .at(hour, minute, 0, 0)
            .to_zoned(now.time_zone().clone());
        time.ok().filter(|time| time > now)
    };
    let today = now.date();
    let next = at(today).or_else(|| at(today.tomorrow().ok()?))?;
    next.duration_since(now).try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use jiff::ToSpan;
    use proptest::prelude::*;
    use sifter_contract::{SettingsPatch, SpeedLimits};
    use tokio::time::Instant;

    use super::*;
    use crate::home::Home;

    const OFFICE: LimitHours = LimitHours {
        from: 8 * 60,
        until: 18 * 60,
    };
    const NIGHT: LimitHours = LimitHours {
        from: 22 * 60,
        until: 6 * 60,
    };

    fn zoned(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    fn told(hours: LimitHours, now: &str) -> (bool, i64) {
        let moment = moment(Some(hours), &zoned(now));
        let left = moment.left.unwrap().as_secs();
        (moment.counts, i64::try_from(left).unwrap() / 60)
    }

    #[test]
    fn hours_count_from_their_beginning_to_their_end_also_past_midnight() {
        for (hours, now, expected) in [
            (OFFICE, "2026-11-25T07:59[Europe/Vienna]", (false, 1)),
            (OFFICE, "2026-11-25T08:00[Europe/Vienna]", (true, 600)),
            (OFFICE, "2026-11-25T17:59[Europe/Vienna]", (true, 1)),
            (OFFICE, "2026-11-25T18:00[Europe/Vienna]", (false, 840)),
            (NIGHT, "2026-12-31T21:00[Europe/Vienna]", (false, 60)),
            (NIGHT, "2026-12-31T23:30[Europe/Vienna]", (true, 390)),
            (NIGHT, "2027-01-01T05:00[Europe/Vienna]", (true, 60)),
            (NIGHT, "2027-01-01T06:00[Europe/Vienna]", (false, 960)),
            // An hour less in the night in which the clocks go forward.
            (NIGHT, "2026-03-28T23:00[Europe/Vienna]", (true, 360)),
        ] {
            assert_eq!(told(hours, now), expected, "{now}");
        }
        let always = moment(None, &zoned("2026-11-25T12:00[UTC]"));
        assert_eq!((always.counts, always.left), (true, None));
    }

    proptest! {
        #[test]
        fn what_is_told_stays_true_until_it_is_said_to_change(
            from in 0_u16..1440,
            until in 0_u16..1440,
            minutes in 0_i64..10_080,
        ) {
            prop_assume!(from != until);
            let hours = Some(LimitHours { from, until });
            let now = zoned("2026-06-01T00:00[Europe/Vienna]").checked_add(minutes.minutes()).unwrap();
            let first = moment(hours, &now);
            let left = first.left.unwrap();
            prop_assert!(left > Duration::ZERO && left <= Duration::from_secs(24 * 60 * 60));
            let just_before = now.checked_add(left - Duration::from_secs(1)).unwrap();
            prop_assert_eq!(moment(hours, &just_before).counts, first.counts);
            let then = now.checked_add(left).unwrap();
            prop_assert_eq!(moment(hours, &then).counts, !first.counts);
        }
    }

    /// A schedule at noon, what it put, and how often it looked at the clock.
    struct Rig {
        _folder: tempfile::TempDir,
        schedule: Arc<Schedule>,
        put: Arc<Mutex<Vec<Limits>>>,
        looks: Arc<AtomicUsize>,
    }

    fn rig() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let settings = Arc::new(Settings::open(&Home::at(folder.path())).unwrap());
        let hub = Arc::new(Hub::new(settings.view()));
        let put = Arc::new(Mutex::new(Vec::new()));
        let looks = Arc::new(AtomicUsize::new(0));
        let (kept, looked) = (Arc::clone(&put), Arc::clone(&looks));
        let keeper = move |limits| {
            let mut kept = kept.lock().unwrap();
            if kept.last() != Some(&limits) {
                kept.push(limits);
            }
        };
        let (noon, begun) = (zoned("2026-11-25T12:00[Europe/Vienna]"), Instant::now());
        let clock = move || {
            looked.fetch_add(1, Ordering::Relaxed);
            noon.checked_add(begun.elapsed()).unwrap()
        };
        Rig {
            schedule: Arc::new(Schedule::new(
                settings,
                hub,
                Box::new(keeper),
                Box::new(clock),
            )),
            _folder: folder,
            put,
            looks,
        }
    }

    fn limited(bytes: u64) -> Limits {
        Limits {
            up: NonZeroU64::new(bytes),
            down: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_is_looked_at_only_when_something_changes() {
        let rig = rig();
        let patch = |limits| SettingsPatch {
            limits: Some(limits),
            ..SettingsPatch::default()
        };
        let office = SpeedLimits {
            up: Some(1 << 20),
            down: None,
            hours: Some(OFFICE),
        };
        rig.schedule.settings.apply(&patch(office)).unwrap();
        let (_moves, watched) = watch::channel(());
        let stop = CancellationToken::new();
        let keeping = tokio::spawn(Arc::clone(&rig.schedule).keep(watched, stop.clone()));
        let mut views = rig.schedule.hub.settings_changes();
        // Until half past noon three days later: six boundaries, each of which is told once.
        let end = Instant::now() + Duration::from_secs(3 * 86_400 + 1800);
        while tokio::time::timeout_at(end, views.changed()).await.is_ok() {}
        let expected: Vec<Limits> = (0..4)
            .flat_map(|_| [limited(1 << 20), Limits::default()])
            .take(7)
            .collect();
        assert_eq!(*rig.put.lock().unwrap(), expected);
        let looks = rig.looks.load(Ordering::Relaxed);
        assert!(looks <= 15, "looked {looks} times for six boundaries");

        // Without limits it does not look at all.
        rig.schedule
            .settings
            .apply(&patch(SpeedLimits::default()))
            .unwrap();
        rig.schedule.hub.settings(rig.schedule.settings.view());
        tokio::time::sleep(Duration::from_secs(3 * 86_400)).await;
        assert_eq!(rig.put.lock().unwrap().last(), Some(&Limits::default()));
        assert!(rig.looks.load(Ordering::Relaxed) <= looks + 1);
        stop.cancel();
        keeping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_moves_after_a_sleep_has_the_hour_looked_at() {
        let rig = rig();
        let (moves, watched) = watch::channel(());
        let office = SpeedLimits {
            up: Some(1 << 20),
            down: None,
            hours: Some(OFFICE),
        };
        let patch = SettingsPatch {
            limits: Some(office),
            ..SettingsPatch::default()
        };
        rig.schedule.settings.apply(&patch).unwrap();
        let keeping =
            tokio::spawn(Arc::clone(&rig.schedule).keep(watched, CancellationToken::new()));
        tokio::task::yield_now().await;
        let looks = rig.looks.load(Ordering::Relaxed);
        moves.send_replace(());
        while rig.looks.load(Ordering::Relaxed) == looks {
            tokio::task::yield_now().await;
        }
        keeping.abort();
    }
}
