//! `sifter-library` with its settings file, as an administrator runs it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use sifter_test_support::{Habits, IdentityProvider};

use crate::browser::Browser;
use crate::harness::{REDIRECT, location};

const PROGRAM: &str = env!("CARGO_BIN_EXE_sifter-library");

/// The program, ended with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

#[tokio::test]
async fn the_settings_file_brings_the_providers_and_its_secret_stays_where_it_is() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let idp = IdentityProvider::start(Habits::Plain).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("library.toml");
    let text = format!(
        "listen = '127.0.0.1:0'\nowner = 'ada'\n[[providers]]\nkind = 'oidc'\nid = 'campus'\n\
         label = 'Campus'\nissuer = '{}'\nclient_id = 'library'\nclient_secret_env = 'CAMPUS'\n",
        idp.issuer()
    );
    std::fs::write(&file, text).unwrap();
    let mut serving = Command::new(PROGRAM)
        .args(["serve", "--data"])
        .arg(folder.path())
        .env("CAMPUS", IdentityProvider::CLIENT_SECRET)
        .env("RUST_LOG", "debug")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let out = serving.stdout.take().unwrap();
    let log = serving.stderr.take().unwrap();
    let log = std::thread::spawn(move || std::io::read_to_string(log).unwrap());
    let serving = Serving(serving);
    let first = BufReader::new(out).lines().next().unwrap().unwrap();
    let base: url::Url = first.strip_prefix("Library at ").unwrap().parse().unwrap();

    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let metadata = base
        .join("/.well-known/oauth-authorization-server")
        .unwrap();
    let metadata: Value = client
        .get(metadata)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(metadata["federated_providers"][0]["label"], "Campus");

    // All the way, so that the log has had the chance to say too much.
    let mut browser = Browser::with(&client);
    let mut url = base.join("/oauth/authorize").unwrap();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", "sifter-desktop")
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("code_challenge", crate::harness::CHALLENGE)
        .append_pair("code_challenge_method", "S256")
        .append_pair("state", "the-state-of-the-app")
        .append_pair("idp_hint", "campus");
    let page = browser.page(&url).await;
    let pressed = browser.press(&page, "allow").await;
    let app = location(&pressed);
    let code = app
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    drop(serving);
    let log = log.join().unwrap();
    assert!(log.contains("library is answering"), "{log}");
    let encoded = IdentityProvider::CLIENT_SECRET
        .replace('+', "%2B")
        .replace('%', "%25");
    for secret in [
        IdentityProvider::CLIENT_SECRET,
        encoded.as_str(),
        code.as_str(),
        "the-state-of-the-app",
        page.url.query().unwrap(),
        "code-0",
        "eyJ",
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn a_settings_file_with_a_fault_is_named_with_its_line_and_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let file = folder.path().join("library.toml");
    std::fs::write(&file, "owner = 'ada'\nclient_secret = 'hush'\n").unwrap();
    let output = run(&["serve", "--data", &data]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("library.toml") && said.contains("line 2"),
        "{said}"
    );
    assert!(!said.contains("hush"), "{said}");
    let output = run(&["serve", "--data", &data, "--config", "/nonexistent/x.toml"]);
    assert!(
        !output.status.success(),
        "a file that was named must be there"
    );
}

#[test]
fn providers_want_to_know_where_to_send_browsers_back_to() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let text = "[[providers]]\nkind = 'github'\nclient_id = 'x'\n";
    std::fs::write(folder.path().join("library.toml"), text).unwrap();
    let output = run(&["serve", "--data", &data, "--listen", "0.0.0.0:0"]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("public_url"), "{said}");
}

#[test]
fn an_administrator_lets_an_account_elsewhere_sign_in_as_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    run(&["token", "create", "--data", &data, "--name", "first"]);
    let people = run(&["people", "--data", &data]);
    let people = String::from_utf8(people.stdout).unwrap();
    let login = people.split('\t').next().unwrap().to_owned();
    let account = ["--issuer", "https://github.com", "--subject", "583231"];
    let linked = run(&[&["link", "--data", &data, "--login", &login], &account[..]].concat());
    assert!(linked.status.success());
    let people = run(&["people", "--data", &data]);
    let people = String::from_utf8(people.stdout).unwrap();
    assert_eq!(people, format!("{login}\t\thttps://github.com\t583231\n"));
    let nobody = run(&[
        &["link", "--data", &data, "--login", "nobody"],
        &account[..],
    ]
    .concat());
    assert!(!nobody.status.success());
}
