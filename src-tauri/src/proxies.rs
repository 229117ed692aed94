//! The proxy settings of a Linux desktop, by way of GIO: what GNOME and KDE have set, and the script (PAC) that they
//! name, where GIO's modules run one.

use gio::prelude::ProxyResolverExt as _;
use gio::{Cancellable, ProxyResolver};
use sifter_app_core::{BoxFuture, DesktopProxies};
use tauri::Url;

/// GIO's resolver for this desktop.
#[derive(Debug)]
pub(crate) struct DesktopSettings;

impl DesktopProxies for DesktopSettings {
    fn lookup<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Vec<String>> {
        let address = url.to_string();
        Box::pin(async move {
            // A script may take its time, and look names up.
            let looked = tokio::task::spawn_blocking(move || {
                ProxyResolver::default().lookup(&address, Cancellable::NONE)
            });
            match looked.await {
                Ok(Ok(proxies)) => proxies.into_iter().map(String::from).collect(),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the desktop does not say which proxy to use");
                    Vec::new()
                }
                Err(error) => {
                    tracing::warn!(%error, "the desktop cannot be asked for a proxy");
                    Vec::new()
                }
            }
        })
    }
}
