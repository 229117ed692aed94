//! Servers, accounts and sign-in as the window sees them. No field here can hold a token.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Ending, UiError};

/// What kind of place a server is; decides the icon and a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServerKind {
    /// The library that runs inside the app.
    ThisComputer,
    /// Sylabs Cloud.
    SylabsCloud,
    /// Any other server of the Cloud Library API.
    Library,
}

/// How a server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ServerState {
    /// Not asked yet.
    Unknown,
    /// It answers.
    Online,
    /// It answers slowly or in part.
    Slow,
    /// It does not answer.
    Down,
    /// The local library is not running.
    Off,
}

/// What a server can do, as far as it was asked. `None`: not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// The API version the server names.
    pub api_version: Option<String>,
    /// Tags per architecture.
    pub arch_tags: Option<bool>,
    /// Uploads in parts, which resume.
    pub multipart: Option<bool>,
    /// Downloads in ranges, which resume.
    pub ranges: Option<bool>,
    /// Sets only the tags it is asked to set; otherwise `latest` moves with every upload.
    pub only_asked_tags: Option<bool>,
    /// Shows the quota before an upload.
    pub quota: Option<bool>,
    /// Full-text search.
    pub search: Option<bool>,
    /// Sign-in through the browser.
    pub browser_sign_in: Option<bool>,
    /// Keys can be published there.
    pub keys: Option<bool>,
    /// Remote builds.
    pub builder: Option<bool>,
    /// An OCI registry keeps its images, and transfers go there.
    pub registry: Option<bool>,
    /// People make and end access tokens there, by name.
    pub tokens: Option<bool>,
}

/// Space used and available, in bytes. `total` 0 means unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// Bytes used.
    pub used: u64,
    /// Bytes allowed; 0 is unlimited.
    pub total: u64,
}

/// Where an account's secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Storage {
    /// In the keychain of the operating system. `name` is what people call it there.
    Keychain {
        /// For instance `Secret Service`, `macOS Keychain`, `Windows Credential Manager`.
        name: String,
    },
    /// In the vault file, encrypted with the person's passphrase.
    Vault,
    /// In memory until Sifter quits.
    SessionOnly,
}

/// The keychain's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeychainState {
    /// It stores and returns secrets.
    Ready,
    /// It waits for the person to unlock it.
    Locked,
    /// There is none.
    Absent,
}

/// The vault file, which keeps secrets where there is no keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultState {
    /// There is none.
    None,
    /// There is one, and its passphrase has not been given in this session.
    Closed,
    /// It is open until Sifter quits.
    Open,
}

/// An account on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Opaque id.
    pub id: String,
    /// Login name, which is usually the person's entity.
    pub login: String,
    /// Name to show.
    pub display: String,
    /// False when the sign-in ran out.
    pub signed_in: bool,
    /// How the person signed in: `true` through the browser, `false` with a pasted token.
    pub by_browser: bool,
    /// Where the secret is.
    pub storage: Storage,
    /// When the sign-in ends, RFC 3339, if known.
    pub expires: Option<String>,
    /// How close its end is, when it is close.
    pub ending: Option<Ending>,
}

/// Whose sign-in a provider is, for its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInProviderKind {
    /// Google.
    Google,
    /// GitHub.
    Github,
    /// GitLab, anybody's.
    Gitlab,
    /// Microsoft.
    Microsoft,
    /// Any other.
    Other,
}

/// An identity provider that a server takes sign-ins from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInProvider {
    /// Its name for the server.
    pub id: String,
    /// What the server calls it, at most 40 visible characters.
    pub label: String,
    /// For its picture.
    pub kind: SignInProviderKind,
    /// Sifter can go there itself, under a client id of its own, and the server takes what it gets.
    pub direct: bool,
}

/// A way to sign in that the server offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SignInWay {
    /// The server's own sign-in page in the browser.
    Browser {
        /// Who else the server takes sign-ins from, at most eight. The page offers them all; naming one goes
        /// there at once.
        providers: Vec<SignInProvider>,
    },
    /// A token from the server's token page, taken from the clipboard by Rust.
    Token,
}

/// A server the person has connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// Opaque id; `this-computer` for the local library.
    pub id: String,
    /// Name to show.
    pub name: String,
    /// Host (and port) to show, such as `cloud.sylabs.io`.
    pub host: String,
    /// Base address of its library, for commands that a person copies.
    pub library_url: String,
    /// What kind of place it is.
    pub kind: ServerKind,
    /// How it is doing.
    pub state: ServerState,
    /// Why it is not doing well, when it is not.
    pub problem: Option<UiError>,
    /// What it can do.
    pub capabilities: Capabilities,
    /// The account in use there.
    pub account: Option<AccountView>,
    /// All accounts there, in the order in which they were added.
    pub accounts: Vec<AccountView>,
    /// How one can sign in. Empty while the server is off or unknown.
    pub ways: Vec<SignInWay>,
    /// Space of the account, when the server tells.
    pub quota: Option<Quota>,
}

/// Where the person signs in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInHow {
    /// In the browser of this computer.
    #[default]
    Browser,
    /// On any device, by entering a code.
    Code,
    /// At the provider that is named, under Sifter's own client id there, and not on a page of the server.
    Provider,
}

/// Whose the token is that was read from the clipboard, for the person to say yes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenOwner {
    /// Login name.
    pub login: String,
    /// When it ends, RFC 3339, if known.
    pub expires: Option<String>,
}

/// A code to enter on another device. It is there to be shown, and worth nothing to whoever only sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInCode {
    /// The code.
    pub code: String,
    /// The page of the server where it is entered.
    pub page: String,
}

/// Where a sign-in stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignInPhase {
    /// Asking the server what it offers.
    Preparing,
    /// The browser is open; the person acts there.
    WaitingForBrowser,
    /// The person enters the code on some device.
    WaitingForCode,
    /// The browser answered; the code is being exchanged.
    Exchanging,
    /// The keychain is being written to; it may ask to be unlocked.
    Storing,
    /// Signed in.
    Done,
    /// Failed; `error` says why.
    Failed,
    /// Stopped by the person.
    Cancelled,
}

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInView {
    /// Opaque id of this attempt.
    pub id: String,
    /// The server.
    pub server_id: String,
    /// Where it stands.
    pub phase: SignInPhase,
    /// Host whose page the browser shows.
    pub host: String,
    /// Seconds until the link stops working.
    pub seconds_left: u32,
    /// Whether a browser could be opened. When not, *Copy link* is the way.
    pub browser_opened: bool,
    /// The code to enter on another device: when that was asked for, or no browser could be opened.
    pub code: Option<SignInCode>,
    /// Why it failed.
    pub error: Option<UiError>,
}
