//! Wrong use, and servers that are not there.

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_ends_with_2_and_says_how_it_goes() {
    let bench = Bench::new().await;
    for call in [
        &["fly"][..],
        &["push", "x.sif"],
        &["pull"],
        &["pull", "library://Not/A/Reference"],
        &["push", "x.sif", "docker://alpine"],
        &["push", "x.sif", "tester/x:1"],
        &["inspect", "No Reference"],
        &["--unknown", "list"],
    ] {
        let done = bench.run(call).await.failed(2);
        assert_eq!(done.out, "", "{call:?}");
        assert!(done.err.starts_with("error: "), "{done:?}");
    }
    bench.run_bare(&["--help"]).await.ok();
    let version = bench.run_bare(&["--version"]).await.ok();
    assert!(version.out.starts_with("sifter-cli "), "{version:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_named() {
    let bench = Bench::new().await;
    let gone = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let done = bench.run_bare(&["--server", &gone, "list"]).await;
    let done = done.failed(1).says("does not answer").says(&gone);
    assert_eq!(done.out, "");
    bench
        .run_bare(&["--server", "two words", "list"])
        .await
        .failed(1)
        .says("not the address");
}
