//! Development only, never bundled: the whole of Sifter without its window, over loopback HTTP.
//!
//! It serves the built window to an ordinary browser, answers its commands, and plays the native host
//! (dialogs, drag and drop, clipboard) through `/test/…` addresses, so that every flow of the window can
//! be tested in a browser without a desktop.

mod api;
mod guard;
mod host;
mod pages;
mod play;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use clap::Parser;
use sifter_app_core::{AppCore, CoreConfig, Home, Secrets};

use crate::host::PlayedHost;

/// Runs Sifter's core behind a loopback web server.
#[derive(Debug, Parser)]
#[command(name = "sifter-bridge")]
struct Arguments {
    /// Folder for everything Sifter keeps.
    #[arg(long)]
    home: PathBuf,
    /// Folder of the built window (`ui/dist`).
    #[arg(long)]
    ui: PathBuf,
    /// Address to listen on; must be of this computer. Port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Use the keychain of the operating system instead of playing one in memory.
    #[arg(long)]
    keychain: bool,
    /// Play a computer that has no keychain.
    #[arg(long, conflicts_with = "keychain")]
    no_keychain: bool,
}

/// What every address of the bridge can reach.
#[derive(Clone)]
pub(crate) struct Bridge {
    pub(crate) core: Arc<AppCore>,
    pub(crate) host: Arc<PlayedHost>,
    pub(crate) ui: Arc<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    anyhow::ensure!(
        arguments.listen.ip().is_loopback(),
        "the bridge listens on this computer only"
    );
    let home = Home::at(std::path::absolute(&arguments.home)?);
    let _log = sifter_app_core::start_log(home.logs()).context("starting the log")?;
    let host = Arc::new(PlayedHost::default());
    let mut config = CoreConfig::new(home, Arc::clone(&host));
    if arguments.no_keychain {
        config.secrets = Secrets::NoKeychain;
    } else if !arguments.keychain {
        config.secrets = Secrets::PlayedKeychain;
    }
    let core = AppCore::start(config).await.context("starting the core")?;

    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .context("listening")?;
    let address = listener.local_addr()?;
    let bridge = Bridge {
        core: Arc::clone(&core),
        host,
        ui: Arc::new(arguments.ui),
    };
    let app = Router::new()
        .merge(api::routes())
        .merge(play::routes())
        .fallback(pages::serve)
        .layer(axum::middleware::from_fn_with_state(address, guard::check))
        .with_state(bridge);
    writeln!(std::io::stdout(), "listening on http://{address}")?;
    let served = tokio::select! {
        result = axum::serve(listener, app) => result.context("serving"),
        () = stopped() => Ok(()),
    };
    core.shutdown().await;
    served
}

/// Waits for an interrupt or, on Unix, the polite request to end.
async fn stopped() {
    #[cfg(unix)]
    if let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    // Without signals there is nothing to wait for but the end of the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
