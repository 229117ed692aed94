//! Stopping in the middle.
#![cfg(unix)]

use std::process::Output;

use sifter_sif::Arch;
use sifter_test_support::{Direction, Exchange, Fault, FaultProxy, Rule};
use tokio::process::Command;

use crate::bench::Bench;

/// What shells say after SIGINT.
const INTERRUPTED: Option<i32> = Some(130);
/// Where the library takes and gives bytes.
const UPLOAD: &str = "/signed/upload/";
const BYTES: &str = "/signed/image/";

/// Runs a call through a proxy where bytes stand still, interrupts it there, and waits for its end.
async fn interrupted(
    bench: &Bench,
    proxy: &FaultProxy,
    arguments: &[&str],
    standing: impl Fn(&Exchange) -> bool + Send + Sync,
) -> Output {
    let (server, token) = (proxy.base_url(), bench.text("token"));
    let mut all = vec!["--server", &server, "--token-file", &token];
    all.extend(arguments);
    let child = bench.command(&all).spawn().unwrap();
    proxy
        .wait_until(|exchanges| exchanges.iter().any(&standing))
        .await
        .unwrap();
    let id = child.id().unwrap().to_string();
    Command::new("kill")
        .args(["-INT", &id])
        .status()
        .await
        .unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), INTERRUPTED, "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    assert!(bench.left_behind().is_empty());
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_told_of_an_interrupted_push() {
    let bench = Bench::new().await;
    bench.image("large.sif", Arch::Amd64, 70 << 20, 1);
    let proxy = FaultProxy::start(bench.library.address()).await.unwrap();
    proxy.inject(Rule::new(
        UPLOAD,
        Fault::StallAfter(Direction::Upload, 1000),
    ));
    let push = ["push", "large.sif", "tester/tools/large:1"];
    let output = interrupted(&bench, &proxy, &push, |exchange| {
        exchange.target.contains(UPLOAD) && exchange.request_bytes >= 1000
    })
    .await;
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("Stopped"),
        "{output:?}"
    );
    let told = proxy.exchanges();
    let told = told
        .iter()
        .find(|exchange| exchange.target.ends_with("/_multipart_abort"));
    assert!(
        told.is_some_and(|told| told.status.is_some_and(|status| status < 300)),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_pull_leaves_no_file() {
    let bench = Bench::new().await;
    bench.image("hello.sif", Arch::Amd64, 1 << 20, 1);
    bench
        .run(&["push", "hello.sif", "tester/tools/hello:1"])
        .await
        .ok();
    let proxy = FaultProxy::start(bench.library.address()).await.unwrap();
    proxy.inject(Rule::new(
        BYTES,
        Fault::StallAfter(Direction::Download, 1000),
    ));
    std::fs::create_dir(bench.path("here")).unwrap();
    let pull = ["--arch", "amd64", "pull", "tester/tools/hello:1", "here"];
    interrupted(&bench, &proxy, &pull, |exchange| {
        exchange.target.contains(BYTES) && exchange.response_bytes >= 1000
    })
    .await;
    assert_eq!(std::fs::read_dir(bench.path("here")).unwrap().count(), 0);
}
