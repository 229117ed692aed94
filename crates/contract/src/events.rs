//! What the window hears without asking. One stream carries everything; the first events after
//! `app_watch` describe the present, so that a reopened window needs no history.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    BundleView, DiagnosisView, DraftSheet, RevokedKey, ServerView, SettingsView, SignInView,
    TransferList,
};

/// Where a drag over the window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DropPhase {
    /// Files came over the window.
    Enter,
    /// They moved.
    Over,
    /// They left, or were dropped.
    Leave,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum AppEvent {
    /// The transfers changed; at most ten times a second.
    Transfers {
        /// All of them.
        list: TransferList,
    },
    /// The servers or their accounts changed.
    Servers {
        /// All of them.
        servers: Vec<ServerView>,
    },
    /// A sign-in moved on.
    SignIn {
        /// The attempt.
        sign_in: SignInView,
    },
    /// A diagnosis moved on.
    Diagnosis {
        /// All that was found so far.
        diagnosis: DiagnosisView,
    },
    /// An offline bundle moved on; at most ten times a second.
    Bundle {
        /// How far it is.
        bundle: BundleView,
    },
    /// A key of somebody else turned out to be revoked.
    KeyRevoked {
        /// The key, and what it has signed.
        key: RevokedKey,
    },
    /// Something waits for the person to unlock the keychain, or no more.
    Keychain {
        /// Whether it waits.
        waiting: bool,
    },
    /// The vault file has closed itself, because nothing has used it for a while.
    VaultLocked,
    /// Something in a library changed; a page that shows it should ask again.
    LibraryChanged {
        /// The server.
        server_id: String,
    },
    /// The settings changed.
    Settings {
        /// The settings.
        settings: SettingsView,
    },
    /// Files are being dragged over the window.
    Drag {
        /// Where the drag stands.
        phase: DropPhase,
        /// Number of files.
        files: u32,
        /// Position in CSS pixels.
        x: f64,
        /// Position in CSS pixels.
        y: f64,
    },
    /// A file was handed over by the system (a double click, *Open with*) to be looked at.
    Opened {
        /// The id it was opened under.
        file_id: String,
    },
    /// Files were dropped on the window.
    Dropped {
        /// The sheet made for them.
        sheet: DraftSheet,
        /// Position in CSS pixels, when they were dropped.
        x: f64,
        /// Position in CSS pixels, when they were dropped.
        y: f64,
    },
}
