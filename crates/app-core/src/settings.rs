//! The settings: a TOML file that a person may edit, kept with its comments and with keys of other versions.

mod commands;
mod key_servers;
mod limits;
mod providers;
pub(crate) mod proxy;
mod vault;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sifter_contract::{SettingsPatch, SettingsView, Theme};
use toml_edit::{DocumentMut, Item, Value};

use crate::files;
use crate::home::Home;

pub(crate) use providers::ProviderSettings;

/// What a new file holds. Every key Sifter reads is described here.
const TEMPLATE: &str = "\
# Sifter's settings. Sifter writes this file too; it keeps your comments and the keys it does not know.

# Folder that downloads go to. Empty: the system's download folder.
download_folder = \"\"

# Colours: \"system\", \"light\" or \"dark\".
theme = \"system\"

# How many large transfers run at once, 1 to 8. Small ones never wait for large ones.
parallel_transfers = 2

# How fast all uploads, and all downloads, may be together, in KiB a second. 0: as fast as the line.
upload_limit = 0
download_limit = 0

# When the two limits count: \"always\", or from one time to another by this computer's clock, such as
# \"08:00-18:00\". \"22:00-06:00\" goes past midnight.
limit_hours = \"always\"

# Whether the computer is kept from falling asleep while something moves.
keep_awake = true

# Whether the system tells how transfers ended while the window is elsewhere.
notifications = true

# After how many minutes without use the vault closes itself, on computers that have no keychain. 0: never.
vault_lock_minutes = 15

# Key servers that are asked for the keys behind signatures, after the one of the library that an image is from.
# An empty list asks nobody else. Without this line: the two that Apptainer and Singularity use.
# key_servers = [\"https://keys.openpgp.org\", \"https://keys.sylabs.io\"]

# The proxy to other machines: \"system\" (what the operating system says), \"none\" or \"manual\". This computer is
# always reached directly. A manual one has an address such as \"http://proxy.example:3128\" (or https, or socks5),
# perhaps a name to sign in with (its password lies in the keychain), and hosts that are reached without it.
proxy = \"system\"
proxy_address = \"\"
proxy_user = \"\"
proxy_bypass = []

# Whether the library on this computer starts together with Sifter.
start_local_library = false

# Whether the welcome page was left once.
welcome_done = false

# What Sifter is called at identity providers, for servers that let it sign people in there itself. One table each for
# google, github (with url), gitlab (with url) and microsoft (with tenant); secrets lie in the keychain.
# [sign_in.gitlab]
# client_id = \"\"
# url = \"https://gitlab.com\"
";

const LARGEST_PARALLEL: i64 = 8;
const DEFAULT_PARALLEL: u32 = 2;

/// Why the settings could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no TOML. It is left as it is.
    #[error("{} is not valid TOML", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml_edit::TomlError>,
    },
}

/// The settings of one installation.
#[derive(Debug)]
pub(crate) struct Settings {
    path: PathBuf,
    downloads: PathBuf,
    data: PathBuf,
    document: Mutex<DocumentMut>,
    /// Whether the limits count at this hour. Not a setting, but shown with them.
    limited_now: AtomicBool,
}

impl Settings {
    /// Reads the file. Without one, the defaults apply and nothing is written yet.
    pub(crate) fn open(home: &Home) -> Result<Self, SettingsError> {
        let path = home.settings_file();
        let text = files::read(&path)
            .map_err(|source| SettingsError::Read {
                path: path.clone(),
                source,
            })?
            .unwrap_or_else(|| TEMPLATE.to_owned());
        let document = text
            .parse::<DocumentMut>()
            .map_err(|source| SettingsError::Syntax {
                path: path.clone(),
                source: Box::new(source),
            })?;
        Ok(Self {
            path,
            downloads: home.downloads().to_owned(),
            data: home.data().to_owned(),
            document: Mutex::new(document),
            limited_now: AtomicBool::new(false),
        })
    }

    /// The folder that downloads go to.
    pub(crate) fn download_folder(&self) -> PathBuf {
        self.document()
            .get("download_folder")
            .and_then(Item::as_str)
            .filter(|folder| !folder.is_empty())
            .map_or_else(|| self.downloads.clone(), PathBuf::from)
    }

    pub(crate) fn start_local_library(&self) -> bool {
        self.flag("start_local_library", false)
    }

    pub(crate) fn welcome_done(&self) -> bool {
        self.flag("welcome_done", false)
    }

    /// Whether the computer stays awake while something moves.
    pub(crate) fn keep_awake(&self) -> bool {
        self.flag("keep_awake", true)
    }

    /// Whether the system may tell how transfers ended.
    pub(crate) fn notifications(&self) -> bool {
        self.flag("notifications", true)
    }

    /// Notes whether the limits count at this hour. Answers whether that is news.
    pub(crate) fn set_limited_now(&self, limited: bool) -> bool {
        self.limited_now.swap(limited, Ordering::Relaxed) != limited
    }

    /// At most this many large transfers at once.
    pub(crate) fn large_lane(&self) -> usize {
        usize::try_from(self.parallel_transfers()).unwrap_or(1)
    }

    fn parallel_transfers(&self) -> u32 {
        self.document()
            .get("parallel_transfers")
            .and_then(Item::as_integer)
            .and_then(|count| u32::try_from(count.clamp(1, LARGEST_PARALLEL)).ok())
            .unwrap_or(DEFAULT_PARALLEL)
    }

    fn theme(&self) -> Theme {
        match self.document().get("theme").and_then(Item::as_str) {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// The settings as the window shows them. Asks the disk for its free space.
    pub(crate) fn view(&self) -> SettingsView {
        let folder = self.download_folder();
        SettingsView {
            download_folder_name: folder_name(&folder),
            download_folder_free: free_space(&folder),
            download_folder: folder.display().to_string(),
            theme: self.theme(),
            start_local_library: self.start_local_library(),
            parallel_transfers: self.parallel_transfers(),
            limits: self.limits(),
            limited_now: self.limited_now.load(Ordering::Relaxed),
            keep_awake: self.keep_awake(),
            notifications: self.notifications(),
            vault_lock_minutes: self.vault_lock_minutes(),
            data_folder: self.data.display().to_string(),
        }
    }

    /// Takes over what the window changed.
    pub(crate) fn apply(&self, patch: &SettingsPatch) -> Result<(), SettingsError> {
        self.change(|document| {
            if let Some(theme) = patch.theme {
                set(
                    document,
                    "theme",
                    match theme {
                        Theme::System => "system",
                        Theme::Light => "light",
                        Theme::Dark => "dark",
                    },
                );
            }
            if let Some(start) = patch.start_local_library {
                set(document, "start_local_library", start);
            }
            if let Some(count) = patch.parallel_transfers {
                set(
                    document,
                    "parallel_transfers",
                    i64::from(count).clamp(1, LARGEST_PARALLEL),
                );
            }
            if let Some(limits) = &patch.limits {
                limits::write(document, limits);
            }
            if let Some(keep) = patch.keep_awake {
                set(document, "keep_awake", keep);
            }
            if let Some(tell) = patch.notifications {
                set(document, "notifications", tell);
            }
            if let Some(minutes) = patch.vault_lock_minutes {
                vault::write(document, minutes);
            }
            if let Some(done) = patch.welcome_done {
                set(document, "welcome_done", done);
            }
        })
    }

    /// Takes the folder that the person chose in a dialog.
    pub(crate) fn set_download_folder(&self, folder: &Path) -> Result<(), SettingsError> {
        self.change(|document| {
            set(
                document,
                "download_folder",
                folder.to_string_lossy().as_ref(),
            );
        })
    }

    fn flag(&self, key: &str, default: bool) -> bool {
        self.document()
            .get(key)
            .and_then(Item::as_bool)
            .unwrap_or(default)
    }

    fn change(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<(), SettingsError> {
        let mut document = self.document();
        let mut changed = document.clone();
        change(&mut changed);
        files::replace(&self.path, &changed.to_string()).map_err(|source| {
            SettingsError::Write {
                path: self.path.clone(),
                source,
            }
        })?;
        *document = changed;
        Ok(())
    }

    fn document(&self) -> MutexGuard<'_, DocumentMut> {
        self.document.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets a key and keeps the comment behind its old value.
fn set(document: &mut DocumentMut, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    if let Some(old) = document.get(key).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    document[key] = Item::Value(value);
}

/// The last component of a folder, or the whole of a root.
pub(crate) fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Free bytes for this user on the volume of a folder that may not exist yet.
pub(crate) fn free_space(folder: &Path) -> Option<u64> {
    folder
        .ancestors()
        .find(|folder| folder.exists())
        .and_then(|folder| fs4::available_space(folder).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        (folder, home)
    }

    #[test]
    fn without_a_file_the_defaults_apply_and_nothing_is_written() {
        let (_folder, home) = home();
        let settings = Settings::open(&home).unwrap();
        assert_eq!(settings.download_folder(), home.downloads());
        assert_eq!(settings.parallel_transfers(), DEFAULT_PARALLEL);
        assert!(!settings.welcome_done());
        assert!(!home.settings_file().exists());
    }

    #[test]
    fn a_change_keeps_comments_and_unknown_keys() {
        let (_folder, home) = home();
        let text = "# mine\ntheme = \"dark\" # at night\nfuture_key = [1, 2]\n[section]\nx = 1\n";
        files::replace(&home.settings_file(), text).unwrap();
        let settings = Settings::open(&home).unwrap();
        assert_eq!(settings.view().theme, Theme::Dark);
        let patch = SettingsPatch {
            theme: Some(Theme::Light),
            parallel_transfers: Some(99),
            welcome_done: Some(true),
            ..SettingsPatch::default()
        };
        settings.apply(&patch).unwrap();
        let text = files::read(&home.settings_file()).unwrap().unwrap();
        for kept in [
            "# mine",
            "# at night",
            "future_key = [1, 2]",
            "[section]",
            "theme = \"light\"",
        ] {
            assert!(text.contains(kept), "{kept} is missing:\n{text}");
        }
        let again = Settings::open(&home).unwrap();
        assert_eq!(again.view().theme, Theme::Light);
        assert_eq!(again.parallel_transfers(), 8);
        assert!(again.welcome_done());
    }

    #[test]
    fn every_key_that_is_read_is_described_in_a_new_file() {
        let (_folder, home) = home();
        let settings = Settings::open(&home).unwrap();
        settings
            .set_download_folder(Path::new("/data/images"))
            .unwrap();
        let text = files::read(&home.settings_file()).unwrap().unwrap();
        for key in [
            "download_folder",
            "theme",
            "parallel_transfers",
            "start_local_library",
            "welcome_done",
            "upload_limit",
            "limit_hours",
            "keep_awake",
            "notifications",
            "vault_lock_minutes",
        ] {
            let line = text.lines().position(|line| line.starts_with(key)).unwrap();
            assert!(
                text.lines().nth(line - 1).unwrap().starts_with('#'),
                "{key} has no description"
            );
        }
        assert_eq!(settings.download_folder(), Path::new("/data/images"));
        assert_eq!(settings.view().download_folder_name, "images");
    }

    #[test]
    fn a_broken_file_is_named_and_left_alone() {
        let (_folder, home) = home();
        files::replace(&home.settings_file(), "theme = ").unwrap();
        assert!(matches!(
            Settings::open(&home),
            Err(SettingsError::Syntax { .. })
        ));
        assert_eq!(
            files::read(&home.settings_file()).unwrap().unwrap(),
            "theme = "
        );
    }
}
