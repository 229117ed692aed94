//! `library.toml`: what an administrator writes down for `sifter-library serve`.

mod providers;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

use crate::error::Error;
use crate::providers::Provider;

/// Longest file read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What the file says. Everything may be left out.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Address and port to answer on.
    pub listen: Option<SocketAddr>,
    /// The address clients use, when a reverse proxy stands in front.
    pub public_url: Option<Url>,
    /// Login name of the owner.
    pub owner: Option<String>,
    /// Bytes an entity may hold.
    pub quota_bytes: Option<u64>,
    /// Reverse proxies on other machines.
    pub trusted_proxies: Vec<IpNet>,
    /// Where people may sign in with an account they have elsewhere.
    pub providers: Vec<Provider>,
}

/// What is wrong with the file. No text here repeats a line of it: one could hold a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigFault {
    /// It is not TOML, or has keys that do not exist, or values of another kind.
    #[error("line {line}: {message}")]
    Syntax {
        /// Counted from 1; 0 when it is not known.
        line: usize,
        /// What the reader said.
        message: String,
    },
    /// It is longer than any real one.
    #[error("the file is longer than {LONGEST} bytes")]
    TooLong,
    /// A provider is not described well enough.
    #[error("provider {provider}: {why}")]
    Provider {
        /// Its id, or its kind where it has none.
        provider: String,
        /// What is missing or wrong.
        why: &'static str,
    },
    /// A client secret cannot be had.
    #[error("provider {provider}: no client secret can be read from {from}")]
    Secret {
        /// Its id.
        provider: String,
        /// The file or the environment variable.
        from: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    public_url: Option<Url>,
    owner: Option<String>,
    quota: Option<u64>,
    #[serde(default)]
    trusted_proxies: Vec<IpNet>,
    #[serde(default)]
    providers: Vec<providers::Entry>,
}

impl Settings {
    /// Reads the file. Names of secret files in it are relative to its folder.
    ///
    /// # Errors
    /// When the file or a secret cannot be read, or the file says something that cannot be.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = bounded(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder, &|name| std::env::var(name).ok()).map_err(|fault| {
            Error::Settings {
                path: path.to_owned(),
                fault,
            }
        })
    }

    fn parse(
        text: &str,
        folder: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigFault> {
        let file: File = toml_edit::de::from_str(text).map_err(|error| ConfigFault::Syntax {
            line: error.span().map_or(0, |span| line_of(text, span.start)),
            message: error.message().to_owned(),
        })?;
        let sources = providers::Sources {
            folder,
            environment,
        };
        let providers = providers::read(file.providers, &sources)?;
        Ok(Self {
            listen: file.listen,
            public_url: file.public_url,
            owner: file.owner,
            quota_bytes: file.quota,
            trusted_proxies: file.trusted_proxies,
            providers,
        })
    }
}

fn bounded(path: &Path) -> Result<String, Error> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).map_err(Error::disk(path))?;
    let mut text = String::new();
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    let read = read.map_err(Error::disk(path))?;
    if read as u64 > LONGEST {
        return Err(Error::Settings {
            path: PathBuf::from(path),
            fault: ConfigFault::TooLong,
        });
    }
    Ok(text)
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::providers::ProviderKind;

    fn parse(text: &str) -> Result<Settings, ConfigFault> {
        let variables = |name: &str| (name == "SECRET").then(|| "hush".to_owned());
        Settings::parse(text, Path::new("/nonexistent"), &variables)
    }

    fn refusal(provider: &str) -> String {
        parse(&format!("[[providers]]\n{provider}"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_whole_file_is_read() {
        let settings = parse(
            r#"
            listen = "0.0.0.0:8080"
            public_url = "https://library.example.org"
            owner = "ada"
            quota = 1000
            trusted_proxies = ["172.18.0.0/16"]

            [[providers]]
            kind = "google"
            client_id = "g"
            client_secret_env = "SECRET"
            app_client_id = "g-app"
            domain = "example.org"

            [[providers]]
            kind = "github"
            client_id = "h"
            client_secret_env = "SECRET"
            subjects = ["583231"]

            [[providers]]
            kind = "gitlab"
            id = "lab"
            label = "the lab's GitLab"
            url = "https://git.example.org/gitlab/"
            client_id = "l"

            [[providers]]
            kind = "microsoft"
            tenant = "organizations"
            client_id = "m"

            [[providers]]
            kind = "oidc"
            id = "campus"
            label = "Campus"
            issuer = "https://id.example.org/realms/campus"
            endpoint_hosts = ["api.example.org"]
            client_id = "o"
            "#,
        )
        .unwrap();
        assert_eq!(settings.owner.as_deref(), Some("ada"));
        assert_eq!(settings.quota_bytes, Some(1000));
        assert_eq!(settings.trusted_proxies.len(), 1);
        let ids: Vec<&str> = settings.providers.iter().map(|p| p.id.as_str()).collect();
        assert_eq!(ids, ["google", "github", "lab", "microsoft", "campus"]);
        let labels: Vec<&str> = settings
            .providers
            .iter()
            .map(|p| p.label.as_str())
            .collect();
        assert_eq!(labels[..2], ["Google", "GitHub"]);
        let google = &settings.providers[0];
        assert_eq!(
            google.client_secret.as_ref().unwrap().expose_secret(),
            "hush"
        );
        let ProviderKind::GitLab { base } = &settings.providers[2].kind else {
            panic!("{:?}", settings.providers[2]);
        };
        assert_eq!(base.as_str(), "https://git.example.org/gitlab/");
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_reason() {
        for (text, reason) in [
            ("kind = 'github'", "client_id"),
            ("kind = 'facebook'\nclient_id = 'x'", "unknown variant"),
            ("kind = 'github'\nclient_id = 'x'\nid = 'Not Good'", "id"),
            ("kind = 'oidc'\nid = 'x'\nclient_id = 'x'", "issuer"),
            ("kind = 'microsoft'\nclient_id = 'x'", "tenant"),
            (
                "kind = 'gitlab'\nclient_id = 'x'\nurl = 'http://git.test'",
                "https",
            ),
            (
                "kind = 'oidc'\nclient_id = 'x'\nissuer = 'http://id.test'",
                "https",
            ),
            ("kind = 'github'\nclient_id = 'x'\ndomain = 'x'", "domain"),
            (
                "kind = 'github'\nclient_id = 'x'\napp_client_id = 'x'",
                "app_client_id",
            ),
            (
                "kind = 'google'\nclient_id = 'x'\nissuer = 'https://id.test'",
                "issuer",
            ),
            (
                "kind = 'google'\nclient_id = 'x'\nclient_secret_env = 'NONE'",
                "NONE",
            ),
            (
                "kind = 'google'\nclient_id = 'x'\nclient_secret_file = 'none'",
                "none",
            ),
        ] {
            let said = refusal(text);
            assert!(said.contains(reason), "{text}: {said}");
        }
        let twice = "[[providers]]\nkind='google'\nclient_id='x'\n".repeat(2);
        assert!(parse(&twice).unwrap_err().to_string().contains("twice"));
    }

    #[test]
    fn a_secret_in_the_file_itself_is_refused_and_not_repeated() {
        for line in [
            "client_secret = \"GOCSPX-hush\"",
            "clientsecret = \"GOCSPX-hush\"",
            "client_secret = GOCSPX-hush",
        ] {
            let text = format!("[[providers]]\nkind = 'google'\nclient_id = 'x'\n{line}\n");
            let fault = parse(&text).unwrap_err();
            assert!(!format!("{fault} {fault:?}").contains("hush"), "{fault:?}");
        }
    }

    #[test]
    fn a_secret_is_read_from_a_file_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "hush\n").unwrap();
        let file = folder.path().join("library.toml");
        let text = "[[providers]]\nkind='google'\nclient_id='x'\nclient_secret_file='secret'\n";
        std::fs::write(&file, text).unwrap();
        let settings = Settings::read(&file).unwrap();
        let secret = settings.providers[0].client_secret.as_ref().unwrap();
        assert_eq!(secret.expose_secret(), "hush");
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
