//! Keys go between Sifter and the official client through the key server of a library.

use serde_json::Value;

use super::Table;

/// A key of Sifter's, and the file that its public part is exported to.
async fn ada(table: &Table) -> String {
    let call = [
        "key",
        "generate",
        "Ada <ada@example.org>",
        "--no-passphrase",
    ];
    let made = table.sifter(&call).await;
    let fingerprint = made["fingerprint"].as_str().unwrap().to_owned();
    let exported = table.sifter(&["key", "export", &fingerprint]).await;
    std::fs::write(table.path("ada.asc"), exported["armor"].as_str().unwrap()).unwrap();
    fingerprint
}

impl Table {
    /// What the official key client answers. Without TLS it sends a token to `localhost` by that name only.
    async fn go_keys(&self, verb: &str, arguments: &[&str]) -> Value {
        let base = self.base_url().replace("127.0.0.1", "localhost");
        let flags = [verb, "-library", &base, "-token-file", "token"];
        self.call(self.peer, &[&flags[..], arguments].concat())
            .await
    }

    async fn go_keys_do(&self, verb: &str, arguments: &[&str]) -> Value {
        let answer = self.go_keys(verb, arguments).await;
        assert_eq!(answer["ok"], true, "{verb} {arguments:?}: {answer}");
        answer
    }
}

/// The fields that the command line reads of a list with one key.
fn entry(found: &Value) -> Vec<String> {
    let index = found["index"].as_str().unwrap();
    let mut lines = index.lines();
    assert_eq!(lines.next(), Some("info:1:1"), "{index}");
    let entry = lines.next().unwrap().split(':').map(str::to_owned);
    entry.collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_the_official_client_publishes_both_find() {
    let Some(table) = Table::set().await else {
        return;
    };
    let fingerprint = ada(&table).await;
    table.go_keys_do("key-push", &["ada.asc"]).await;
    let found = table.go_keys_do("key-search", &["ada@example.org"]).await;
    let fields = entry(&found);
    assert_eq!(fields.len(), 7);
    assert_eq!((&fields[1], fields[2].as_str()), (&fingerprint, "22"));
    assert_eq!(found["next"], "");
    let server = table.base_url();
    let call = ["key", "search", "ada", "--keyserver", &server];
    let found = table.sifter(&call).await;
    assert_eq!(found["keys"][0]["fingerprint"], fingerprint);
    let nobody = table.go_keys("key-search", &["nobody"]).await;
    assert!(
        nobody["error"].as_str().unwrap().contains("404"),
        "{nobody}"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go"]
async fn what_sifter_publishes_the_official_client_fetches() {
    let Some(table) = Table::set().await else {
        return;
    };
    let fingerprint = ada(&table).await;
    table.sifter(&["key", "push", &fingerprint]).await;
    // By fingerprint, and by the key id that a signature has.
    for (search, file) in [
        (&fingerprint[..], "whole.asc"),
        (&fingerprint[24..], "id.asc"),
    ] {
        table.go_keys_do("key-pull", &[search, file]).await;
        let call = ["key", "import", file];
        let imported = table.sifter(&call).await;
        let keys = imported["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0]["fingerprint"], fingerprint);
    }
    table.sifter(&["key", "revoke", &fingerprint]).await;
    table.sifter(&["key", "push", &fingerprint]).await;
    let found = table
        .go_keys_do("key-search", &[&format!("0x{fingerprint}")])
        .await;
    assert_eq!(entry(&found)[6], "r");
}
