//! The proxy that the desktop has set, and the script that it has set instead.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sifter_window_tests::desktop::Desktop;
use sifter_window_tests::proxies::runs_scripts;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::stage::{Stage, place};

/// A name that leads nowhere without the proxy (RFC 2606).
const FAR: &str = "library.example";

/// What a proxy is asked for first when Sifter is to connect a server.
async fn asked_of_the_proxy(desktop: Desktop, proxy: TcpListener) -> Result<String> {
    let shown = proxy.local_addr()?.to_string();
    let asked = tokio::spawn(async move {
        let (mut wire, _) = proxy.accept().await?;
        let mut line = String::new();
        BufReader::new(&mut wire).read_line(&mut line).await?;
        Ok::<_, anyhow::Error>(line)
    });
    let stage = Stage::first_run_on(desktop).await?;
    let app = &stage.app;
    app.press("Just look around").await?;
    app.press("Settings").await?;
    app.says(&format!("{shown} is used now.")).await?;
    // The settings have a field for an address too.
    app.press("Home").await?;
    app.click(&place("Connect a server…")).await?;
    app.fill("Address", FAR).await?;
    app.click("//dialog[@open]//button[normalize-space(.)='Connect']")
        .await?;
    let patience = sifter_window_tests::programs::PATIENCE;
    let asked = tokio::time::timeout(patience, asked).await;
    asked.context("nobody came to the proxy")??
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn the_proxy_of_the_desktop_is_used() -> Result<()> {
    let proxy = TcpListener::bind("127.0.0.1:0").await?;
    let port = proxy.local_addr()?.port();
    let mut desktop = Desktop::start()?;
    desktop.set_proxies(&format!(
        "[system/proxy]\nmode='manual'\n[system/proxy/https]\nhost='127.0.0.1'\nport={port}\n"
    ))?;
    let asked = asked_of_the_proxy(desktop, proxy).await?;
    ensure!(asked.starts_with("CONNECT library.example:443 "), "{asked}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn the_script_of_the_desktop_chooses_the_proxy() -> Result<()> {
    if !runs_scripts() {
        println!("skipped: libproxy has no module here that runs scripts");
        return Ok(());
    }
    let proxy = TcpListener::bind("127.0.0.1:0").await?;
    let script = Arc::new(format!(
        "function FindProxyForURL(url, host) {{
           return dnsDomainIs(host, '.example') ? 'PROXY {}' : 'DIRECT';
         }}",
        proxy.local_addr()?
    ));
    let scripts = TcpListener::bind("127.0.0.1:0").await?;
    let address = scripts.local_addr()?;
    let serving = tokio::spawn(async move {
        while let Ok((mut wire, _)) = scripts.accept().await {
            let script = Arc::clone(&script);
            tokio::spawn(async move {
                let _ = wire.read(&mut [0; 4096]).await;
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    script.len()
                );
                let _ = wire.write_all(head.as_bytes()).await;
                let _ = wire.write_all(script.as_bytes()).await;
            });
        }
    });
    let mut desktop = Desktop::start()?;
    desktop.set_proxies(&format!(
        "[system/proxy]\nmode='auto'\nautoconfig-url='http://{address}/proxy.pac'\n"
    ))?;
    let asked = asked_of_the_proxy(desktop, proxy).await?;
    serving.abort();
    ensure!(asked.starts_with("CONNECT library.example:443 "), "{asked}");
    Ok(())
}
