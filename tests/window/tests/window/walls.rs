//! What a page that has gone over to somebody else could not do.

use std::net::TcpListener;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::stage::Stage;

const EVAL: &str = "try { return `ran: ${eval('1 + 1')}` } catch (error) { return error.name }";

const INLINE_SCRIPT: &str = "
    const done = arguments[arguments.length - 1];
    document.addEventListener('securitypolicyviolation', (event) =>
        done([globalThis.ranInline === true, event.effectiveDirective]), { once: true });
    const script = document.createElement('script');
    script.textContent = 'globalThis.ranInline = true';
    document.body.append(script);
    setTimeout(() => done([globalThis.ranInline === true, 'nobody objected']), 5000);";

const FETCH: &str = "
    const [address, done] = arguments;
    let objection = null;
    document.addEventListener('securitypolicyviolation', (event) => (objection = event.effectiveDirective));
    fetch(address).then(
        (answer) => done(`answered ${answer.status}`),
        () => requestAnimationFrame(() => requestAnimationFrame(() => done(objection ?? 'failed without objection'))));";

const FRAME: &str = "
    const [address, done] = arguments;
    document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });
    const frame = document.createElement('iframe');
    frame.src = address;
    document.body.append(frame);
    setTimeout(() => done('nobody objected'), 5000);";

const INVOKE: &str = "
    const [command, request, done] = arguments;
    window.__TAURI_INTERNALS__.invoke(command, request).then(
        (answer) => done([true, JSON.stringify(answer)]),
        (error) => done([false, typeof error === 'string' ? error : JSON.stringify(error)]));";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn the_page_runs_no_foreign_code_and_reaches_no_network() -> Result<()> {
    let stage = Stage::first_run().await?;
    let app = &stage.app;
    let said = app.run(EVAL, vec![]).await?;
    ensure!(said == "EvalError", "eval: {said}");

    let said = app.run_async(INLINE_SCRIPT, vec![]).await?;
    ensure!(said[0] == false, "an inline script ran");
    let directive = said[1].as_str().unwrap_or_default();
    ensure!(directive.starts_with("script-src"), "inline script: {said}");

    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = format!("http://{}/", listener.local_addr()?);
    let said = app.run_async(FETCH, vec![json!(address)]).await?;
    ensure!(said == "connect-src", "fetch: {said}");
    ensure!(listener.accept().is_err(), "the page reached the network");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a31_the_page_commands_only_what_the_contract_allows() -> Result<()> {
    let stage = Stage::first_run().await?;
    let app = &stage.app;
    let ask = async |command: &str, request: serde_json::Value| -> Result<(bool, String)> {
        let said = app.run_async(INVOKE, vec![json!(command), request]).await?;
        let done = said[0].as_bool().context("no answer")?;
        Ok((done, said[1].as_str().unwrap_or_default().to_owned()))
    };
    let (done, said) = ask("app_state", json!({ "request": {} })).await?;
    ensure!(done, "a command of the contract was refused: {said}");

    for command in [
        "plugin:clipboard-manager|read_text",
        "plugin:clipboard-manager|write_text",
        "plugin:dialog|open",
        "plugin:window|destroy",
        "plugin:webview|create_webview_window",
        "plugin:event|listen",
        "plugin:path|resolve_directory",
        "plugin:shell|execute",
        "app_read_secret",
    ] {
        let (done, said) = ask(command, json!({})).await?;
        ensure!(!done, "{command} was carried out: {said}");
        ensure!(
            said.contains("not allowed") || said.contains("not found"),
            "{command} was refused for another reason: {said}"
        );
    }
    app.says("What would you like to do first?").await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn a31_the_page_neither_holds_nor_becomes_the_page_of_somebody_else() -> Result<()> {
    let stage = Stage::first_run().await?;
    let app = &stage.app;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = format!("http://{}/", listener.local_addr()?);
    let said = app.run_async(FRAME, vec![json!(address)]).await?;
    ensure!(said == "frame-src", "frame: {said}");

    for go in [
        "location.href = arguments[0]",
        "location.replace(arguments[0])",
        "window.open(arguments[0])",
        "window.open(arguments[0], '_self')",
    ] {
        app.run(go, vec![json!(address)]).await?;
        app.says("What would you like to do first?").await?;
        let here = app.run("return location.href", vec![]).await?;
        let here = here.as_str().unwrap_or_default();
        ensure!(here.starts_with("tauri://localhost"), "{go} led to {here}");
    }
    ensure!(
        listener.accept().is_err(),
        "somebody else's page was asked for"
    );
    Ok(())
}
