//! What Sifter is called at the identity providers: by the settings, else by the build. With that it can sign people in
//! at a provider itself, where a server takes what it gets there.

mod commands;

use secrecy::SecretString;
use sifter_account::{AccountId, OwnClient, Provider, Vault};
use sifter_contract::{ProviderClient, ProviderSecret, SignInProviderKind};
use sifter_openid::{ProviderKind, is_loopback};
use url::Url;

use crate::settings::{ProviderSettings, Settings};

/// The four.
const KINDS: [SignInProviderKind; 4] = [
    SignInProviderKind::Google,
    SignInProviderKind::Github,
    SignInProviderKind::Gitlab,
    SignInProviderKind::Microsoft,
];

const GITHUB: &str = "https://github.com";
const GITLAB: &str = "https://gitlab.com";
const MICROSOFT: &str = "https://login.microsoftonline.com";
/// Work and school accounts of every organisation.
const TENANT: &str = "organizations";

/// Longest client id and address, in bytes.
const LONGEST: usize = 256;

/// The client id and the secret that this build was given, for whoever builds Sifter for others.
fn from_build(kind: SignInProviderKind) -> (Option<&'static str>, Option<&'static str>) {
    match kind {
        SignInProviderKind::Google => (
            option_env!("SIFTER_GOOGLE_CLIENT_ID"),
            option_env!("SIFTER_GOOGLE_CLIENT_SECRET"),
        ),
        SignInProviderKind::Github => (
            option_env!("SIFTER_GITHUB_CLIENT_ID"),
            option_env!("SIFTER_GITHUB_CLIENT_SECRET"),
        ),
        SignInProviderKind::Gitlab => (option_env!("SIFTER_GITLAB_CLIENT_ID"), None),
        SignInProviderKind::Microsoft => (option_env!("SIFTER_MICROSOFT_CLIENT_ID"), None),
        SignInProviderKind::Other => (None, None),
    }
}

/// The place of a provider's secret in the vault. It belongs to no account.
fn vault_item(kind: SignInProviderKind) -> Option<AccountId> {
    let name = match kind {
        SignInProviderKind::Google => "5f1f7e9a-0c1d-4b6e-9a57-636c69676f6f",
        SignInProviderKind::Github => "5f1f7e9a-0c1d-4b6e-9a57-636c69676974",
        _ => return None,
    };
    name.parse().ok()
}

/// What a provider wants of programs (reference of each: Google's desktop type always, GitHub for the way by the
/// browser, GitLab and Microsoft of no public client).
fn secret_rule(kind: SignInProviderKind) -> ProviderSecret {
    match kind {
        SignInProviderKind::Google => ProviderSecret::Always,
        SignInProviderKind::Github => ProviderSecret::ForBrowser,
        _ => ProviderSecret::Never,
    }
}

/// The client at a provider, without its secret; `None` when there is no usable one.
fn client(kind: SignInProviderKind, said: &ProviderSettings) -> Option<OwnClient> {
    let client_id = said.client_id.as_deref().or(from_build(kind).0)?;
    if !is_client_id(client_id) {
        return None;
    }
    Some(OwnClient {
        kind: whose(kind, said)?,
        client_id: client_id.to_owned(),
        client_secret: None,
    })
}

fn whose(kind: SignInProviderKind, said: &ProviderSettings) -> Option<ProviderKind> {
    let base = |usual| Url::parse(said.url.as_deref().unwrap_or(usual)).ok();
    let whose = match kind {
        SignInProviderKind::Google => {
            let played = said.issuer.clone();
            let played =
                played.filter(|issuer| Url::parse(issuer).is_ok_and(|url| is_loopback(&url)));
            ProviderKind::Google {
                issuer: played.unwrap_or_else(|| ProviderKind::GOOGLE.to_owned()),
            }
        }
        SignInProviderKind::Github => ProviderKind::GitHub {
            base: base(GITHUB)?,
        },
        SignInProviderKind::Gitlab => ProviderKind::GitLab {
            base: base(GITLAB)?,
        },
        SignInProviderKind::Microsoft => ProviderKind::Microsoft {
            authority: base(MICROSOFT)?,
            tenant: said.tenant.as_deref().unwrap_or(TENANT).to_owned(),
        },
        SignInProviderKind::Other => return None,
    };
    let is_sound = match &whose {
        ProviderKind::Microsoft { tenant, .. } => is_tenant(tenant),
        _ => true,
    };
    (is_sound && is_plain(&whose) && whose.is_reachable_safely()).then_some(whose)
}

/// Client ids have no spaces at any of the four.
fn is_client_id(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// It becomes a part of an address.
fn is_tenant(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

/// An address of a provider has a host and perhaps a path, and nothing else.
fn is_plain(whose: &ProviderKind) -> bool {
    let (ProviderKind::GitHub { base: url }
    | ProviderKind::GitLab { base: url }
    | ProviderKind::Microsoft { authority: url, .. }) = whose
    else {
        return true;
    };
    url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

/// The clients, without their secrets.
pub(crate) fn all(settings: &Settings) -> Vec<OwnClient> {
    let clients = KINDS.into_iter();
    clients
        .filter_map(|kind| client(kind, &settings.provider(kind)))
        .collect()
}

/// The client that a server takes the sign-in at this provider from, with its secret.
pub(crate) async fn fitting(
    settings: &Settings,
    vault: &Vault,
    provider: &Provider,
) -> Option<OwnClient> {
    for kind in KINDS {
        let said = settings.provider(kind);
        let Some(client) = client(kind, &said).filter(|client| client.fits(provider)) else {
            continue;
        };
        let client_secret = secret(vault, kind, &said).await;
        return Some(OwnClient {
            client_secret,
            ..client
        });
    }
    None
}

async fn secret(
    vault: &Vault,
    kind: SignInProviderKind,
    said: &ProviderSettings,
) -> Option<SecretString> {
    if secret_rule(kind) == ProviderSecret::Never {
        return None;
    }
    if let Some(item) = vault_item(kind)
        && has_secret(vault, kind, said)
    {
        match vault.load(item).await {
            Ok(Some(secret)) => return Some(secret),
            Ok(None) => {}
            Err(error) => tracing::warn!(error = %error, "a client secret cannot be read"),
        }
    }
    // The build's secret belongs to the build's client id.
    let of_build = said.client_id.is_none().then(|| from_build(kind).1)?;
    of_build.map(SecretString::from)
}

/// Whether the person has given a secret, now or before the last start.
fn has_secret(vault: &Vault, kind: SignInProviderKind, said: &ProviderSettings) -> bool {
    said.has_secret || vault_item(kind).is_some_and(|item| vault.is_session_only(item))
}

/// The clients as the window shows them.
pub(crate) fn views(settings: &Settings, vault: &Vault) -> Vec<ProviderClient> {
    let kinds = KINDS.into_iter();
    kinds.map(|kind| view(settings, vault, kind)).collect()
}

fn view(settings: &Settings, vault: &Vault, kind: SignInProviderKind) -> ProviderClient {
    let said = settings.provider(kind);
    let (id, secret) = from_build(kind);
    let from_build = said.client_id.is_none() && id.is_some();
    let address = match kind {
        SignInProviderKind::Github => Some(said.url.clone().unwrap_or_else(|| GITHUB.into())),
        SignInProviderKind::Gitlab => Some(said.url.clone().unwrap_or_else(|| GITLAB.into())),
        _ => None,
    };
    let tenant = matches!(kind, SignInProviderKind::Microsoft)
        .then(|| said.tenant.clone().unwrap_or_else(|| TENANT.into()));
    ProviderClient {
        kind,
        client_id: said
            .client_id
            .clone()
            .unwrap_or_else(|| id.unwrap_or_default().to_owned()),
        from_build,
        address,
        tenant,
        secret: secret_rule(kind),
        has_secret: has_secret(vault, kind, &said) || (from_build && secret.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(client_id: &str, url: Option<&str>, tenant: Option<&str>) -> ProviderSettings {
        ProviderSettings {
            client_id: Some(client_id.into()),
            url: url.map(str::to_owned),
            tenant: tenant.map(str::to_owned),
            ..ProviderSettings::default()
        }
    }

    #[test]
    fn a_client_has_an_id_and_a_place_that_can_be_gone_to_safely() {
        let own = "https://git.example.org/gitlab";
        let gitlab = client(SignInProviderKind::Gitlab, &said("x", Some(own), None)).unwrap();
        assert_eq!(gitlab.kind.name(), own);
        let microsoft = client(SignInProviderKind::Microsoft, &said("x", None, None)).unwrap();
        assert_eq!(
            microsoft.kind.name(),
            "https://login.microsoftonline.com/organizations/v2.0"
        );
        for (kind, bad) in [
            (SignInProviderKind::Gitlab, said("a b", None, None)),
            (
                SignInProviderKind::Gitlab,
                said("x", Some("http://git.test"), None),
            ),
            (
                SignInProviderKind::Gitlab,
                said("x", Some("git.test"), None),
            ),
            (
                SignInProviderKind::Gitlab,
                said("x", Some("https://u@git.test"), None),
            ),
            (
                SignInProviderKind::Github,
                said("x", Some("https://git.test/?a"), None),
            ),
            (SignInProviderKind::Microsoft, said("x", None, Some("a/b"))),
            (SignInProviderKind::Microsoft, said("x", None, Some("a?b"))),
            (SignInProviderKind::Other, said("x", None, None)),
        ] {
            assert!(client(kind, &bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn google_is_google_except_on_this_computer() {
        let mut here = said("x", None, None);
        here.issuer = Some("http://127.0.0.1:4000".into());
        let client_of = |said: &ProviderSettings| {
            let client = client(SignInProviderKind::Google, said);
            client.unwrap().kind.name()
        };
        assert_eq!(client_of(&here), "http://127.0.0.1:4000");
        here.issuer = Some("https://evil.test".into());
        assert_eq!(client_of(&here), ProviderKind::GOOGLE);
    }
}
