//! Changes to what Sifter is called at the providers. The secret goes from the clipboard to the keychain, in Rust.

use secrecy::ExposeSecret as _;
use sifter_account::Storage;
use sifter_contract::{
    ErrorCode, ProviderClient, ProviderClientSet, ProviderSecret, Retry, SignInProviderKind,
    UiError,
};

use super::{client, has_secret, is_tenant, secret_rule, vault_item, views, whose};
use crate::app::AppCore;
use crate::clipboard::clear_of;
use crate::errors;
use crate::settings::ProviderSettings;

/// Longest secret taken, in bytes.
const LONGEST_SECRET: usize = 512;

impl AppCore {
    /// What Sifter is called at the four.
    pub(crate) fn provider_clients(&self) -> Vec<ProviderClient> {
        views(&self.settings, self.accounts.vault())
    }

    /// Sets what it is called at one.
    pub(crate) async fn set_provider_client(
        &self,
        wanted: ProviderClientSet,
    ) -> Result<Vec<ProviderClient>, UiError> {
        let kind = known(wanted.kind)?;
        let before = self.settings.provider(kind);
        let text = |text: Option<String>| {
            let text = text.unwrap_or_default().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let mut said = ProviderSettings {
            client_id: text(Some(wanted.client_id)),
            url: text(wanted.address),
            tenant: text(wanted.tenant),
            ..before.clone()
        };
        check(kind, &said)?;
        // Another client id means another secret.
        let has_one = has_secret(self.accounts.vault(), kind, &before);
        if said.client_id != before.client_id && has_one {
            self.remove_client_secret(kind).await?;
            said.has_secret = false;
        }
        self.write_provider(kind, &said)?;
        self.after_provider_change().await
    }

    /// Takes the secret that lies on the clipboard.
    pub(crate) async fn paste_client_secret(
        &self,
        kind: SignInProviderKind,
    ) -> Result<Vec<ProviderClient>, UiError> {
        let kind = known(kind)?;
        if secret_rule(kind) == ProviderSecret::Never {
            return Err(errors::invalid("this provider has no client secret"));
        }
        let nothing = || {
            UiError::new(ErrorCode::NoSecretInClipboard)
                .with("provider", label(kind))
                .retry(Retry::Yes)
        };
        let pasted = self.host.read_clipboard().ok_or_else(nothing)?;
        let secret = pasted.expose_secret().trim();
        let fits = (1..=LONGEST_SECRET).contains(&secret.len())
            && secret.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(nothing());
        }
        let Some(item) = vault_item(kind) else {
            return Err(errors::invalid("this provider has no client secret"));
        };
        let stored = self.accounts.vault().store(item, secret.into()).await;
        // What was taken has no business on the clipboard.
        clear_of(&*self.host, &pasted);
        let said = ProviderSettings {
            // What ends with the program is not there after its next start.
            has_secret: stored != Storage::SessionOnly,
            ..self.settings.provider(kind)
        };
        self.write_provider(kind, &said)?;
        self.after_provider_change().await
    }

    /// Forgets the secret.
    pub(crate) async fn forget_client_secret(
        &self,
        kind: SignInProviderKind,
    ) -> Result<Vec<ProviderClient>, UiError> {
        let kind = known(kind)?;
        self.remove_client_secret(kind).await?;
        let said = ProviderSettings {
            has_secret: false,
            ..self.settings.provider(kind)
        };
        self.write_provider(kind, &said)?;
        self.after_provider_change().await
    }

    async fn remove_client_secret(&self, kind: SignInProviderKind) -> Result<(), UiError> {
        let Some(item) = vault_item(kind) else {
            return Ok(());
        };
        let removed = self.accounts.vault().remove(item).await;
        removed.map_err(|error| errors::keychain(&error))
    }

    fn write_provider(
        &self,
        kind: SignInProviderKind,
        said: &ProviderSettings,
    ) -> Result<(), UiError> {
        self.settings
            .set_provider(kind, said)
            .map_err(|error| errors::settings(&error))
    }

    /// Servers may have other buttons now.
    async fn after_provider_change(&self) -> Result<Vec<ProviderClient>, UiError> {
        self.servers.set_own_clients(super::all(&self.settings));
        self.servers.announce().await;
        Ok(self.provider_clients())
    }
}

/// What a person calls a provider.
pub(crate) fn label(kind: SignInProviderKind) -> &'static str {
    match kind {
        SignInProviderKind::Google => "Google",
        SignInProviderKind::Github => "GitHub",
        SignInProviderKind::Gitlab => "GitLab",
        SignInProviderKind::Microsoft => "Microsoft",
        SignInProviderKind::Other => "the provider",
    }
}

fn known(kind: SignInProviderKind) -> Result<SignInProviderKind, UiError> {
    match kind {
        SignInProviderKind::Other => Err(errors::invalid("only the four have client ids here")),
        kind => Ok(kind),
    }
}

/// Says which text cannot be used.
fn check(kind: SignInProviderKind, said: &ProviderSettings) -> Result<(), UiError> {
    if let Some(tenant) = said.tenant.as_deref().filter(|tenant| !is_tenant(tenant)) {
        let why = "a tenant is an id, a domain, organizations, consumers or common";
        return Err(errors::invalid_text("tenant", tenant, why));
    }
    if whose(kind, said).is_none() {
        let text = said.url.clone().unwrap_or_default();
        return Err(UiError::new(ErrorCode::InvalidAddress).with("text", text));
    }
    if let Some(id) = said
        .client_id
        .as_deref()
        .filter(|_| client(kind, said).is_none())
    {
        let why = "a client id has no spaces";
        return Err(errors::invalid_text("client_id", id, why));
    }
    Ok(())
}
