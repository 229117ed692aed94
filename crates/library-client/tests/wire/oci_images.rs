//! What is found in the registry behind a library, and what of it is believed.

use serde_json::{Value, json};
use sifter_library_api::Arch;
use sifter_library_client::Error;
use sifter_library_client::oci::{Digest, StoredImage};

use crate::oci::{library, repository};
use crate::stage::{reply, reply_with};

const CONFIG: &str = "application/vnd.sylabs.sif.config.v1+json";
const LAYER: &str = "application/vnd.sylabs.sif.layer.v1.sif";

/// A registry with one image: what its tag, its manifest and its config say.
#[derive(Clone)]
struct Told {
    tag: Value,
    manifest: Value,
    config: String,
}

impl Told {
    fn new() -> Self {
        let file = Digest::of(b"SIF!");
        let config = json!({ "architecture": "amd64", "os": "linux", "rootfs": file.to_string() });
        let mut told = Self {
            tag: Value::Null,
            manifest: Value::Null,
            config: config.to_string(),
        };
        told.manifest = json!({
            "schemaVersion": 2,
            "config": { "mediaType": CONFIG, "digest": Digest::of(told.config.as_bytes()).to_string(), "size": 1 },
            "layers": [{ "mediaType": LAYER, "digest": file.to_string(), "size": 4 }],
        });
        told.index();
        told
    }

    /// The index of the official client over the manifest as it is now.
    fn index(&mut self) {
        let digest = Digest::of(self.manifest.to_string().as_bytes()).to_string();
        self.tag = json!({ "schemaVersion": 2, "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest, "size": 0,
            "platform": { "architecture": "amd64", "os": "linux" },
        }] });
    }

    async fn find(self, arch: Option<Arch>) -> Result<StoredImage, Error> {
        let stage = library(move |seen| {
            let with = |text: &str| {
                let headers = [(
                    "content-type",
                    "application/vnd.oci.image.index.v1+json; charset=utf-8",
                )];
                reply_with(200, &headers, text.to_owned())
            };
            match seen.line.as_str() {
                "GET /r/v2/mapped/i/manifests/1.0" => with(&self.tag.to_string()),
                line if line.contains("/manifests/sha256:") => with(&self.manifest.to_string()),
                line if line.contains("/blobs/") => with(&self.config),
                _ => reply(404, ""),
            }
        })
        .await;
        repository(&stage).await.find("1.0", arch).await
    }
}

#[tokio::test]
async fn what_the_official_client_published_is_found_with_a_charset_and_a_size_of_nothing() {
    let found = Told::new().find(Some(Arch::Amd64)).await.unwrap();
    assert_eq!(found.digest, Digest::of(b"SIF!"));
    assert_eq!((found.size, found.arch), (4, Some(Arch::Amd64)));
    let other = Told::new().find(Some(Arch::Arm64)).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
}

#[tokio::test]
async fn an_index_without_platforms_and_a_bare_manifest_are_read() {
    let mut told = Told::new();
    told.tag["manifests"][0]
        .as_object_mut()
        .unwrap()
        .remove("platform");
    assert!(told.clone().find(Some(Arch::Amd64)).await.is_ok());
    let other = told.clone().find(Some(Arch::Arm64)).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
    told.tag = told.manifest.clone();
    assert!(told.clone().find(None).await.is_ok());
    let other = told.find(Some(Arch::Arm64)).await;
    assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
}

/// What is wrong with what a registry tells.
type Change = fn(&mut Told);

#[tokio::test]
async fn what_does_not_fit_together_is_not_believed() {
    let broken: [(&str, Change); 6] = [
        ("a manifest of another digest", |told| {
            told.manifest["more"] = 1.into();
        }),
        ("a config of another digest", |told| told.config.push(' ')),
        ("two layers", |told| {
            let layer = told.manifest["layers"][0].clone();
            told.manifest["layers"] = json!([layer.clone(), layer]);
            told.index();
        }),
        ("a file of no bytes", |told| {
            told.manifest["layers"][0]["size"] = 0.into();
            told.index();
        }),
        ("a config of another file", |told| {
            told.manifest["layers"][0]["digest"] = Digest::of(b"other").to_string().into();
            told.index();
        }),
        ("an index that lies about the architecture", |told| {
            told.tag["manifests"][0]["platform"]["architecture"] = "arm64".into();
        }),
    ];
    for (name, break_it) in broken {
        let mut told = Told::new();
        break_it(&mut told);
        let arch = if name.contains("lies") {
            Arch::Arm64
        } else {
            Arch::Amd64
        };
        let found = told.find(Some(arch)).await;
        assert!(
            matches!(found, Err(Error::InvalidAnswer { .. })),
            "{name}: {found:?}"
        );
    }
    let mut told = Told::new();
    told.manifest["config"]["mediaType"] = "application/vnd.oci.image.config.v1+json".into();
    told.index();
    let found = told.find(Some(Arch::Amd64)).await;
    assert!(matches!(found, Err(Error::OciImageInstead)), "{found:?}");
}
