//! Keys, signing and verifying, as a person without a network does them.

use serde_json::{Value, json};
use sifter_sif::Arch;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::bench::{Bench, Done};

/// A key pair made for this test.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAINzBR4QvotQC/oQceZ8u0UDldtJrY4111exjP6qTd9\n-----END PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAPE2n2rxXzU5LDDzUWUisXPRcO91sQFhkGXHXUZCqS5g=\n-----END PUBLIC KEY-----\n";

/// Ada has a key, protected by a passphrase, and an image.
async fn ada() -> (Bench, String) {
    let bench = Bench::new().await;
    bench.image("x.sif", Arch::Amd64, 4096, 1);
    bench.write_token("passphrase", "correct horse");
    let made = bench.run_bare(&[
        "--json",
        "key",
        "generate",
        "Ada <ada@example.org>",
        "--passphrase-file",
        "passphrase",
    ]);
    let made = made.await.ok().json();
    assert_eq!(made["algorithm"], "Ed25519");
    assert_eq!(made["protected"], true);
    (bench, made["fingerprint"].as_str().unwrap().to_owned())
}

async fn sign(bench: &Bench) -> Value {
    let signed = bench.run_bare(&["--json", "sign", "x.sif", "--passphrase-file", "passphrase"]);
    signed.await.ok().json()
}

async fn verify(bench: &Bench, more: &[&str]) -> Done {
    let mut all = vec!["--json", "verify", "x.sif", "--offline"];
    all.extend(more);
    bench.run_bare(&all).await
}

/// The one object of a verification that ended with this status.
fn verdict(done: Done, code: i32) -> Value {
    assert_eq!(done.code, Some(code), "{done:?}");
    let mut object = done.json();
    if code != 0 {
        assert!(
            !done.err.is_empty() && object["error"].is_string(),
            "{done:?}"
        );
    }
    object["verdict"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_list_says_whether_an_image_may_run() {
    let (bench, fingerprint) = ada().await;
    sign(&bench).await;
    let key = bench.run_bare(&["key", "export", &fingerprint]).await;
    std::fs::write(bench.path("ada.asc"), key.ok().out).unwrap();
    let list = |active: bool, mode: &str| {
        let text = format!(
            "activated = {active}\n[[execgroup]]\ntagname = \"lab\"\nmode = \"{mode}\"\nkeyfp = [\"{fingerprint}\"]\n"
        );
        std::fs::write(bench.path("ecl.toml"), text).unwrap();
    };
    let ask = ["--ecl", "ecl.toml", "--keyring", "ada.asc"];
    list(true, "whitelist");
    let allowed = verify(&bench, &ask).await.ok().json();
    assert_eq!(
        (&allowed["ok"], &allowed["group"], &allowed["verdict"]),
        (&json!(true), &json!("lab"), &json!("verified"))
    );
    // The person's own keys do not count: without a keyring it is the administrator's, of which there is none here.
    let own = verify(&bench, &["--ecl", "ecl.toml"]).await.failed(1);
    own.says("It may not run: the image does not verify");
    list(true, "blacklist");
    let listed = verify(&bench, &ask).await.failed(1).json();
    assert_eq!(listed["ok"], false);
    let why = format!("the key {fingerprint} in group \"lab\" has signed it");
    assert_eq!(listed["error"], why);
    list(false, "blacklist");
    let passive = verify(&bench, &ask).await.ok().json();
    assert_eq!(
        (&passive["ok"], &passive["group"]),
        (&json!(true), &json!(null))
    );
    list(true, "greylist");
    let unusable = verify(&bench, &ask).await.failed(1);
    unusable.says("unknown mode");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_verifies_until_it_is_altered() {
    let (bench, fingerprint) = ada().await;
    let unsigned = verify(&bench, &[]).await.failed(1);
    let error = "signature not found for object group 1";
    let expected = json!({"ok": false, "verdict": "not_signed", "signatures": [], "error": error});
    assert_eq!(unsigned.json(), expected);
    let signed = sign(&bench).await;
    assert_eq!(signed["fingerprint"], fingerprint);
    let id = signed["objects"][0].as_u64().unwrap();
    let covers: Vec<u64> = (1..id).collect();
    let expected = json!({
        "ok": true,
        "verdict": "verified",
        "signatures": [{"object": id, "covers": covers, "fingerprint": fingerprint, "ok": true, "error": null}],
        "error": null,
    });
    assert_eq!(verify(&bench, &[]).await.ok().json(), expected);
    let one = verify(&bench, &["--object", "1"]).await.ok().json();
    assert_eq!(one["signatures"][0]["covers"], json!([1]));
    let text = bench
        .run_bare(&["verify", "x.sif", "--offline"])
        .await
        .ok()
        .out;
    assert!(
        text.contains("Ada <ada@example.org>") && text.starts_with("Verified"),
        "{text}"
    );

    let mut bytes = std::fs::read(bench.path("x.sif")).unwrap();
    bytes[5] ^= 1;
    std::fs::write(bench.path("x.sif"), bytes).unwrap();
    let altered = verify(&bench, &[]).await;
    assert_eq!(altered.json()["error"], "header integrity compromised");
    assert_eq!(verdict(altered, 1), "do_not_use");
    bench
        .refuses(&["verify", "x.sif", "--offline"], "Do not use it")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_needs_the_key_and_may_take_it_over() {
    let (bench, fingerprint) = ada().await;
    sign(&bench).await;
    let armor = bench
        .run_bare(&["key", "export", &fingerprint])
        .await
        .ok()
        .out;
    std::fs::write(bench.path("ada.asc"), &armor).unwrap();
    let stranger = ["--home", "other"];
    let unknown = verify(&bench, &stranger).await;
    assert_eq!(verdict(unknown, 1), "could_not_check");
    let given = verify(&bench, &["--home", "other", "--keyring", "ada.asc"]).await;
    assert_eq!(verdict(given, 0), "verified");
    // The keyring of the command-line tools counts as well.
    let tool = bench.path("person/.singularity/sypgp");
    std::fs::create_dir_all(&tool).unwrap();
    std::fs::write(tool.join("pgp-public"), &armor).unwrap();
    assert_eq!(verdict(verify(&bench, &stranger).await, 0), "verified");
    std::fs::remove_dir_all(tool).unwrap();
    let imported = bench
        .run_bare(&["--home", "other", "--json", "key", "import", "ada.asc"])
        .await
        .ok()
        .json();
    assert_eq!(
        (&imported["keys"][0]["fingerprint"], &imported["secret"]),
        (&json!(fingerprint), &json!(0))
    );
    assert_eq!(verdict(verify(&bench, &stranger).await, 0), "verified");
    bench
        .refuses(&["--home", "other", "sign", "x.sif"], "no key to sign with")
        .await;
    bench
        .run_bare(&["--home", "other", "key", "remove", &fingerprint])
        .await
        .ok();
    bench
        .refuses(
            &["--home", "other", "key", "remove", &fingerprint],
            "no key",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_with_its_passphrase_only_and_can_be_taken_back() {
    let (bench, fingerprint) = ada().await;
    bench.write_token("wrong", "battery staple");
    bench.refuses(&["sign", "x.sif"], "--passphrase-file").await;
    bench
        .refuses(
            &["sign", "x.sif", "--passphrase-file", "wrong"],
            "does not open",
        )
        .await;
    sign(&bench).await;
    let secret = bench
        .run_bare(&["key", "export", &fingerprint, "--secret"])
        .await
        .ok();
    assert!(
        secret
            .out
            .starts_with("-----BEGIN PGP PRIVATE KEY BLOCK-----")
    );
    std::fs::write(bench.path("backup.asc"), &secret.out).unwrap();
    let ended = [
        "--json",
        "key",
        "expire",
        &fingerprint,
        "--days",
        "30",
        "--passphrase-file",
        "passphrase",
    ];
    assert!(bench.run_bare(&ended).await.ok().json()["expires"].is_string());
    let back = [
        "key",
        "revoke",
        &fingerprint,
        "--reason",
        "compromised",
        "--passphrase-file",
        "passphrase",
    ];
    let revocation = bench.run_bare(&back).await.ok().out;
    assert_eq!(verdict(verify(&bench, &[]).await, 1), "do_not_use");
    let again = ["sign", "x.sif", "--passphrase-file", "passphrase"];
    bench
        .run_bare(&again)
        .await
        .failed(1)
        .says("has been revoked");
    // Whoever has the older copy learns of it from the text alone.
    std::fs::write(bench.path("revocation.asc"), revocation).unwrap();
    bench
        .refuses(
            &["--home", "other", "key", "import", "revocation.asc"],
            "no key",
        )
        .await;
    bench
        .run_bare(&["--home", "other", "key", "import", "backup.asc"])
        .await
        .ok();
    bench
        .run_bare(&["--home", "other", "key", "import", "revocation.asc"])
        .await
        .ok();
    let list = bench
        .run_bare(&["--home", "other", "--json", "key", "list"])
        .await
        .ok()
        .json();
    assert_eq!(
        (&list["keys"][0]["standing"], &list["keys"][0]["mine"]),
        (&json!("revoked"), &json!(true))
    );
    assert!(bench.files_with("correct horse").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_to_a_command_line_tool_when_that_is_asked_for() {
    let (bench, fingerprint) = ada().await;
    let folder = bench.path("person/.singularity/sypgp");
    assert!(!folder.exists());
    let call = ["--json", "key", "lend", &fingerprint, "--to", "singularity"];
    let lent = bench.run_bare(&call).await.ok().json();
    let expected = json!({"folder": folder.to_str(), "public": true, "secret": false});
    assert_eq!(lent, expected);
    assert!(folder.join("pgp-public").exists() && !folder.join("pgp-secret").exists());
    // Without Sifter's own keys the image is verified by what the tool has.
    bench
        .run_bare(&["sign", "x.sif", "--passphrase-file", "passphrase"])
        .await
        .ok();
    let call = [
        "--home",
        "elsewhere",
        "--json",
        "verify",
        "x.sif",
        "--offline",
    ];
    assert_eq!(
        bench.run_bare(&call).await.ok().json()["verdict"],
        "verified"
    );

    let call = [
        "--json",
        "key",
        "lend",
        &fingerprint,
        "--to",
        "apptainer",
        "--secret",
    ];
    let lent = bench.run_bare(&call).await.ok().json();
    assert_eq!(
        (&lent["public"], &lent["secret"]),
        (&json!(true), &json!(true))
    );
    assert!(bench.path("person/.apptainer/keys/pgp-secret").exists());
    let again = bench.run_bare(&call).await.ok().json();
    assert_eq!(
        (&again["public"], &again["secret"]),
        (&json!(false), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pem_keys_sign_and_verify_without_a_keyring() {
    let (bench, _) = ada().await;
    bench.write_token("private.pem", PRIVATE);
    bench.write_token("public.pem", PUBLIC);
    let signed = bench
        .run_bare(&["--json", "sign", "x.sif", "--key", "private.pem"])
        .await
        .ok()
        .json();
    assert_eq!(signed["fingerprint"], Value::Null);
    let good = verify(&bench, &["--pem", "public.pem"]).await.ok();
    assert_eq!(good.json()["signatures"][0]["fingerprint"], Value::Null);
    assert_eq!(verdict(good, 0), "verified");
    let without = verify(&bench, &[]).await;
    assert_eq!(
        without.json()["error"],
        "key material not provided for DSSE envelope signature"
    );
    assert_eq!(verdict(without, 1), "could_not_check");
    bench
        .refuses(&["verify", "x.sif", "--pem", "private.pem"], "holds no key")
        .await;
    bench
        .refuses(&["verify", "x.sif", "--pem", "missing.pem"], "is not there")
        .await;
    bench
        .refuses(
            &["verify", "x.sif", "--certificate", "public.pem"],
            "certificate",
        )
        .await;
    bench
        .refuses(
            &["sign", "x.sif", "--key", "private.pem", "--object", "99"],
            "no such object",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_in_a_library_is_verified_where_it_lies() {
    let (bench, fingerprint) = ada().await;
    sign(&bench).await;
    bench
        .run(&["push", "x.sif", "library://tester/tools/x:1"])
        .await
        .ok();
    std::fs::remove_file(bench.path("x.sif")).unwrap();
    let verify = ["--json", "verify", "tester/tools/x:1", "--offline"];
    let found = bench.run(&verify).await.ok();
    assert_eq!(found.json()["signatures"][0]["fingerprint"], fingerprint);
    assert_eq!(verdict(found, 0), "verified");
    let missing = ["verify", "tester/tools/x:2", "--offline"];
    bench.run(&missing).await.failed(1).says("was not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_of_signatures_is_told() {
    let (bench, _) = ada().await;
    for call in [
        &["verify", "library://ada/tools"][..],
        &["verify", "x.sif", "--object", "1", "--group", "1"],
        &["verify", "x.sif", "--legacy", "--legacy-all"],
        &["verify", "x.sif", "--roots", "x"],
        &["key", "generate", "Ada"],
        &["key", "expire", "AB"],
    ] {
        bench.run_bare(call).await.failed(2);
    }
    bench
        .refuses(
            &["verify", "x.sif", "--keyserver", "nonsense"],
            "not the address",
        )
        .await;
    bench
        .refuses(&["verify", "missing.sif"], "is not there")
        .await;
    bench
        .refuses(&["key", "generate", "", "--no-passphrase"], "needs a name")
        .await;
}

/// A key server that has one key, and counts how often it was asked.
async fn key_server(armor: String) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let count = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..count]).into_owned();
            let known = request.starts_with("GET /pks/lookup?exact=on&op=get&search=0x");
            let (status, body) = if known {
                ("200 OK", armor.as_str())
            } else {
                ("404 Not Found", "")
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(body.as_bytes()).await.unwrap();
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_server_tells_who_it_was_and_is_remembered() {
    let (bench, fingerprint) = ada().await;
    sign(&bench).await;
    let armor = bench
        .run_bare(&["key", "export", &fingerprint])
        .await
        .ok()
        .out;
    let server = key_server(armor).await;
    let asked = [
        "--home",
        "other",
        "--json",
        "verify",
        "x.sif",
        "--keyserver",
        &server,
    ];
    let met = bench.run_bare(&asked).await.ok();
    assert_eq!(verdict(met, 0), "unknown_signer");
    // What the server sent serves without a network, and earns no trust.
    assert_eq!(
        verdict(verify(&bench, &["--home", "other"]).await, 0),
        "unknown_signer"
    );
    let list = bench
        .run_bare(&["--home", "other", "--json", "key", "list"])
        .await
        .ok()
        .json();
    assert_eq!(list["keys"], json!([]));
    // A server that does not answer is named, and is no proof of anything.
    let gone = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let silent = [
        "--home",
        "third",
        "--json",
        "verify",
        "x.sif",
        "--keyserver",
        &gone,
    ];
    let silent = bench.run_bare(&silent).await;
    assert!(
        silent.json()["error"].as_str().unwrap().contains(&gone),
        "{silent:?}"
    );
    assert_eq!(verdict(silent, 1), "could_not_check");
}
