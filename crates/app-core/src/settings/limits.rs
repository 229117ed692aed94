//! How fast transfers may be, as the file says it: whole KiB a second, and hours such as `08:00-18:00`.

use sifter_contract::{LimitHours, SpeedLimits};
use toml_edit::{DocumentMut, Item};

use super::{Settings, set};

const KIB: u64 = 1 << 10;
/// Slower than this no transfer comes to an end that anybody waits for, and servers lose their patience.
const LEAST: u64 = 16 * KIB;
/// No line is faster.
const MOST: u64 = 1 << 40;

const ALWAYS: &str = "always";
const MINUTES_A_DAY: u16 = 24 * 60;

impl Settings {
    /// How fast transfers may be, whatever hour it is.
    pub(crate) fn limits(&self) -> SpeedLimits {
        let document = self.document();
        let limit = |key| {
            document
                .get(key)
                .and_then(Item::as_integer)
                .and_then(|kib| u64::try_from(kib).ok())
                .filter(|kib| *kib > 0)
                .map(|kib| sensible(kib.saturating_mul(KIB)))
        };
        SpeedLimits {
            up: limit("upload_limit"),
            down: limit("download_limit"),
            hours: document
                .get("limit_hours")
                .and_then(Item::as_str)
                .and_then(parse),
        }
    }
}

/// Puts limits into the file.
pub(super) fn write(document: &mut DocumentMut, limits: &SpeedLimits) {
    for (key, limit) in [("upload_limit", limits.up), ("download_limit", limits.down)] {
        let kib = limit
            .filter(|limit| *limit > 0)
            .map_or(0, |limit| sensible(limit).div_ceil(KIB));
        set(document, key, i64::try_from(kib).unwrap_or(i64::MAX));
    }
    let hours = limits.hours.and_then(told);
    set(
        document,
        "limit_hours",
        hours.unwrap_or_else(|| ALWAYS.to_owned()),
    );
}

fn sensible(limit: u64) -> u64 {
    limit.clamp(LEAST, MOST)
}

/// Hours as text; `None` for those that are no hours, or all of them.
fn told(hours: LimitHours) -> Option<String> {
    let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    is_part_of_a_day(hours).then(|| format!("{}-{}", time(hours.from), time(hours.until)))
}

/// Hours from text; `None` when they are always, or cannot be understood.
fn parse(text: &str) -> Option<LimitHours> {
    let (from, until) = text.split_once('-')?;
    let hours = LimitHours {
        from: minutes(from)?,
        until: minutes(until)?,
    };
    is_part_of_a_day(hours).then_some(hours)
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn is_part_of_a_day(hours: LimitHours) -> bool {
    hours.from < MINUTES_A_DAY && hours.until < MINUTES_A_DAY && hours.from != hours.until
}

#[cfg(test)]
mod tests {
    use sifter_contract::SettingsPatch;

    use super::*;
    use crate::files;
    use crate::home::Home;

    fn settings(text: &str) -> (tempfile::TempDir, Settings) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        files::replace(&home.settings_file(), text).unwrap();
        let settings = Settings::open(&home).unwrap();
        (folder, settings)
    }

    #[test]
    fn limits_come_back_as_they_were_set() {
        let (folder, settings) = settings("future_key = 1\n");
        assert_eq!(settings.limits(), SpeedLimits::default());
        let limits = SpeedLimits {
            up: Some(5 << 20),
            down: None,
            hours: Some(LimitHours {
                from: 22 * 60,
                until: 6 * 60 + 30,
            }),
        };
        let patch = SettingsPatch {
            limits: Some(limits),
            ..SettingsPatch::default()
        };
        settings.apply(&patch).unwrap();
        let home = Home::at(folder.path());
        let again = Settings::open(&home).unwrap();
        assert_eq!(again.limits(), limits);
        assert!(
            again.keep_awake() && again.notifications(),
            "these are on unless turned off"
        );
        let text = files::read(&home.settings_file()).unwrap().unwrap();
        for line in [
            "future_key = 1",
            "upload_limit = 5120",
            "download_limit = 0",
            "limit_hours = \"22:00-06:30\"",
        ] {
            assert!(text.contains(line), "{line} is missing:\n{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_in_the_file_is_no_limit_or_the_nearest_one() {
        for (text, limits) in [
            ("upload_limit = -3\ndownload_limit = \"fast\"", (None, None)),
            (
                "upload_limit = 1\ndownload_limit = 9223372036854775807",
                (Some(LEAST), Some(MOST)),
            ),
        ] {
            let (_folder, settings) = settings(text);
            let found = settings.limits();
            assert_eq!((found.up, found.down), limits, "{text}");
        }
        for text in [
            "",
            "always",
            "8-18",
            "08:00",
            "08:00-24:00",
            "08:60-09:00",
            "-1:00-2:00",
            "07:00-07:00",
        ] {
            let (_folder, settings) = settings(&format!("limit_hours = {text:?}"));
            assert_eq!(settings.limits().hours, None, "{text}");
        }
        let (_folder, settings) = settings("limit_hours = \" 8:05 - 18:00 \"");
        assert_eq!(
            settings.limits().hours,
            Some(LimitHours {
                from: 485,
                until: 1080
            })
        );
    }
}
