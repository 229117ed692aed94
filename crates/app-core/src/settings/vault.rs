//! After how long without use the vault closes itself, as the file says it: whole minutes.

use std::time::Duration;

use toml_edit::{DocumentMut, Item};

use super::{Settings, set};

const KEY: &str = "vault_lock_minutes";
/// About what password managers take: short enough for a computer that somebody walks away from, and long enough
/// for an hour of work to need the passphrase once or twice.
const DEFAULT: u32 = 15;
/// A day.
const LONGEST: u32 = 24 * 60;

impl Settings {
    /// After how long without use the vault closes itself; `None` for never.
    pub(crate) fn vault_lock(&self) -> Option<Duration> {
        let minutes = self.vault_lock_minutes();
        (minutes > 0).then(|| Duration::from_secs(u64::from(minutes) * 60))
    }

    /// The same in minutes; 0 for never.
    pub(super) fn vault_lock_minutes(&self) -> u32 {
        self.document()
            .get(KEY)
            .and_then(Item::as_integer)
            .and_then(|minutes| u32::try_from(minutes).ok())
            .map_or(DEFAULT, |minutes| minutes.min(LONGEST))
    }
}

/// Puts it into the file.
pub(super) fn write(document: &mut DocumentMut, minutes: u32) {
    set(document, KEY, i64::from(minutes.min(LONGEST)));
}

#[cfg(test)]
mod tests {
    use sifter_contract::SettingsPatch;

    use super::*;
    use crate::files;
    use crate::home::Home;

    #[test]
    fn the_vault_closes_after_a_while_unless_it_never_shall() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let settings = Settings::open(&home).unwrap();
        let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
        assert_eq!(settings.vault_lock(), minutes(15));
        for (asked, got) in [(5, minutes(5)), (0, None), (99_999, minutes(24 * 60))] {
            let patch = SettingsPatch {
                vault_lock_minutes: Some(asked),
                ..SettingsPatch::default()
            };
            settings.apply(&patch).unwrap();
            assert_eq!(settings.vault_lock(), got);
            let again = Settings::open(&home).unwrap();
            assert_eq!(again.vault_lock(), got);
        }
        // What makes no sense is as if nothing stood there.
        files::replace(&home.settings_file(), "vault_lock_minutes = -1\n").unwrap();
        assert_eq!(Settings::open(&home).unwrap().vault_lock(), minutes(15));
    }
}
