//! Cosign signatures of an OCI-SIF.

use crate::bench::Bench;
use crate::vectors::vector;

#[tokio::test(flavor = "multi_thread")]
async fn a_cosign_signature_is_verified_by_its_key() {
    let (Some(image), Some(key), Some(other)) = (
        vector("oci-sif/hello-world-cosign.oci.sif"),
        vector("singularity/keys/cosign.pub"),
        vector("sylabs-sif/keys/ecdsa-public.pem"),
    ) else {
        return;
    };
    let bench = Bench::new().await;
    std::fs::copy(image, bench.path("x.sif")).unwrap();
    let [key, other] = [key, other].map(|path| path.display().to_string());
    let call = ["--json", "verify", "--cosign", "x.sif", "--pem"];
    let good = bench
        .run_bare(&[&call[..], &[&key]].concat())
        .await
        .ok()
        .json();
    assert_eq!(
        (good["ok"].as_bool(), &good["error"]),
        (Some(true), &serde_json::Value::Null)
    );
    assert_eq!(good["verdict"], "verified");
    assert_eq!(
        good["payloads"][0]["critical"]["image"]["docker-manifest-digest"],
        "sha256:432f982638b3aefab73cc58ab28f5c16e96fdb504e8c134fc58dff4bae8bf338"
    );
    let covers = good["signatures"][0]["covers"].as_array().unwrap();
    assert!(covers.len() > 4, "every blob: {good}");
    let call_for_text = ["verify", "--cosign", "x.sif", "--pem", &key];
    let text = bench.run_bare(&call_for_text).await.ok().out;
    assert!(text.starts_with("Verified"), "{text}");

    let unknown = bench
        .run_bare(&[&call[..], &[&other]].concat())
        .await
        .failed(1);
    assert_eq!(unknown.json()["verdict"], "could_not_check");
    let mut bytes = std::fs::read(bench.path("x.sif")).unwrap();
    bytes[16384..16388].fill(0xff);
    std::fs::write(bench.path("x.sif"), bytes).unwrap();
    let altered = bench
        .run_bare(&[&call[..], &[&key]].concat())
        .await
        .failed(1);
    assert_eq!(altered.json()["verdict"], "do_not_use");
    assert!(
        altered.json()["error"]
            .as_str()
            .unwrap()
            .starts_with("OCI blob digest mismatch")
    );
    // Without a key there is nothing to look for.
    bench.run_bare(&call[..4]).await.failed(2).says("--pem");
}
