//! What the window may change about the network.

use std::sync::Arc;

use sifter_account::AccountId;
use sifter_contract::{
    CertificateQuestion, NetworkView, ProxyPassword, ProxySettings, ShownCertificate, UiError,
};
use sifter_library_client::http::{Certificate, Distrust, Refusal};

use super::{Kept, Password, Reach, SecretText, certificate_view};
use crate::app::AppCore;
use crate::errors;
use crate::files;
use crate::settings::proxy;
use crate::uploads::file_name;
use crate::vault::stored_view;

impl Reach {
    fn set_proxy(&self, proxy: ProxySettings, password: Option<&Password>) -> Result<(), UiError> {
        let proxy = proxy::check(proxy).map_err(|text| errors::address(&text))?;
        self.settings
            .set_proxy(&proxy)
            .map_err(|error| errors::settings(&error))?;
        self.apply(password);
        Ok(())
    }

    async fn set_password(&self, password: ProxyPassword) -> Result<(), UiError> {
        let proxy = self.settings.proxy();
        if proxy.host.is_empty() || proxy.user.is_empty() {
            return Err(errors::invalid("there is no proxy with a name to sign in"));
        }
        let kept = Kept {
            proxy: proxy::told(&proxy),
            user: proxy.user,
            password: SecretText(password.password.into_secret()),
        };
        let text = serde_json::to_string(&kept)
            .map_err(|_| errors::invalid("the password cannot be kept"))?;
        let stored = self.vault.store(AccountId::PROXY, text.into()).await;
        let storage = stored_view(&stored);
        let mut known = self.password.lock().await;
        *known = Some(Password { kept, storage });
        self.apply(known.as_ref());
        Ok(())
    }

    async fn forget_password(&self) -> Result<(), UiError> {
        let mut known = self.password.lock().await;
        *known = None;
        self.apply(None);
        let removed = self.vault.remove(AccountId::PROXY).await;
        removed.map_err(|error| errors::keychain(&error))
    }

    async fn change_trust(&self, change: impl FnOnce(&mut super::Trusted)) -> Result<(), UiError> {
        let known = self.password.lock().await;
        let changed = self.store.change(change);
        changed.map_err(|error| errors::storage(&error))?;
        self.apply(known.as_ref());
        Ok(())
    }

    /// Believes the certificates of these hosts no longer: their server is gone.
    pub(crate) async fn forget_hosts(&self, hosts: &[String]) -> Result<(), UiError> {
        self.change_trust(|trusted| trusted.hosts.retain(|host, _| !hosts.contains(host)))
            .await
    }

    fn refusal(&self, shown: &ShownCertificate) -> Result<(Refusal, Certificate), UiError> {
        let refusal = self.network.refused(&shown.host, &shown.fingerprint);
        refusal
            .and_then(|refusal| {
                let certificate = refusal.certificate.clone()?;
                Some((refusal, certificate))
            })
            .ok_or_else(|| errors::invalid("no such certificate was refused"))
    }
}

/// Whether a person may accept it. An end, another name or a revocation is not for a person to overlook.
fn is_acceptable(refusal: &Refusal) -> bool {
    matches!(refusal.distrust, Distrust::Unknown | Distrust::Changed)
}

impl AppCore {
    /// Waits for the keychain to be unlocked, and signs in to the proxy from then on.
    pub(crate) fn recall_proxy_password(&self) {
        let (reach, stop) = (Arc::clone(&self.reach), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                _ = reach.recall(true) => {}
            }
        });
    }

    pub(crate) async fn set_proxy(&self, proxy: ProxySettings) -> Result<NetworkView, UiError> {
        {
            let known = self.reach.password.lock().await;
            self.reach.set_proxy(proxy, known.as_ref())?;
        }
        self.reach.recall(false).await;
        Ok(self.reach.view().await)
    }

    pub(crate) async fn set_proxy_password(
        &self,
        password: ProxyPassword,
    ) -> Result<NetworkView, UiError> {
        self.reach.set_password(password).await?;
        Ok(self.reach.view().await)
    }

    pub(crate) async fn forget_proxy_password(&self) -> Result<NetworkView, UiError> {
        self.reach.forget_password().await?;
        Ok(self.reach.view().await)
    }

    /// Lets the person choose a file of authorities. Nothing changes when they change their mind.
    pub(crate) async fn add_authority(&self) -> Result<NetworkView, UiError> {
        if let Some(path) = self.host.choose_certificate().await {
            let name = file_name(&path);
            let pem = files::read(&path).map_err(|error| errors::authority_file(&name, &error))?;
            let pem = pem.ok_or_else(|| errors::file_missing(&name))?;
            let found = Certificate::authorities_in(pem.as_bytes())
                .map_err(|fault| errors::authority(&name, fault))?;
            self.reach
                .change_trust(|trusted| {
                    for authority in found {
                        if !trusted.add(authority) {
                            tracing::warn!("there are too many authorities for another one");
                        }
                    }
                })
                .await?;
        }
        Ok(self.reach.view().await)
    }

    pub(crate) async fn remove_authority(&self, fingerprint: &str) -> Result<NetworkView, UiError> {
        self.reach
            .change_trust(|trusted| {
                let kept = |authority: &Certificate| authority.fingerprint() != fingerprint;
                trusted.authorities.retain(kept);
            })
            .await?;
        Ok(self.reach.view().await)
    }

    pub(crate) async fn forget_host(&self, host: String) -> Result<NetworkView, UiError> {
        self.reach.forget_hosts(&[host]).await?;
        Ok(self.reach.view().await)
    }

    pub(crate) fn show_certificate(
        &self,
        shown: &ShownCertificate,
    ) -> Result<CertificateQuestion, UiError> {
        let (refusal, certificate) = self.reach.refusal(shown)?;
        let accepted = self.reach.store.trusted().hosts.remove(&refusal.host);
        Ok(CertificateQuestion {
            acceptable: is_acceptable(&refusal),
            accepted: (accepted.as_ref())
                .filter(|_| refusal.distrust == Distrust::Changed)
                .map(certificate_view),
            shown: certificate_view(&certificate),
            host: refusal.host,
        })
    }

    /// Accepts a certificate that was refused, for its host only.
    pub(crate) async fn trust_certificate(
        &self,
        shown: &ShownCertificate,
    ) -> Result<NetworkView, UiError> {
        let (refusal, certificate) = self.reach.refusal(shown)?;
        if !is_acceptable(&refusal) {
            return Err(errors::invalid("this certificate cannot be accepted"));
        }
        self.reach
            .change_trust(|trusted| {
                trusted.hosts.insert(refusal.host, certificate);
            })
            .await?;
        Ok(self.reach.view().await)
    }
}
