//! Keys to and from the key server of a library.

use std::time::Duration;

use serde_json::json;
use sifter_sif::Arch;
use sifter_test_support::{TlsFront, TlsIdentity};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;

use crate::bench::Bench;

/// How long something that must happen may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_pushed_found_and_pulled() {
    let (bench, fingerprint) = Bench::ada().await;
    let server = bench.library.base_url();
    let pushed = bench.run(&["--json", "key", "push", &fingerprint]).await;
    assert_eq!(
        pushed.ok().json(),
        json!({"fingerprint": fingerprint, "keyserver": server})
    );
    let asked = ["--home", "other", "--json", "key"];
    let there = ["--keyserver", &server];
    let call = [&asked[..], &["search", "ada@example"], &there].concat();
    let found = bench.run_bare(&call).await.ok().json();
    assert_eq!(found["keys"].as_array().unwrap().len(), 1);
    let key = &found["keys"][0];
    assert_eq!(key["fingerprint"], fingerprint);
    assert_eq!(key["names"], json!(["Ada <ada@example.org>"]));
    assert_eq!(key["standing"], "good");
    assert_eq!(found["silent"], json!([]));
    let call = [&asked[..], &["search", "nobody"], &there].concat();
    let nobody = bench.run_bare(&call).await.ok().json();
    assert_eq!(nobody["keys"], json!([]));

    let call = [&asked[..], &["pull", &fingerprint], &there].concat();
    let pulled = bench.run_bare(&call).await.ok();
    assert_eq!(pulled.json()["fingerprint"], fingerprint);
    assert_eq!(pulled.json()["trusted"], false);
    let listed = bench.run_bare(&["--home", "other", "--json", "key", "list"]);
    assert_eq!(listed.await.ok().json()["keys"], json!([]));
    let call = [&call[..], &["--trust"]].concat();
    let trusted = bench.run_bare(&call).await.ok().json();
    assert_eq!(trusted["trusted"], true);
    let unknown = "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84";
    let call = [&asked[2..], &["pull", unknown], &there].concat();
    bench.refuses(&call, "none of the key servers").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_publishes_nothing() {
    let (bench, fingerprint) = Bench::ada().await;
    let server = bench.library.base_url();
    let call = [
        "--json",
        "key",
        "push",
        &fingerprint,
        "--keyserver",
        &server,
    ];
    let refused = bench.run_bare(&call).await.failed(1);
    let error = refused.json()["error"].clone();
    assert_eq!(error["code"], "not_offered", "{error}");
    let call = ["key", "push", "00", "--keyserver", &server];
    bench.refuses(&call, "There is no key 00").await;
    let call = ["key", "push", &fingerprint, "--keyserver", "nonsense"];
    bench.refuses(&call, "nonsense").await;
    let call = ["--json", "key", "search", "ada", "--keyserver", &server];
    let found = bench.run_bare(&call).await.ok().json();
    assert_eq!(found["keys"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_goes_to_no_other_key_server() {
    let (bench, fingerprint) = Bench::ada().await;
    let other = sifter_test_support::spawn_library().await.unwrap();
    let other = other.base_url();
    // The other library would take the key from nobody; that it got a foreign token would be told as such.
    let call = ["--json", "key", "push", &fingerprint, "--keyserver", &other];
    let refused = bench.run(&call).await.failed(1);
    assert_eq!(refused.json()["error"]["code"], "not_offered");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_verified_by_a_key_from_its_library() {
    let (bench, fingerprint) = Bench::ada().await;
    bench.image("x.sif", Arch::Amd64, 4096, 1);
    bench.run_bare(&["sign", "x.sif"]).await.ok();
    bench.run(&["key", "push", &fingerprint]).await.ok();
    let reference = "library://tester/tools/x:1";
    bench.run(&["push", "x.sif", reference]).await.ok();
    let call = ["--home", "other", "--json", "verify", reference];
    let met = bench.run(&call).await;
    let verdict = met.json();
    assert_eq!(verdict["verdict"], "unknown_signer", "{verdict}");
    assert_eq!(verdict["signatures"][0]["fingerprint"], fingerprint);
    // The key is kept for times without a network.
    bench
        .run(&["--home", "other", "pull", reference])
        .await
        .ok();
    let call = [
        "--home",
        "other",
        "--json",
        "verify",
        "x_1.sif",
        "--offline",
    ];
    let offline = bench.run_bare(&call).await.json();
    assert_eq!(offline["verdict"], "unknown_signer");
    let server = bench.library.base_url();
    let trust = ["--home", "other", "key", "pull", &fingerprint, "--trust"];
    let call = [&trust[..], &["--keyserver", &server]].concat();
    bench.run_bare(&call).await.ok();
    let call = [
        "--home",
        "other",
        "--json",
        "verify",
        "x_1.sif",
        "--offline",
    ];
    let verified = bench.run_bare(&call).await.ok().json();
    assert_eq!(verified["verdict"], "verified");

    // She takes it back, and whoever looks again hears of it.
    bench.run_bare(&["key", "revoke", &fingerprint]).await.ok();
    bench.run(&["key", "push", &fingerprint]).await.ok();
    let call = [&trust[..5], &["--keyserver", &server]].concat();
    bench.run_bare(&call).await.ok();
    let call = [
        "--home",
        "other",
        "--json",
        "verify",
        "x_1.sif",
        "--offline",
    ];
    let revoked = bench.run_bare(&call).await.json();
    assert_eq!(revoked["verdict"], "do_not_use");
}

/// Puts a file of Sifter's configuration below a home.
fn configure(bench: &Bench, home: &str, file: &str, text: &str) {
    let folder = bench.path(home).join("config");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(file), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_usual_key_servers_are_those_of_the_settings() {
    let (bench, fingerprint) = Bench::ada().await;
    bench.image("x.sif", Arch::Amd64, 4096, 1);
    bench.run_bare(&["sign", "x.sif"]).await.ok();
    bench.run(&["key", "push", &fingerprint]).await.ok();

    // An empty list asks nobody.
    configure(&bench, "alone", "settings.toml", "key_servers = []\n");
    let alone = ["--home", "alone", "--json"];
    let call = [&alone[..], &["key", "search", "ada@example"]].concat();
    let found = bench.run_bare(&call).await.ok().json();
    assert_eq!(found, json!({"keys": [], "silent": []}));
    let call = [&alone[..], &["verify", "x.sif"]].concat();
    let verdict = bench.run_bare(&call).await.json();
    assert_eq!(verdict["verdict"], "could_not_check", "{verdict}");
    let error = verdict["error"].as_str().unwrap_or_default();
    assert!(!error.contains("keys.openpgp.org"), "{verdict}");

    let text = format!("key_servers = [\"{}\"]\n", bench.library.base_url());
    for home in ["finder", "reader", "packer"] {
        configure(&bench, home, "settings.toml", &text);
    }
    let call = ["--home", "finder", "--json", "key", "search", "ada@example"];
    let found = bench.run_bare(&call).await.ok().json();
    assert_eq!(found["keys"][0]["fingerprint"], fingerprint);
    let call = ["--home", "finder", "--json", "key", "pull", &fingerprint];
    let pulled = bench.run_bare(&call).await.ok().json();
    assert_eq!(pulled["fingerprint"], fingerprint);
    let call = ["--home", "reader", "--json", "verify", "x.sif"];
    let verdict = bench.run_bare(&call).await.json();
    assert_eq!(verdict["verdict"], "unknown_signer", "{verdict}");
    let call = ["--home", "packer", "--json", "bundle", "x.sif", "--out"];
    let call = [&call[..], &["given"]].concat();
    let made = bench.run_bare(&call).await.ok().json();
    assert_eq!(made["keys"], json!([fingerprint]));
}

#[tokio::test(flavor = "multi_thread")]
async fn key_servers_are_reached_through_the_proxy_of_the_settings() {
    let bench = Bench::new().await;
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let text = format!(
        "proxy = \"manual\"\nproxy_address = \"http://{}\"\nkey_servers = [\"https://keys.example\"]\n",
        proxy.local_addr().unwrap()
    );
    configure(&bench, "behind", "settings.toml", &text);
    let asked = tokio::spawn(async move {
        let (mut wire, _) = proxy.accept().await.unwrap();
        let mut line = String::new();
        BufReader::new(&mut wire)
            .read_line(&mut line)
            .await
            .unwrap();
        line
    });
    let call = ["--home", "behind", "--json", "key", "search", "ada"];
    bench.run_bare(&call).await.failed(1);
    let asked = tokio::time::timeout(PATIENCE, asked).await.unwrap();
    assert_eq!(asked.unwrap(), "CONNECT keys.example:443 HTTP/1.1\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn key_servers_are_believed_whose_certificates_the_person_accepted() {
    let (bench, fingerprint) = Bench::ada().await;
    bench.run(&["key", "push", &fingerprint]).await.ok();
    let own = TlsIdentity::self_signed(&["localhost"], |_| {}).unwrap();
    let pem = own.pem();
    let lines = pem.lines().filter(|line| !line.starts_with('-'));
    let trusted = json!({"version": 1, "hosts": {"localhost": lines.collect::<String>()}});
    let front = TlsFront::start(own).await.unwrap();
    front.pass_to(bench.library.address());
    let address = front.url();
    configure(&bench, "trusting", "trust.json", &trusted.to_string());
    for (home, code) in [("trusting", Some(0)), ("wary", Some(1))] {
        let call = ["--home", home, "--json", "key", "pull", &fingerprint];
        let call = [&call[..], &["--keyserver", &address]].concat();
        let pulled = bench.run_bare(&call).await;
        assert_eq!(pulled.code, code, "{pulled:?}");
    }
}
