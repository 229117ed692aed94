//! The app itself: what it is running on, and what the person has set.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{KeychainState, Storage, VaultState};

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Follow the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// What the window needs to draw its frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppView {
    /// Sifter's version.
    pub version: String,
    /// `linux`, `macos` or `windows`; decides the frame and the names of keys.
    pub os: String,
    /// True until a server was used or the welcome page was left once.
    pub first_run: bool,
    /// The state of the keychain on this computer.
    pub keychain: KeychainState,
    /// The file that keeps secrets where there is no keychain.
    pub vault: VaultState,
    /// Where new sign-ins would be stored.
    pub storage: Storage,
    /// Name and version of a container program found on this computer, such as `Apptainer 1.4`.
    pub container_program: Option<String>,
    /// Whether requests go through a proxy of the system.
    pub uses_proxy: bool,
    /// The settings.
    pub settings: SettingsView,
}

/// The most bytes a second that all transfers may use together, and when that counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpeedLimits {
    /// Towards libraries, in bytes a second; `null` is no limit.
    pub up: Option<u64>,
    /// From libraries, in bytes a second; `null` is no limit.
    pub down: Option<u64>,
    /// The hours in which the two count; `null` is always.
    pub hours: Option<LimitHours>,
}

/// Hours of every day, by the clock of this computer. `until` before `from` means the next morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LimitHours {
    /// Minutes after midnight, 0 to 1439.
    pub from: u16,
    /// Minutes after midnight, 0 to 1439.
    pub until: u16,
}

/// The settings as the window shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Full path of the download folder.
    pub download_folder: String,
    /// Last component of the download folder, for short captions.
    pub download_folder_name: String,
    /// Free bytes on the download folder's volume, if the system tells.
    pub download_folder_free: Option<u64>,
    /// Colours.
    pub theme: Theme,
    /// Whether the local library starts with the app.
    pub start_local_library: bool,
    /// At most this many large transfers at once.
    pub parallel_transfers: u32,
    /// How fast transfers may be.
    pub limits: SpeedLimits,
    /// Whether a limit counts now, which is a matter of the hour.
    pub limited_now: bool,
    /// Whether the computer is kept from falling asleep while something moves.
    pub keep_awake: bool,
    /// Whether the system tells how transfers ended while the window is elsewhere.
    pub notifications: bool,
    /// After how many minutes without use the vault file closes itself; 0 is never.
    pub vault_lock_minutes: u32,
    /// Where Sifter keeps its data, for *Show data folder*.
    pub data_folder: String,
}

/// Changes to the settings; an absent field stays as it is. The download folder is changed by
/// `settings_choose_folder` only, so that the window never supplies a path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SettingsPatch {
    /// Colours.
    #[serde(default)]
    #[ts(optional)]
    pub theme: Option<Theme>,
    /// Whether the local library starts with the app.
    #[serde(default)]
    #[ts(optional)]
    pub start_local_library: Option<bool>,
    /// At most this many large transfers at once (1 to 8).
    #[serde(default)]
    #[ts(optional)]
    pub parallel_transfers: Option<u32>,
    /// How fast transfers may be, all of it.
    #[serde(default)]
    #[ts(optional)]
    pub limits: Option<SpeedLimits>,
    /// Whether the computer is kept from falling asleep while something moves.
    #[serde(default)]
    #[ts(optional)]
    pub keep_awake: Option<bool>,
    /// Whether the system tells how transfers ended while the window is elsewhere.
    #[serde(default)]
    #[ts(optional)]
    pub notifications: Option<bool>,
    /// After how many minutes without use the vault file closes itself, at most a day; 0 is never.
    #[serde(default)]
    #[ts(optional)]
    pub vault_lock_minutes: Option<u32>,
    /// The person has left the welcome page.
    #[serde(default)]
    #[ts(optional)]
    pub welcome_done: Option<bool>,
}
