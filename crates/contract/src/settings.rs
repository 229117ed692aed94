//! The app itself: what it is running on, and what the person has set.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{KeychainState, Storage};

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
    /// Where new sign-ins would be stored.
    pub storage: Storage,
    /// Name and version of a container program found on this computer, such as `Apptainer 1.4`.
    pub container_program: Option<String>,
    /// Whether requests go through a proxy of the system.
    pub uses_proxy: bool,
    /// The settings.
    pub settings: SettingsView,
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
    /// The person has left the welcome page.
    #[serde(default)]
    #[ts(optional)]
    pub welcome_done: Option<bool>,
}
