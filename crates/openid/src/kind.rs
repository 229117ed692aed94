//! The providers, and how they differ.

use url::{Host, Url};

/// Which provider, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKind {
    /// Google accounts.
    Google {
        /// [`ProviderKind::GOOGLE`], except in tests.
        issuer: String,
    },
    /// GitHub, or a GitHub Enterprise Server. OAuth only: it has no ID tokens.
    GitHub {
        /// The web address.
        base: Url,
    },
    /// GitLab.com or a self-managed GitLab, whose address may have a path.
    GitLab {
        /// The web address.
        base: Url,
    },
    /// Microsoft Entra.
    Microsoft {
        /// `https://login.microsoftonline.com`, or that of a national cloud.
        authority: Url,
        /// Id or domain of a tenant, or `organizations`, `consumers`, `common`.
        tenant: String,
    },
    /// Any other OpenID provider.
    Oidc {
        /// Its issuer, letter for letter.
        issuer: String,
        /// Hosts its endpoints may be on beside the issuer's.
        endpoint_hosts: Vec<String>,
    },
}

/// The tenant of Microsoft's personal accounts.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

impl ProviderKind {
    /// Google's issuer.
    pub const GOOGLE: &'static str = "https://accounts.google.com";

    /// A word for programs, as `library.toml` and the metadata write it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Google { .. } => "google",
            Self::GitHub { .. } => "github",
            Self::GitLab { .. } => "gitlab",
            Self::Microsoft { .. } => "microsoft",
            Self::Oidc { .. } => "oidc",
        }
    }

    /// Which one it is, for programs to compare: the issuer, or the web address where there is none (GitHub).
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Google { issuer } | Self::Oidc { issuer, .. } => issuer.clone(),
            Self::GitHub { base } | Self::GitLab { base } => bare(base),
            Self::Microsoft { authority, tenant } => format!("{}/{tenant}/v2.0", bare(authority)),
        }
    }

    /// The issuer below which its metadata is found (OpenID Connect Discovery section 4).
    #[must_use]
    pub fn discovery(&self) -> Option<String> {
        match self {
            Self::GitHub { .. } => None,
            _ => Some(self.name()),
        }
    }

    /// Whether metadata found there may name this issuer.
    #[must_use]
    pub fn is_metadata_of(&self, issuer: &str) -> bool {
        match self {
            // For several tenants the metadata holds a placeholder; for a domain, the id behind it.
            Self::Microsoft { authority, tenant } => match tenant_of(authority, issuer) {
                Some("{tenantid}") => !is_guid(tenant),
                Some(found) if is_guid(tenant) => found == tenant,
                Some(found) => is_guid(found),
                None => false,
            },
            _ => self.discovery().as_deref() == Some(issuer),
        }
    }

    /// Whether an ID token may name `issuer`, given the metadata's and the token's tenant.
    #[must_use]
    pub fn is_token_of(&self, metadata_issuer: &str, issuer: &str, tid: Option<&str>) -> bool {
        match self {
            Self::Microsoft { authority, tenant } => {
                let Some(tid) = tid.filter(|tid| is_guid(tid)) else {
                    return false;
                };
                let expected = metadata_issuer.replace("{tenantid}", tid);
                let is_business_only = tenant == "organizations";
                issuer == expected
                    && tenant_of(authority, issuer) == Some(tid)
                    && !(is_business_only && tid == CONSUMERS)
            }
            // Google's older tokens leave the scheme out.
            Self::Google { .. } => {
                issuer == metadata_issuer || format!("https://{issuer}") == metadata_issuer
            }
            _ => issuer == metadata_issuer,
        }
    }

    /// Whether an answer to the browser may name this issuer (RFC 9207), given the metadata's.
    #[must_use]
    pub fn is_answer_of(&self, metadata_issuer: &str, issuer: &str) -> bool {
        match self {
            Self::Microsoft { authority, .. } if metadata_issuer.contains("{tenantid}") => {
                tenant_of(authority, issuer).is_some_and(is_guid)
            }
            _ => issuer == metadata_issuer,
        }
    }

    /// Whether a token that names this issuer could come from here: for choosing, not for trusting.
    #[must_use]
    pub fn might_issue(&self, issuer: &str) -> bool {
        match self {
            Self::Microsoft { authority, .. } => tenant_of(authority, issuer).is_some(),
            Self::Google { issuer: ours } => issuer == ours || format!("https://{issuer}") == *ours,
            _ => self.discovery().as_deref() == Some(issuer),
        }
    }

    /// Whether secrets may be sent to this endpoint: encrypted (or on this machine, for a provider that
    /// is there), and on a host that belongs to the provider.
    #[must_use]
    pub fn owns(&self, endpoint: &Url) -> bool {
        let Some(home) = self.home() else {
            return false;
        };
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return false;
        }
        if is_loopback(&home) {
            return endpoint.origin() == home.origin();
        }
        let Some(host) = endpoint.host_str() else {
            return false;
        };
        let is_known = match self {
            Self::Google { .. } => [
                "accounts.google.com",
                "oauth2.googleapis.com",
                "www.googleapis.com",
                "openidconnect.googleapis.com",
            ]
            .contains(&host),
            Self::GitHub { base } => {
                github_api(base)
                    .and_then(|api| api.host_str().map(str::to_owned))
                    .as_deref()
                    == Some(host)
            }
            Self::Oidc { endpoint_hosts, .. } => endpoint_hosts.iter().any(|known| known == host),
            Self::GitLab { .. } | Self::Microsoft { .. } => false,
        };
        endpoint.scheme() == "https" && (is_known || home.host_str() == Some(host))
    }

    fn home(&self) -> Option<Url> {
        match self {
            Self::Google { issuer } | Self::Oidc { issuer, .. } => Url::parse(issuer).ok(),
            Self::GitHub { base } | Self::GitLab { base } => Some(base.clone()),
            Self::Microsoft { authority, .. } => Some(authority.clone()),
        }
    }

    /// Whether its own address may be used: https, or http on this machine by number.
    #[must_use]
    pub fn is_reachable_safely(&self) -> bool {
        self.home()
            .is_some_and(|home| home.scheme() == "https" || is_loopback(&home))
    }
}

/// The interface of a GitHub: `api.github.com`, `api.NAME.ghe.com`, or below a server of one's own.
pub(crate) fn github_api(base: &Url) -> Option<Url> {
    let host = base.host_str()?;
    let mut api = base.clone();
    if host == "github.com" || host.ends_with(".ghe.com") {
        api.set_host(Some(&format!("api.{host}"))).ok()?;
        api.set_path("/user");
    } else {
        api.set_path("/api/v3/user");
    }
    Some(api)
}

/// An address without the slash at its end.
pub(crate) fn bare(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The tenant in an issuer of Microsoft's form.
fn tenant_of<'a>(authority: &Url, issuer: &'a str) -> Option<&'a str> {
    issuer
        .strip_prefix(&bare(authority))?
        .strip_prefix('/')?
        .strip_suffix("/v2.0")
        .filter(|tenant| !tenant.contains('/'))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Whether an address names this machine by number.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";
    const OTHER: &str = "99999999-2222-3333-4444-555555555555";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn microsoft(tenant: &str) -> ProviderKind {
        ProviderKind::Microsoft {
            authority: url("https://login.microsoftonline.com"),
            tenant: tenant.into(),
        }
    }

    fn issuer(tenant: &str) -> String {
        format!("https://login.microsoftonline.com/{tenant}/v2.0")
    }

    #[test]
    fn a09_a_tenant_of_microsoft_answers_for_itself_only() {
        let one = microsoft(TENANT);
        assert!(one.is_metadata_of(&issuer(TENANT)));
        assert!(!one.is_metadata_of(&issuer(OTHER)));
        assert!(!one.is_metadata_of(&issuer("{tenantid}")));
        assert!(one.is_token_of(&issuer(TENANT), &issuer(TENANT), Some(TENANT)));
        for (found, tid) in [
            (issuer(OTHER), Some(OTHER)),
            (issuer(TENANT), Some(OTHER)),
            (issuer(TENANT), None),
            (issuer("common"), Some("common")),
        ] {
            assert!(!one.is_token_of(&issuer(TENANT), &found, tid), "{found}");
        }
    }

    #[test]
    fn a09_with_several_tenants_the_token_names_its_own() {
        let template = issuer("{tenantid}");
        let common = microsoft("common");
        assert!(common.is_metadata_of(&template));
        assert!(common.is_token_of(&template, &issuer(TENANT), Some(TENANT)));
        assert!(common.is_token_of(&template, &issuer(CONSUMERS), Some(CONSUMERS)));
        for (found, tid) in [
            (issuer(TENANT), Some(OTHER)),
            (template.clone(), Some("{tenantid}")),
            (issuer("common"), Some("common")),
            (format!("https://evil.test/{TENANT}/v2.0"), Some(TENANT)),
        ] {
            assert!(!common.is_token_of(&template, &found, tid), "{found}");
        }
        let business = microsoft("organizations");
        assert!(business.is_token_of(&template, &issuer(TENANT), Some(TENANT)));
        assert!(!business.is_token_of(&template, &issuer(CONSUMERS), Some(CONSUMERS)));
    }

    #[test]
    fn a10_endpoints_belong_to_the_provider_and_are_encrypted() {
        let google = ProviderKind::Google {
            issuer: ProviderKind::GOOGLE.into(),
        };
        let github = ProviderKind::GitHub {
            base: url("https://github.com"),
        };
        let own = ProviderKind::GitLab {
            base: url("https://git.example.org/gitlab"),
        };
        for (kind, endpoint) in [
            (&google, "https://oauth2.googleapis.com/token"),
            (&github, "https://github.com/login/oauth/access_token"),
            (&github, "https://api.github.com/user"),
            (&own, "https://git.example.org/gitlab/oauth/token"),
        ] {
            assert!(kind.owns(&url(endpoint)), "{endpoint}");
        }
        for (kind, endpoint) in [
            (&google, "http://oauth2.googleapis.com/token"),
            (&google, "https://oauth2.googleapis.com.evil.test/token"),
            (&github, "https://gist.github.com/x"),
            (&own, "https://elsewhere.test/oauth/token"),
            (&own, "https://u@git.example.org/oauth/token"),
            (&own, "http://127.0.0.1/oauth/token"),
        ] {
            assert!(!kind.owns(&url(endpoint)), "{endpoint}");
        }
    }

    #[test]
    fn every_github_has_its_interface() {
        for (base, api) in [
            ("https://github.com", "https://api.github.com/user"),
            ("https://lab.ghe.com", "https://api.lab.ghe.com/user"),
            ("https://git.lab.org", "https://git.lab.org/api/v3/user"),
        ] {
            assert_eq!(github_api(&url(base)).unwrap().as_str(), api);
        }
    }
}
