//! How this installation reaches other machines: the proxy from the settings with its password from the vault, and
//! whose certificates are believed. What changes here counts from the next request on, for every client.

mod commands;
mod store;

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sifter_account::vault::{FileState, VaultError};
use sifter_account::{AccountId, Vault};
use sifter_contract::{
    CertificateView, NetworkView, ProxyKind, ProxyMode, ProxySettings, Storage, TrustedHost,
};
use sifter_library_client::Network;
use sifter_library_client::http::{
    self, Certificate, DesktopProxies, ManualProxy, NetworkPlan, ProxyChoice,
};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use url::Url;

use crate::clock::rfc3339;
use crate::files::OwnFileError;
use crate::home::Home;
use crate::settings::{Settings, proxy};
use store::{Store, Trusted};

/// An address of another machine, for asking whether a proxy is in between. It is never connected to (RFC 2606).
const ELSEWHERE: &str = "https://library.example/";

/// The password of a proxy, together with the proxy it is for: another one must never get it.
#[derive(Serialize, Deserialize)]
struct Kept {
    proxy: String,
    user: String,
    password: SecretText,
}

/// A secret that is written as text: into the vault and nowhere else.
struct SecretText(SecretString);

impl Serialize for SecretText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

/// A password that is known now, and where it is kept.
struct Password {
    kept: Kept,
    storage: Storage,
}

/// The network of one installation.
pub(crate) struct Reach {
    network: Network,
    settings: Arc<Settings>,
    store: Store,
    vault: Vault,
    /// Held while anything is changed, so that a plan is always made of what was changed last.
    password: Mutex<Option<Password>>,
}

impl Reach {
    /// Reads what is set. The password is left for [`recall`](Self::recall), because the keychain may take its time.
    pub(crate) fn open(
        home: &Home,
        settings: Arc<Settings>,
        vault: Vault,
        desktop: Option<Arc<dyn DesktopProxies>>,
    ) -> Result<Self, OwnFileError> {
        let this = Self {
            network: Network::with_desktop(NetworkPlan::default(), desktop),
            settings,
            store: Store::open(home.trust_file())?,
            vault,
            password: Mutex::default(),
        };
        this.apply(None);
        Ok(this)
    }

    /// What every client goes by.
    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    /// Takes the password of the proxy from the vault, if one can be needed. With `wait` a locked keychain is
    /// waited for. Answers whether the vault was open.
    pub(crate) async fn recall(&self, wait: bool) -> bool {
        let proxy = self.settings.proxy();
        if proxy.mode != ProxyMode::Manual || proxy.user.is_empty() {
            return true;
        }
        let found = if wait {
            self.vault.load(AccountId::PROXY).await
        } else {
            self.vault.peek(AccountId::PROXY).await
        };
        let secret = match found {
            Ok(Some(secret)) => secret,
            Ok(None) => return true,
            Err(VaultError::Locked | VaultError::Closed) => return false,
            Err(error) => {
                tracing::warn!(error = %error, "the password of the proxy cannot be read");
                return true;
            }
        };
        let Ok(kept) = serde_json::from_str::<Kept>(secret.expose_secret()) else {
            tracing::warn!("the password of the proxy is damaged");
            return true;
        };
        let storage = self.vault_name().await;
        let mut password = self.password.lock().await;
        *password = Some(Password { kept, storage });
        self.apply(password.as_ref());
        true
    }

    async fn vault_name(&self) -> Storage {
        match self.vault.status().await {
            sifter_account::VaultStatus::Ready { name }
            | sifter_account::VaultStatus::Locked { name } => Storage::Keychain { name },
            _ if self.vault.file().await == FileState::Open => Storage::Vault,
            _ => Storage::SessionOnly,
        }
    }

    /// Makes what is set count.
    fn apply(&self, password: Option<&Password>) {
        let Trusted { authorities, hosts } = self.store.trusted();
        let proxy = self.settings.proxy();
        let proxy = match proxy.mode {
            ProxyMode::System => ProxyChoice::System,
            ProxyMode::Direct => ProxyChoice::Direct,
            ProxyMode::Manual => ProxyChoice::Manual(manual(&proxy, password)),
        };
        self.network.set(NetworkPlan {
            proxy,
            authorities,
            pinned: hosts,
        });
    }

    /// Host and port of the proxy that other machines are reached through now.
    pub(crate) async fn proxy_in_use(&self) -> Option<String> {
        let elsewhere = Url::parse(ELSEWHERE).ok()?;
        self.network.settle(&elsewhere).await;
        let proxy = self.network.proxy_for(&elsewhere)?;
        Some(host_and_port(&proxy.host, proxy.port))
    }

    /// How other machines are reached, as the window shows it.
    pub(crate) async fn view(&self) -> NetworkView {
        let password = self.password.lock().await;
        let proxy = self.settings.proxy();
        let trusted = self.store.trusted();
        NetworkView {
            password: (password.as_ref())
                .filter(|password| is_for(&password.kept, &proxy))
                .map(|password| password.storage.clone()),
            in_use: self.proxy_in_use().await,
            proxy,
            authorities: trusted.authorities.iter().map(certificate_view).collect(),
            trusted: (trusted.hosts.iter())
                .map(|(host, certificate)| TrustedHost {
                    host: host.clone(),
                    certificate: certificate_view(certificate),
                })
                .collect(),
        }
    }
}

fn manual(proxy: &ProxySettings, password: Option<&Password>) -> ManualProxy {
    let password = password.filter(|password| is_for(&password.kept, proxy));
    let kept = password.map(|password| password.kept.password.0.clone());
    ManualProxy {
        kind: match proxy.kind {
            ProxyKind::Http => http::ProxyKind::Http,
            ProxyKind::Https => http::ProxyKind::Https,
            ProxyKind::Socks5 => http::ProxyKind::Socks5,
        },
        host: proxy.host.clone(),
        port: proxy.port,
        bypass: proxy.bypass.clone(),
        credentials: (!proxy.user.is_empty())
            .then(|| (proxy.user.clone(), kept.unwrap_or_default())),
    }
}

fn is_for(kept: &Kept, proxy: &ProxySettings) -> bool {
    kept.proxy == proxy::told(proxy) && kept.user == proxy.user
}

/// Host and port as people write them.
pub(crate) fn host_and_port(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// A certificate as the window shows it.
pub(crate) fn certificate_view(certificate: &Certificate) -> CertificateView {
    CertificateView {
        fingerprint: certificate.fingerprint(),
        subject: certificate.subject().to_owned(),
        issuer: certificate.issuer().to_owned(),
        from: rfc3339(certificate.from()).unwrap_or_default(),
        until: rfc3339(certificate.until()).unwrap_or_default(),
        ended: certificate.until() < OffsetDateTime::now_utc(),
        names: certificate.names().to_vec(),
    }
}
