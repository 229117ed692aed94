//! Everything that can go wrong with an account, sorted by what a person can do about it.

use std::error::Error as StdError;
use std::io;

use serde::Deserialize;
use sifter_openid::IdTokenFault;

use crate::vault::VaultError;

/// A cause of a lower floor. Its text never holds a secret or a URL.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// What failed around an account.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No program could be started to show the sign-in page.
    #[error("no browser could be opened")]
    BrowserUnavailable(#[source] io::Error),
    /// The computer gave no port on 127.0.0.1 to wait for the browser on.
    #[error("no port to wait for the browser on")]
    PortUnavailable(#[source] io::Error),
    /// The person, or the server for them, said no.
    #[error("the sign-in was declined ({reason})")]
    Denied {
        /// The server's `error` word, at most 64 printable ASCII characters.
        reason: String,
    },
    /// The answer came in the name of another issuer (RFC 9207): a mix-up attack or a broken server.
    #[error("the answer came from another issuer")]
    IssuerMismatch,
    /// Nobody finished the sign-in in time.
    #[error("the sign-in was not finished in time")]
    TimedOut,
    /// The sign-in was cancelled here.
    #[error("the sign-in was cancelled")]
    Cancelled,
    /// Three sign-ins are waiting already.
    #[error("too many sign-ins at once")]
    TooManySignIns,
    /// The server could not be reached, or the connection broke.
    #[error("the server could not be reached")]
    Network(#[source] Cause),
    /// The connection could not be made safe.
    #[error("no safe connection to the server")]
    Tls(#[source] Cause),
    /// The server answered with an OAuth error.
    #[error("the server refused ({reason})")]
    ServerRejected {
        /// Its `error` word, at most 64 printable ASCII characters.
        reason: String,
    },
    /// The server's answer is not what the protocol says.
    #[error("the server's answer makes no sense: {what}")]
    BadResponse {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The server's sign-in is not one Sifter may use: no PKCE S256, foreign or unsafe addresses.
    #[error("the server's sign-in is not safe to use: {what}")]
    UnsafeServer {
        /// What is unsafe.
        what: &'static str,
    },
    /// An ID token of a provider proves nothing: forged, for somebody else, or not of this sign-in.
    #[error("the ID token proves nothing")]
    IdToken(#[from] IdTokenFault),
    /// The provider does not know this app: the client id or its secret is wrong, or registered otherwise.
    #[error("the provider does not know this app ({reason})")]
    ClientRefused {
        /// The provider's `error` word, at most 64 printable ASCII characters.
        reason: String,
    },
    /// The organisation of the person lets nobody in by this app before somebody there has approved it.
    #[error("the organisation has not approved this app ({reason})")]
    ApprovalNeeded {
        /// The provider's `error` word.
        reason: String,
    },
    /// The organisation wants its own sign-in first (GitHub, SAML).
    #[error("the organisation wants its own sign-in first")]
    SingleSignOn {
        /// The organisation, as GitHub's address names it; empty where it does not.
        organisation: String,
    },
    /// The person, or the provider for them, granted less than is needed.
    #[error("not granted: {scopes}")]
    ScopeMissing {
        /// What is missing, as the provider calls it.
        scopes: String,
    },
    /// The library does not take what the app got at the provider.
    #[error("the library does not take this sign-in ({reason})")]
    NotAccepted {
        /// The library's `error` word.
        reason: String,
    },
    /// The server takes no sign-ins that the app made at this provider, or not under the name that it has there.
    #[error("the server exchanges no sign-ins of this provider")]
    NoExchange,
    /// The server offers no sign-in page; a token has to be pasted.
    #[error("the server has no sign-in page")]
    NoSignIn,
    /// The server gives no codes to devices without a browser.
    #[error("the server has no sign-in by a code")]
    NoCode,
    /// The server does not know the token.
    #[error("the server does not accept this token")]
    TokenRefused,
    /// The text cannot be a token: empty, too long, or with spaces or control characters inside.
    #[error("this is not a token")]
    NotAToken,
    /// Another person signed in than the account belongs to.
    #[error("signed in as {found}, not as {expected}")]
    OtherPerson {
        /// Who the account belongs to.
        expected: String,
        /// Who signed in.
        found: String,
    },
    /// The account has no valid token any more.
    #[error("sign in again")]
    NeedsSignIn,
    /// There is no such account.
    #[error("no such account")]
    UnknownAccount,
    /// The keychain could not be used.
    #[error("the keychain could not be used")]
    Keychain(#[from] VaultError),
    /// The list of accounts could not be read or written.
    #[error("the list of accounts could not be {action}")]
    Index {
        /// "read", "written" or "locked".
        action: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The list of accounts is not one this version understands. It is left as it is.
    #[error("the list of accounts is damaged or from a newer version")]
    IndexUnreadable,
}

impl Error {
    /// The name of the error for the window; stable, one word.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BrowserUnavailable(_) => "browser_unavailable",
            Self::PortUnavailable(_) => "port_unavailable",
            Self::Denied { .. } => "denied",
            Self::IssuerMismatch => "iss",
            Self::TimedOut => "timeout",
            Self::Cancelled => "cancelled",
            Self::TooManySignIns => "too_many_sign_ins",
            Self::Network(_) => "network",
            Self::Tls(_) => "tls",
            Self::ServerRejected { .. } => "server_rejected",
            Self::BadResponse { .. } => "bad_response",
            Self::UnsafeServer { .. } => "unsafe_server",
            Self::IdToken(_) => "id_token",
            Self::ClientRefused { .. } => "client_refused",
            Self::ApprovalNeeded { .. } => "approval_needed",
            Self::SingleSignOn { .. } => "single_sign_on",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::NotAccepted { .. } => "not_accepted",
            Self::NoExchange => "no_exchange",
            Self::NoSignIn => "no_sign_in",
            Self::NoCode => "no_code",
            Self::TokenRefused => "token_refused",
            Self::NotAToken => "not_a_token",
            Self::OtherPerson { .. } => "other_person",
            Self::NeedsSignIn => "needs_sign_in",
            Self::UnknownAccount => "unknown_account",
            Self::Keychain(_) => "keychain",
            Self::Index { .. } | Self::IndexUnreadable => "index",
        }
    }
}

/// The `error` word in the body of a refusal.
pub(crate) fn refusal(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    serde_json::from_slice::<Refusal>(body).map_or_else(
        |_| "no_reason".to_owned(),
        |refusal| error_word(&refusal.error),
    )
}

/// Keeps what may be shown of a server's `error` word: printable ASCII, at most 64 characters.
pub(crate) fn error_word(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_graphic)
        .take(64)
        .collect()
}
