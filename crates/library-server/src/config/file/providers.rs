//! `[[providers]]`: one table for each identity provider.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use sifter_openid::is_loopback;
use url::Url;

use super::ConfigFault;
use crate::providers::{Provider, ProviderKind};

/// Longest secret read, in bytes.
const LONGEST_SECRET: u64 = 4096;
/// Longest id, in bytes.
const LONGEST_ID: usize = 32;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    kind: Kind,
    id: Option<String>,
    label: Option<String>,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    client_secret_env: Option<String>,
    /// Recognised to be refused: the file is read by more people and programs than a secret should be.
    client_secret: Option<IgnoredAny>,
    app_client_id: Option<String>,
    app_client_secret_file: Option<PathBuf>,
    app_client_secret_env: Option<String>,
    /// Recognised to be refused, like its sibling.
    app_client_secret: Option<IgnoredAny>,
    domain: Option<String>,
    subjects: Option<Vec<String>>,
    url: Option<Url>,
    issuer: Option<String>,
    #[serde(default)]
    endpoint_hosts: Vec<String>,
    tenant: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Google,
    GitHub,
    GitLab,
    Microsoft,
    Oidc,
}

/// Where secrets are.
pub(super) struct Sources<'a> {
    pub(super) folder: &'a Path,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

pub(super) fn read(
    entries: Vec<Entry>,
    sources: &Sources<'_>,
) -> Result<Vec<Provider>, ConfigFault> {
    let mut providers: Vec<Provider> = Vec::with_capacity(entries.len());
    for entry in entries {
        let provider = entry.provider(sources)?;
        if providers.iter().any(|known| known.id == provider.id) {
            return Err(ConfigFault::Provider {
                provider: provider.id,
                why: "the id is there twice; give one of them another id",
            });
        }
        providers.push(provider);
    }
    Ok(providers)
}

impl Entry {
    fn provider(self, sources: &Sources<'_>) -> Result<Provider, ConfigFault> {
        let id = self
            .id
            .clone()
            .unwrap_or_else(|| self.kind.word().to_owned());
        let refuse = |why| {
            Err(ConfigFault::Provider {
                provider: id.clone(),
                why,
            })
        };
        let is_id = !id.is_empty()
            && id.len() <= LONGEST_ID
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_id {
            return refuse("an id has up to 32 small letters, digits and dashes");
        }
        if self.client_secret.is_some() || self.app_client_secret.is_some() {
            return refuse(
                "put secrets into files or the environment: client_secret_file, client_secret_env",
            );
        }
        if self.client_id.is_empty() {
            return refuse("client_id is empty");
        }
        let (is_google, is_github) = (
            matches!(self.kind, Kind::Google),
            matches!(self.kind, Kind::GitHub),
        );
        if self.domain.is_some() && !is_google {
            return refuse("only google has a domain");
        }
        let has_app_secret =
            self.app_client_secret_file.is_some() || self.app_client_secret_env.is_some();
        if self.app_client_id.is_some() && is_github && !has_app_secret {
            return refuse("to check tokens made for app_client_id, github wants its secret too");
        }
        if has_app_secret && !(is_github && self.app_client_id.is_some()) {
            return refuse("only the app_client_id of github has a secret here");
        }
        if let Some(why) = self.misplaced() {
            return refuse(why);
        }
        let kind = match self.kind() {
            Ok(kind) => kind,
            Err(why) => return refuse(why),
        };
        if !kind.is_reachable_safely() {
            return refuse("its address must begin with https");
        }
        let own = (&self.client_secret_file, &self.client_secret_env);
        let client_secret = secret(own, &id, sources)?;
        let app = (&self.app_client_secret_file, &self.app_client_secret_env);
        let app_client_secret = secret(app, &id, sources)?;
        Ok(Provider {
            label: self.label.unwrap_or_else(|| self.kind.label().to_owned()),
            id,
            kind,
            client_id: self.client_id,
            client_secret,
            app_client_id: self.app_client_id,
            app_client_secret,
            domain: self.domain,
            subjects: self.subjects,
        })
    }

    /// A key that means nothing for this kind: more likely a mistake than a wish.
    fn misplaced(&self) -> Option<&'static str> {
        let has_url = matches!(self.kind, Kind::GitHub | Kind::GitLab | Kind::Microsoft);
        let is_oidc = matches!(self.kind, Kind::Oidc);
        if self.url.is_some() && !has_url {
            Some("only github, gitlab and microsoft have a url")
        } else if self.issuer.is_some() && !is_oidc && self.played_google().is_none() {
            Some("only oidc has an issuer")
        } else if !self.endpoint_hosts.is_empty() && !is_oidc {
            Some("only oidc has endpoint_hosts")
        } else if self.tenant.is_some() && !matches!(self.kind, Kind::Microsoft) {
            Some("only microsoft has a tenant")
        } else {
            None
        }
    }

    /// A Google on this machine, which only tests have.
    fn played_google(&self) -> Option<String> {
        let issuer = self.issuer.clone()?;
        let is_here = Url::parse(&issuer).is_ok_and(|url| is_loopback(&url));
        (is_here && matches!(self.kind, Kind::Google)).then_some(issuer)
    }

    fn kind(&self) -> Result<ProviderKind, &'static str> {
        let base = |default| match &self.url {
            Some(url) => Ok(url.clone()),
            None => Url::parse(default).map_err(|_| "its address cannot be read"),
        };
        Ok(match self.kind {
            Kind::Google => ProviderKind::Google {
                issuer: self
                    .played_google()
                    .unwrap_or_else(|| ProviderKind::GOOGLE.to_owned()),
            },
            Kind::GitHub => ProviderKind::GitHub {
                base: base("https://github.com")?,
            },
            Kind::GitLab => ProviderKind::GitLab {
                base: base("https://gitlab.com")?,
            },
            Kind::Microsoft => ProviderKind::Microsoft {
                authority: base("https://login.microsoftonline.com")?,
                tenant: self
                    .tenant
                    .clone()
                    .filter(|tenant| is_tenant(tenant))
                    .ok_or(
                        "a tenant is needed: its id or domain, organizations, consumers or common",
                    )?,
            },
            Kind::Oidc => ProviderKind::Oidc {
                issuer: self.issuer.clone().ok_or("an issuer is needed")?,
                endpoint_hosts: self.endpoint_hosts.clone(),
            },
        })
    }
}

/// The secret in a file or a variable of the environment, where one of them is named.
fn secret(
    (file, variable): (&Option<PathBuf>, &Option<String>),
    id: &str,
    sources: &Sources<'_>,
) -> Result<Option<SecretString>, ConfigFault> {
    let (found, from) = match (file, variable) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(ConfigFault::Provider {
                provider: id.to_owned(),
                why: "a secret is in a file and in the environment: name one of the two",
            });
        }
        (Some(file), None) => {
            let path = sources.folder.join(file);
            (read_secret(&path), path.display().to_string())
        }
        (None, Some(name)) => ((sources.environment)(name), name.clone()),
    };
    let secret = found
        .map(|secret| secret.trim().to_owned())
        .filter(|secret| !secret.is_empty())
        .ok_or_else(|| ConfigFault::Secret {
            provider: id.to_owned(),
            from,
        })?;
    Ok(Some(secret.into()))
}

fn read_secret(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(LONGEST_SECRET).read_to_string(&mut text).ok()?;
    Some(text)
}

/// It becomes a part of an address.
fn is_tenant(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Microsoft => "microsoft",
            Self::Oidc => "oidc",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Microsoft => "Microsoft",
            Self::Oidc => "OpenID Connect",
        }
    }
}
