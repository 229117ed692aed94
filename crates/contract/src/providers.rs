//! What Sifter is called at identity providers, for servers that let it sign people in there itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::SignInProviderKind;

/// What Sifter is called at one provider. No field can hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProviderClient {
    /// Which provider.
    pub kind: SignInProviderKind,
    /// Sifter's client id there; empty where it has none.
    pub client_id: String,
    /// The client id came with this build of Sifter.
    pub from_build: bool,
    /// The provider's web address, where there is more than one of its kind.
    pub address: Option<String>,
    /// Microsoft's tenant.
    pub tenant: Option<String>,
    /// What the provider wants of a program beside its id.
    pub secret: ProviderSecret,
    /// There is one, in the keychain.
    pub has_secret: bool,
}

/// Whether a provider wants a client secret of a program that anybody can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProviderSecret {
    /// It refuses one (Microsoft), or has no use for it (GitLab).
    Never,
    /// Sign-in goes by a code on its page without one (GitHub).
    ForBrowser,
    /// Nothing goes without one (Google).
    Always,
}

/// Sets what Sifter is called at a provider. What is absent becomes what it is without a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderClientSet {
    /// Which provider.
    pub kind: SignInProviderKind,
    /// The client id; empty to have none of one's own.
    pub client_id: String,
    /// The web address, for GitHub and GitLab.
    #[serde(default)]
    #[ts(optional)]
    pub address: Option<String>,
    /// The tenant, for Microsoft.
    #[serde(default)]
    #[ts(optional)]
    pub tenant: Option<String>,
}

/// Names a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderClientRef {
    /// Which one.
    pub kind: SignInProviderKind,
}
