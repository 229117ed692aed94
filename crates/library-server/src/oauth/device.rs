//! The device authorization grant (RFC 8628): for a computer without a browser, such as a login node.
//!
//! The device shows a short code; the person types it on a page here, in any browser, sees what asks, and
//! decides. The device asks again and again until then.

pub(super) mod codes;
pub(super) mod endpoint;
pub(super) mod page;

use std::net::IpAddr;

use time::{Duration, OffsetDateTime};

use crate::error::Error;
use crate::ids;
use crate::oauth::device::codes::UserCode;
use crate::oauth::shelf::{Bounds, Full, Key, Shelf};
use crate::peer::Peer;

/// How long a code works.
pub(super) const LIFE: Duration = Duration::minutes(10);
/// How long a device is told that its code has expired, rather than that it is unknown.
const REMEMBER_EXPIRED: Duration = Duration::minutes(5);
/// How long a device waits between two questions, and what is added when it does not.
pub(super) const INTERVAL: Duration = Duration::seconds(5);
/// What a question may come early: networks are not even.
const TOLERANCE: Duration = Duration::seconds(1);
const BOUNDS: Bounds = Bounds {
    in_all: 1000,
    from_one_place: 50,
};

/// A device that waits.
#[derive(Debug)]
struct Device {
    user_code: UserCode,
    request: DeviceRequest,
    until: OffsetDateTime,
    interval: Duration,
    asked: Option<OffsetDateTime>,
    decision: Decision,
}

/// What the person is shown about a device.
#[derive(Debug, Clone)]
pub(super) struct DeviceRequest {
    pub(super) scope: String,
    /// Where the request came from.
    pub(super) address: IpAddr,
}

#[derive(Debug)]
enum Decision {
    Open,
    Allowed { user_id: String },
    Declined,
}

/// What a device is told when it asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Pending,
    SlowDown,
    Expired,
    Declined,
    /// Unknown, or its tokens were fetched before.
    Unknown,
    Allowed {
        user_id: String,
        scope: String,
    },
}

/// The devices that wait.
#[derive(Debug)]
pub(super) struct Devices(Shelf<Device>);

impl Default for Devices {
    fn default() -> Self {
        Self(Shelf::new(LIFE + REMEMBER_EXPIRED, BOUNDS))
    }
}

impl Devices {
    /// A new device code and the code to show. `None` when too many devices wait.
    pub(super) fn add(
        &self,
        now: OffsetDateTime,
        from: Peer,
        scope: &str,
    ) -> Result<Option<(String, UserCode)>, Error> {
        let device_code = ids::new_secret::<32>()?;
        let user_code = UserCode::new()?;
        let device = Device {
            user_code,
            request: DeviceRequest {
                scope: scope.to_owned(),
                address: from.0,
            },
            until: now + LIFE,
            interval: INTERVAL,
            asked: None,
            decision: Decision::Open,
        };
        match self
            .0
            .put(now, from, ids::secret_hash(&device_code), device)
        {
            Ok(()) => Ok(Some((device_code, user_code))),
            Err(Full) => Ok(None),
        }
    }

    /// The device that shows this code and waits for a decision.
    pub(super) fn find(&self, now: OffsetDateTime, code: UserCode) -> Option<(Key, DeviceRequest)> {
        let key = self.0.find(now, |device| {
            device.user_code == code && device.is_open(now)
        })?;
        Some((key, self.open(now, &key)?))
    }

    /// What a device asked for, while there is no decision.
    pub(super) fn open(&self, now: OffsetDateTime, key: &Key) -> Option<DeviceRequest> {
        self.0
            .with(now, key, |device| {
                device.is_open(now).then(|| device.request.clone())
            })
            .flatten()
    }

    /// Writes the decision down: for a person, or nobody. `false` when it came too late.
    pub(super) fn decide(&self, now: OffsetDateTime, key: &Key, person: Option<String>) -> bool {
        let decided = self.0.with(now, key, |device| {
            let is_open = device.is_open(now);
            if is_open {
                device.decision = match person {
                    Some(user_id) => Decision::Allowed { user_id },
                    None => Decision::Declined,
                };
            }
            is_open
        });
        decided.unwrap_or(false)
    }

    /// Answers a device. A decision is told once.
    pub(super) fn ask(&self, now: OffsetDateTime, device_code: &str) -> Told {
        let key = ids::secret_hash(device_code);
        let waiting = self.0.with(now, &key, |device| device.wait(now));
        match waiting {
            None => Told::Unknown,
            Some(Some(told)) => told,
            Some(None) => match self.0.take(now, &key) {
                Some(Device {
                    decision: Decision::Allowed { user_id },
                    request,
                    ..
                }) => Told::Allowed {
                    user_id,
                    scope: request.scope,
                },
                Some(_) => Told::Declined,
                None => Told::Unknown,
            },
        }
    }
}

impl Device {
    fn is_open(&self, now: OffsetDateTime) -> bool {
        now < self.until && matches!(self.decision, Decision::Open)
    }

    /// What to tell a device that has to wait on; `None` when there is a decision.
    fn wait(&mut self, now: OffsetDateTime) -> Option<Told> {
        if now >= self.until {
            return Some(Told::Expired);
        }
        let earliest = self.asked.map(|asked| asked + self.interval - TOLERANCE);
        self.asked = Some(now);
        if earliest.is_some_and(|earliest| now < earliest) {
            self.interval += INTERVAL;
            return Some(Told::SlowDown);
        }
        matches!(self.decision, Decision::Open).then_some(Told::Pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_700_000_000;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(START + seconds).unwrap()
    }

    fn waiting() -> (Devices, String, Key) {
        let devices = Devices::default();
        let peer = Peer(IpAddr::from([192, 0, 2, 1]));
        let (code, user_code) = devices.add(at(0), peer, "library:read").unwrap().unwrap();
        let (key, _) = devices.find(at(0), user_code).unwrap();
        (devices, code, key)
    }

    #[test]
    fn a16_a_device_that_asks_too_often_has_to_wait_longer_from_then_on() {
        let (devices, code, _) = waiting();
        assert_eq!(devices.ask(at(0), &code), Told::Pending);
        assert_eq!(devices.ask(at(5), &code), Told::Pending);
        assert_eq!(devices.ask(at(7), &code), Told::SlowDown);
        assert_eq!(devices.ask(at(13), &code), Told::SlowDown, "ten by now");
        assert_eq!(devices.ask(at(28), &code), Told::Pending, "fifteen by now");
        assert_eq!(devices.ask(at(35), &code), Told::SlowDown);
    }

    #[test]
    fn a16_a_code_ends_after_ten_minutes_whatever_is_decided_then() {
        let (devices, code, key) = waiting();
        assert!(devices.open(at(599), &key).is_some());
        assert!(devices.open(at(600), &key).is_none());
        assert!(!devices.decide(at(600), &key, Some("ada".into())));
        assert_eq!(devices.ask(at(600), &code), Told::Expired);
        assert_eq!(devices.ask(at(900), &code), Told::Unknown);
    }

    #[test]
    fn a_decision_is_made_once_and_told_once() {
        let (devices, code, key) = waiting();
        assert!(devices.decide(at(1), &key, Some("ada".into())));
        assert!(!devices.decide(at(2), &key, None));
        let allowed = Told::Allowed {
            user_id: "ada".into(),
            scope: "library:read".into(),
        };
        assert_eq!(devices.ask(at(3), &code), allowed);
        assert_eq!(devices.ask(at(9), &code), Told::Unknown);

        let (devices, code, key) = waiting();
        assert!(devices.decide(at(1), &key, None));
        assert_eq!(devices.ask(at(3), &code), Told::Declined);
    }
}
