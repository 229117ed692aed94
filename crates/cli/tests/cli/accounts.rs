//! Tokens and accounts.

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_says_whose_it_is_and_lies_nowhere_else() {
    let bench = Bench::new().await;
    let person = bench.run(&["--json", "whoami"]).await.ok().json();
    assert_eq!(person["login"], "tester");
    assert_eq!(person["stored"], false);
    assert_eq!(person["server"], bench.library.address().to_string());
    let text = bench.run(&["whoami"]).await.ok().out;
    assert!(text.starts_with("tester on 127.0.0.1:"), "{text}");
    assert!(bench.files_with(bench.library.token()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_in_a_sentence() {
    let bench = Bench::new().await;
    bench.write_token("wrong", "made-up-by-somebody");
    let server = bench.library.base_url();
    let call = ["--server", &server, "--token-file", "wrong", "list"];
    let refused = bench
        .run_bare(&call)
        .await
        .failed(1)
        .says("refuses this token");
    assert_eq!(refused.out, "");
    assert!(!refused.err.contains("made-up-by-somebody"), "{refused:?}");
    let json = bench
        .run_bare(&[&["--json"], &call[..]].concat())
        .await
        .failed(1);
    assert_eq!(json.json()["error"]["code"], "token_refused");
    let message = json.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(json.err.contains(&message), "{json:?}");

    bench.write_token("wrong", "two words");
    bench
        .run_bare(&call)
        .await
        .failed(1)
        .says("does not hold a token");
    std::fs::remove_file(bench.path("wrong")).unwrap();
    bench.run_bare(&call).await.failed(1).says("is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_goes_to_no_guessed_server() {
    let bench = Bench::new().await;
    let call = ["--token-file", "token", "list"];
    bench.run_bare(&call).await.failed(2).says("--server");
    let elsewhere = "library://127.0.0.1:1/tester/tools/x:1";
    bench
        .run(&["pull", elsewhere])
        .await
        .failed(2)
        .says("names the server 127.0.0.1:1");
    // A host in the reference is as good as --server.
    let here = format!("library://{}/tester/tools", bench.library.address());
    let call = ["--token-file", "token", "list", &here];
    bench.run_bare(&call).await.failed(1).says("not found");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_others_may_read_is_used_with_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new().await;
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(bench.path("token"), open).unwrap();
    let warned = bench.run(&["--json", "whoami"]).await.ok();
    assert!(warned.err.contains("chmod 600"), "{warned:?}");
    assert_eq!(warned.json()["login"], "tester");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_asked_to_sign_in() {
    let bench = Bench::new().await;
    let server = bench.library.base_url();
    let call = |verb: &'static str| ["--server".to_owned(), server.clone(), verb.to_owned()];
    let run = async |verb| {
        let call = call(verb);
        let call: Vec<&str> = call.iter().map(String::as_str).collect();
        bench.run_bare(&call).await
    };
    run("whoami").await.failed(1).says("Nobody is signed in");
    assert!(
        run("logout")
            .await
            .ok()
            .out
            .starts_with("Nobody was signed in")
    );
    let image = bench.image("x.sif", sifter_sif::Arch::Amd64, 4096, 1);
    let file = image.path.display().to_string();
    let push = ["--server", &server, "push", &file, "tester/tools/x:1"];
    bench
        .run_bare(&push)
        .await
        .failed(1)
        .says("sifter-cli login");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_sign_in_is_not_pretended() {
    let bench = Bench::new().await;
    bench.run(&["login"]).await.failed(1).says("no keychain");
    let server = bench.library.base_url();
    let by_browser = bench
        .run_bare(&["--json", "--server", &server, "login"])
        .await
        .failed(1);
    assert_eq!(by_browser.json()["error"]["code"], "no_keychain");
    assert!(bench.files_with(bench.library.token()).is_empty());
}
