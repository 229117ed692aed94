//! Signing in at a provider itself, under a name of our own there. What the app gets is brought to the library, which
//! gives its own token for it (RFC 8693); nothing of the provider's is kept.

pub(crate) mod library;
pub(crate) mod provider;

use secrecy::SecretString;
use sifter_openid::ProviderKind as Whose;

use crate::error::{Error, error_word};
use crate::loopback::{Host, Redirect};
use crate::providers::{Provider, ProviderKind};

/// What this app is called at a provider.
#[derive(Clone, Debug)]
pub struct OwnClient {
    /// Which provider, and where it is.
    pub kind: Whose,
    /// Our name there.
    pub client_id: String,
    /// What Google and GitHub call a secret. In a program that anybody can read it is none; they want it all the same.
    pub client_secret: Option<SecretString>,
}

/// A sign-in at a provider itself.
#[derive(Clone, Debug)]
pub struct AtProvider {
    /// The provider's id for the server.
    pub provider: String,
    /// What the app is there.
    pub client: OwnClient,
}

impl OwnClient {
    /// Whether a server takes what this client gets: it announces the same provider, and this very name there.
    #[must_use]
    pub fn fits(&self, provider: &Provider) -> bool {
        let is_kind = match provider.kind {
            ProviderKind::Google => matches!(self.kind, Whose::Google { .. }),
            ProviderKind::GitHub => matches!(self.kind, Whose::GitHub { .. }),
            ProviderKind::GitLab => matches!(self.kind, Whose::GitLab { .. }),
            ProviderKind::Microsoft => matches!(self.kind, Whose::Microsoft { .. }),
            ProviderKind::Other => false,
        };
        let expected = provider.direct.as_ref();
        is_kind
            && expected.is_some_and(|expected| {
                expected.name == self.kind.name() && expected.client_id == self.client_id
            })
    }

    /// Whether the person enters a code at the provider: GitHub takes no other public client.
    pub(crate) fn is_by_code(&self) -> bool {
        matches!(self.kind, Whose::GitHub { .. }) && self.client_secret.is_none()
    }

    /// The address that browsers come back to, as each provider lets programs register it.
    pub(crate) fn redirect(&self) -> Redirect {
        let (host, path) = match self.kind {
            Whose::Microsoft { .. } => (Host::Name, "/"),
            Whose::Google { .. } => (Host::Number, "/"),
            Whose::GitHub { .. } | Whose::GitLab { .. } | Whose::Oidc { .. } => {
                (Host::Number, "/callback")
            }
        };
        Redirect { host, path }
    }
}

/// What a provider's refusal means.
pub(crate) fn refused(reason: &str) -> Error {
    let reason = error_word(reason);
    let (word, number) = reason.split_once(':').unwrap_or((&reason, ""));
    match (word, number) {
        // Microsoft's numbers say more than its words: consent of an administrator, a user that is not assigned, a rule
        // of the organisation.
        (_, "AADSTS65001" | "AADSTS90094" | "AADSTS90095" | "AADSTS50105" | "AADSTS53003")
        | ("admin_policy_enforced" | "org_internal" | "consent_required", _) => {
            Error::ApprovalNeeded { reason }
        }
        (_, "AADSTS700016" | "AADSTS700025" | "AADSTS7000218" | "AADSTS50011")
        | (
            "invalid_client"
            | "unauthorized_client"
            | "incorrect_client_credentials"
            | "redirect_uri_mismatch"
            | "device_flow_disabled"
            | "application_suspended"
            | "deleted_client"
            | "disabled_client",
            _,
        ) => Error::ClientRefused { reason },
        ("invalid_scope" | "insufficient_scope", _) => Error::ScopeMissing {
            scopes: "openid".to_owned(),
        },
        ("access_denied", _) => Error::Denied { reason },
        _ => Error::ServerRejected { reason },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::providers;

    fn client(kind: Whose) -> OwnClient {
        OwnClient {
            kind,
            client_id: "sifter".into(),
            client_secret: None,
        }
    }

    fn gitlab(base: &str) -> Whose {
        Whose::GitLab {
            base: Url::parse(base).unwrap(),
        }
    }

    fn announced(kind: &str, issuer: &str, app: &str) -> Provider {
        let entry = json!([{
            "id": "x", "label": "X", "kind": kind, "issuer": issuer, "app_client_id": app,
        }]);
        providers::read(&entry).remove(0)
    }

    #[test]
    fn a_server_is_brought_only_what_it_says_it_takes() {
        let own = client(gitlab("https://git.example.org/gitlab"));
        let name = "https://git.example.org/gitlab";
        assert!(own.fits(&announced("gitlab", name, "sifter")));
        for other in [
            announced("gitlab", name, "another-app"),
            announced("gitlab", "https://gitlab.com", "sifter"),
            announced("oidc", name, "sifter"),
            announced("gitlab", name, ""),
            providers::read(&json!([{ "id": "x", "kind": "gitlab" }])).remove(0),
        ] {
            assert!(!own.fits(&other), "{other:?}");
        }
    }

    #[test]
    fn refusals_are_told_apart_by_what_a_person_can_do() {
        for (reason, code) in [
            ("access_denied", "denied"),
            ("access_denied:AADSTS65004", "denied"),
            ("access_denied:AADSTS90094", "approval_needed"),
            ("admin_policy_enforced", "approval_needed"),
            ("consent_required:AADSTS65001", "approval_needed"),
            ("invalid_client", "client_refused"),
            ("invalid_request:AADSTS50011", "client_refused"),
            ("redirect_uri_mismatch", "client_refused"),
            ("invalid_scope", "scope_missing"),
            ("server_error", "server_rejected"),
            ("", "server_rejected"),
        ] {
            assert_eq!(refused(reason).code(), code, "{reason}");
        }
    }
}
