//! `[[providers]]`: one table for each identity provider.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
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
        if self.client_secret.is_some() {
            return refuse("put the secret into client_secret_file or client_secret_env");
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
        if self.app_client_id.is_some() && is_github {
            return refuse("github has no ID tokens to exchange, so no app_client_id");
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
        let client_secret = self.secret(&id, sources)?;
        Ok(Provider {
            label: self.label.unwrap_or_else(|| self.kind.label().to_owned()),
            id,
            kind,
            client_id: self.client_id,
            client_secret,
            app_client_id: self.app_client_id,
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
        } else if self.issuer.is_some() && !is_oidc {
            Some("only oidc has an issuer")
        } else if !self.endpoint_hosts.is_empty() && !is_oidc {
            Some("only oidc has endpoint_hosts")
        } else if self.tenant.is_some() && !matches!(self.kind, Kind::Microsoft) {
            Some("only microsoft has a tenant")
        } else {
            None
        }
    }

    fn kind(&self) -> Result<ProviderKind, &'static str> {
        let base = |default| match &self.url {
            Some(url) => Ok(url.clone()),
            None => Url::parse(default).map_err(|_| "its address cannot be read"),
        };
        Ok(match self.kind {
            Kind::Google => ProviderKind::Google {
                issuer: ProviderKind::GOOGLE.to_owned(),
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

    fn secret(&self, id: &str, sources: &Sources<'_>) -> Result<Option<SecretString>, ConfigFault> {
        let (found, from) = match (&self.client_secret_file, &self.client_secret_env) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                return Err(ConfigFault::Provider {
                    provider: id.to_owned(),
                    why: "client_secret_file and client_secret_env are both there",
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
