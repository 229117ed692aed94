//! How a library is told of a provider.

use anyhow::{Context, Result};
use secrecy::SecretString;
use sifter_library_server::{Provider, ProviderKind};
use url::Url;

use super::{Habits, IdentityProvider};

impl IdentityProvider {
    /// The tenant by which a library and the app know the provider, with the habits of Microsoft.
    pub const WHICH_TENANT: &'static str = "common";

    /// The entry of a library that takes sign-ins from it, and what the desktop app gets here itself.
    ///
    /// # Errors
    /// When its own address is none, which does not happen.
    pub fn entry(&self, id: &str, label: &str) -> Result<Provider> {
        let secret = |text: &str| Some(SecretString::from(text));
        let app_secret = match self.state.habits {
            // GitHub's library proves itself as the app, to be told whose the app's token is.
            Habits::GitHub => secret(Self::APP_CLIENT_SECRET),
            _ => None,
        };
        Ok(Provider {
            id: id.to_owned(),
            label: label.to_owned(),
            kind: self.kind()?,
            client_id: Self::CLIENT_ID.to_owned(),
            client_secret: secret(Self::CLIENT_SECRET),
            app_client_id: Some(Self::APP_CLIENT_ID.to_owned()),
            app_client_secret: app_secret,
            domain: None,
            subjects: None,
        })
    }

    fn kind(&self) -> Result<ProviderKind> {
        let below = match self.state.habits {
            Habits::GitLab => "/gitlab",
            _ => "",
        };
        let base = Url::parse(&format!("{}{below}", self.origin())).context("its own address")?;
        let issuer = self.issuer();
        Ok(match self.state.habits {
            Habits::Plain => ProviderKind::Oidc {
                issuer,
                endpoint_hosts: Vec::new(),
            },
            Habits::Google => ProviderKind::Google { issuer },
            Habits::GitLab => ProviderKind::GitLab { base },
            Habits::GitHub => ProviderKind::GitHub { base },
            Habits::Microsoft => ProviderKind::Microsoft {
                authority: base,
                tenant: Self::WHICH_TENANT.to_owned(),
            },
        })
    }
}
