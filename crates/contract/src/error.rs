//! The one error a window hears. The sentence a person reads lives in the window's words, under the code;
//! Rust sends facts, never prose and never a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, as far as the window acts on it. A code exists only when its words or buttons differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request itself made no sense (wrong argument, unknown command). A defect of the window.
    InvalidRequest,
    /// The address is not one we can read as a host, URL or reference. Params: `text`.
    InvalidAddress,
    /// A name, tag or path breaks the library's grammar. Params: `text`, `field`.
    InvalidName,
    /// The server has nothing of that name, or hides it. Params: `what`, `server`, `signedIn`.
    NotFound,
    /// A sign-in is needed. Params: `server`.
    SignInNeeded,
    /// The sign-in ran out and could not be renewed. Params: `server`.
    SignInExpired,
    /// The server knows the account and says no. Params: `server`, `owner`.
    Forbidden,
    /// The account's quota is too small. Params: `server`, `needs` where the size is known, `left` and
    /// `total` where the server tells them beforehand.
    QuotaExceeded,
    /// The target folder's volume is too small. Params: `needs`, `free`, `folder`.
    DiskFull,
    /// The server asks to slow down. Params: `server`, `seconds`.
    Throttled,
    /// The server failed on its side. Params: `server`, `status`.
    ServerFault,
    /// The name of the server cannot be found. Params: `server`.
    HostUnknown,
    /// Nobody answers at the address. Params: `server`, and where it is known `how`: `refused` (nothing listens) or
    /// `silent`.
    Unreachable,
    /// The proxy in between cannot be reached or does not let it through. Params: `server`, and `reason`: `sign_in` (it
    /// wants a name and a password, or others) or `other`.
    ProxyFailed,
    /// Nobody known vouches for the certificate. A person may accept it for its host. Params: `server`, `host`,
    /// `fingerprint`, `issuer`.
    CertificateUntrusted,
    /// The certificate is not the one that was accepted for its host. Params as above.
    CertificateChanged,
    /// The certificate cannot be accepted. Params as above, and `reason`: `expired`, `not_yet`, `name` (it is for
    /// other hosts), `revoked` or `broken`.
    CertificateInvalid,
    /// A file holds no certificate authority. Params: `name`, `reason`: `unreadable` or `not_authority`.
    AuthorityUnusable,
    /// Somebody answers, but the connection could not be secured. Params: `server`.
    NotSecured,
    /// The server is reached without encryption and is not this computer. Params: `server`.
    NotEncrypted,
    /// The address answers, but not as a library. Params: `server`.
    NotALibrary,
    /// The answer could not be understood. Params: `server`.
    InvalidAnswer,
    /// The server does not offer this. Params: `server`, `what`: `browser_sign_in`, `device_code`, `tokens`,
    /// `command_line` (an account without a token that it may hand on), `private` (a new private container),
    /// `architecture` (tags for an image that does not name one), `ranges` (a part of an image) or `publish` (a key).
    NotOffered,
    /// The reference is a Docker image, not a SIF.
    OciImage,
    /// The bytes that arrived are not the ones the library promised. Nothing was put in the folder.
    Damaged,
    /// The file cannot be read by this user. Params: `name`.
    FileUnreadable,
    /// The file is gone. Params: `name`.
    FileMissing,
    /// What was dropped is a folder. Params: `name`.
    FileIsFolder,
    /// The file is not a SIF. Params: `name`.
    NotASif,
    /// The file begins like a SIF but ends too early or contradicts itself. Params: `name`.
    SifDamaged,
    /// The file changed while it was being sent. Params: `name`.
    FileChanged,
    /// A file of that name is there already. Params: `name`, `folder`.
    FileExists,
    /// The folder cannot be written to. Params: `folder`.
    FolderUnwritable,
    /// The server forgot the upload that was under way.
    UploadForgotten,
    /// All data was sent, but the library does not confirm the image. Params: `server`.
    NotConfirmed,
    /// The keychain is locked and the person did not unlock it.
    KeychainLocked,
    /// The keychain refused or failed.
    KeychainFailed,
    /// The vault file has to be opened with its passphrase first.
    VaultClosed,
    /// This is not the passphrase of the vault file.
    VaultPassphraseWrong,
    /// The passphrase of a new vault file is too short. Params: `least`.
    VaultPassphraseWeak,
    /// The vault file is damaged, or of a newer version; it was left as it is.
    VaultDamaged,
    /// No browser could be opened.
    BrowserUnavailable,
    /// The person or the server declined the sign-in.
    SignInDeclined,
    /// The sign-in answer failed its security checks and was thrown away.
    SignInRejected,
    /// A provider does not know Sifter by its client id, or wants another secret. Params: `provider`.
    ClientIdRefused,
    /// The person's organisation lets no sign-in of this app through before somebody there has approved it. Params:
    /// `provider`.
    ApprovalNeeded,
    /// The person's organisation wants its own sign-in first. Params: `provider`, `organisation` where it is known.
    SingleSignOnNeeded,
    /// The sign-in grants less than is needed. Params: `scopes` (separated by blanks; absent where the server does not
    /// name them), and `provider` or `server`. With the retry `after_sign_in` a sign-in for these scopes helps.
    ScopeMissing,
    /// The library does not take the sign-in that a provider gave. Params: `server`, `provider`.
    SignInNotAccepted,
    /// The clipboard holds no client secret. Params: `provider`.
    NoSecretInClipboard,
    /// Somebody else signed in than was meant. Params: `server`, `expected`, `found`.
    OtherPerson,
    /// Nobody finished the sign-in in time.
    SignInTimedOut,
    /// Three sign-ins are under way already.
    SignInBusy,
    /// The clipboard holds no token. Params: `server`.
    NoTokenInClipboard,
    /// The server refuses the token. Params: `server`.
    TokenRefused,
    /// A file of a command line cannot be read or changed. Nothing was written. Params: `path`, `reason`: `link`,
    /// `not_a_file`, `not_ours`, `too_long`, `not_understood`, `form`, `changed`, `not_set_up`, `gone` or `io`.
    CommandLineFile,
    /// A credential helper gave nothing. Params: `name`, `reason`: `name`, `missing`, `timeout`, `nothing` or
    /// `answer`.
    CredentialHelper,
    /// The local library could not start. Params: `reason`: `off` (it was stopped on purpose), `port` (taken),
    /// `already_running` (by another Sifter), `newer` (its data is), `disk` or `other`.
    LocalLibraryFailed,
    /// A key or certificate cannot be used. Params: `name` (a file, or a fingerprint), `reason`: `unreadable` (no key
    /// of a kind that signs), `not_found`, `not_published` (on no key server that was asked), `ambiguous`, `encrypted`, `expired`, `revoked`, `weak`, `not_for_signing`,
    /// `name` (of a new key), `expiry`, `revocation`, or of a certificate `no_roots`, `out_of_date`, `purpose`,
    /// `unknown_authority` or `chain`.
    KeyUnusable,
    /// A passphrase is needed to use a key. Params: `name`.
    PassphraseNeeded,
    /// The passphrase does not open the key. Params: `name`.
    PassphraseWrong,
    /// The file system in an image cannot be looked into. Params: `name`, `reason`: `encrypted`, `none` (there is none),
    /// `unsupported`, `damaged` or `missing` (no such file in it).
    ContentsUnreadable,
    /// More of an image in a library would have to be fetched than is sensible for a look. Params: `name`, `limit` in bytes.
    FetchLimit,
    /// The file is in quarantine. Params: `name`.
    InQuarantine,
    /// An image cannot be signed. Params: `name`, `reason`: `full` (no free descriptor), `nothing` (no such object or
    /// group) or `damaged`.
    CannotSign,
    /// A local file or database of Sifter's own could not be used.
    StorageFailed,
    /// The job was stopped by the person.
    Cancelled,
    /// Something we did not foresee. The details help a report.
    Internal,
}

/// Whether pressing the same button again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Trying again cannot help.
    No,
    /// Trying again may help.
    Yes,
    /// Trying again helps once the person has signed in.
    AfterSignIn,
}

/// One fact inside an error: a name or a number (bytes, seconds, status).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Param {
    /// A number, in the unit that the code's documentation gives (sizes in bytes).
    Number(u64),
    /// A text such as a server's name. Never a secret.
    Text(String),
    /// A yes or no.
    Flag(bool),
}

impl From<u64> for Param {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<String> for Param {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&str> for Param {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<bool> for Param {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

/// A failure as the window hears it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UiError {
    /// Which sentence and which buttons to show.
    pub code: ErrorCode,
    /// Facts that the sentence names. The keys per code are documented at [`ErrorCode`].
    #[serde(default)]
    #[ts(type = "Record<string, string | number | boolean>")]
    pub params: BTreeMap<String, Param>,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The raw chain of causes, redacted, for the *Details* fold and for reports.
    #[serde(default)]
    pub details: String,
}

impl UiError {
    /// An error with no facts and no details, that trying again does not mend.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self {
            code,
            params: BTreeMap::new(),
            retry: Retry::No,
            details: String::new(),
        }
    }

    /// Adds one fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Param>) -> Self {
        self.params.insert(key.to_owned(), value.into());
        self
    }

    /// Says whether trying again can help.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Adds the raw cause. The caller has redacted it.
    #[must_use]
    pub fn details(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }
}

impl std::fmt::Display for UiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.code)?;
        if !self.details.is_empty() {
            write!(f, ": {}", self.details)?;
        }
        Ok(())
    }
}

impl std::error::Error for UiError {}
