//! The identity providers that an administrator has configured.

use std::fmt;

use secrecy::SecretString;
pub use sifter_openid::ProviderKind;

/// An identity provider that people may sign in with.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Names it in addresses and as `idp_hint`: small letters, digits and dashes.
    pub id: String,
    /// What its button says after "Continue with".
    pub label: String,
    /// Which one it is, and where.
    pub kind: ProviderKind,
    /// What the provider calls this library.
    pub client_id: String,
    /// What the library proves itself with; none for a public client.
    pub client_secret: Option<SecretString>,
    /// What the provider calls the desktop app, when tokens that the app got there itself may be
    /// exchanged for tokens of this library (RFC 8693).
    pub app_client_id: Option<String>,
    /// Where a provider has no ID tokens (GitHub): what the library proves itself with when it asks whether a
    /// token was made for the desktop app.
    pub app_client_secret: Option<SecretString>,
    /// Lets in people of this Google Workspace domain only (claim `hd`).
    pub domain: Option<String>,
    /// Lets in these subjects only; everybody the provider knows when there is no list.
    pub subjects: Option<Vec<String>>,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}
