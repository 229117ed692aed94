//! A library with a folder of its own, a client, and images to push.

use std::path::Path;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sifter_library_server::{Config, LibraryServer, Owner, RunningLibrary, create_access_token};
use sifter_sif::{
    Arch, CreateOptions, FsType, HashType, ObjectInput, Partition, PartitionType, Signature, Stamp,
    Writer,
};
use tempfile::TempDir;

pub(crate) const KIB: u64 = 1024;

/// A running library whose owner is `ann`.
pub(crate) struct Library {
    pub config: Config,
    pub token: String,
    pub base: String,
    pub http: Client,
    running: Option<RunningLibrary>,
    _folder: TempDir,
}

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) enum As<'a> {
    Owner,
    Nobody,
    Token(&'a str),
}

impl Library {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        // The second test to come here finds it installed.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner {
            login: "ann".into(),
            display_name: "Ann".into(),
        };
        let mut config = Config::new(folder.path().join("library"), owner);
        config.uploads.part_size = Some(64 * KIB);
        config.uploads.smallest_multipart = 1;
        change(&mut config);
        let running = LibraryServer::start(config.clone()).await.unwrap();
        let token = create_access_token(&config.data_dir, &config.owner, "tests").unwrap();
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            base: format!("http://{}", running.local_address()),
            token: token.secret().expose_secret().to_owned(),
            config,
            http,
            running: Some(running),
            _folder: folder,
        }
    }

    /// Stops the library and starts it again on the same folder and port.
    pub(crate) async fn restart(&mut self) {
        let running = self.running.take().unwrap();
        self.config.listen = running.local_address();
        running.shutdown().await;
        self.running = Some(LibraryServer::start(self.config.clone()).await.unwrap());
    }

    /// A token of somebody else, who has an entity of their own.
    pub(crate) fn token_of(&self, login: &str) -> String {
        let owner = Owner {
            login: login.into(),
            display_name: String::new(),
        };
        let token = create_access_token(&self.config.data_dir, &owner, "tests").unwrap();
        token.secret().expose_secret().to_owned()
    }

    pub(crate) fn request(&self, who: As<'_>, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match who {
            As::Owner => request.bearer_auth(&self.token),
            As::Nobody => request,
            As::Token(token) => request.bearer_auth(token),
        }
    }

    pub(crate) async fn get(&self, who: As<'_>, path: &str) -> Response {
        self.request(who, Method::GET, path).send().await.unwrap()
    }

    /// Sends JSON the way official clients do: without a `Content-Type`.
    pub(crate) async fn send(
        &self,
        who: As<'_>,
        method: Method,
        path: &str,
        body: Value,
    ) -> Response {
        self.request(who, method, path)
            .body(body.to_string())
            .send()
            .await
            .unwrap()
    }

    /// `data` of a successful GET by the owner.
    pub(crate) async fn data(&self, path: &str) -> Value {
        data(self.get(As::Owner, path).await).await
    }

    /// `data` of a successful call by the owner.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        data(self.send(As::Owner, method, path, body).await).await
    }

    /// Makes `ann/{collection}/{container}` and answers the container's id.
    pub(crate) async fn container(&self, collection: &str, container: &str) -> String {
        self.container_with(collection, container, json!({})).await
    }

    /// The same with more fields for the collection.
    pub(crate) async fn container_with(
        &self,
        collection: &str,
        container: &str,
        more: Value,
    ) -> String {
        let entity = self.data("/v1/entities/ann").await;
        let mut body = json!({ "name": collection, "entity": entity["id"] });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let made = self.call(Method::POST, "/v1/collections", body).await;
        let body = json!({ "name": container, "collection": made["id"] });
        let made = self.call(Method::POST, "/v1/containers", body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Makes an image row for these bytes and answers its id.
    pub(crate) async fn image(&self, container: &str, bytes: &[u8]) -> String {
        let body = json!({ "hash": hash(bytes), "container": container, "description": "d" });
        let made = self.call(Method::POST, "/v1/images", body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Pushes bytes in one piece, up to the completion, whose answer is returned.
    pub(crate) async fn push_single(&self, image: &str, bytes: Vec<u8>) -> Response {
        let begin =
            json!({ "filesize": bytes.len(), "sha256sum": hex::encode(Sha256::digest(&bytes)) });
        let begun = self
            .call(Method::POST, &format!("/v2/imagefile/{image}"), begin)
            .await;
        let sent = self.put(begun["uploadURL"].as_str().unwrap(), bytes).await;
        assert_eq!(sent.status(), StatusCode::OK);
        let complete = format!("/v2/imagefile/{image}/_complete");
        self.send(As::Owner, Method::PUT, &complete, json!({}))
            .await
    }

    /// Pushes bytes to `ann/{collection}/{container}` under a tag; answers container and image id.
    pub(crate) async fn push(
        &self,
        collection: &str,
        container: &str,
        tag: &str,
        bytes: &[u8],
    ) -> (String, String) {
        let container = self.container(collection, container).await;
        let image = self.image(&container, bytes).await;
        let done = self.push_single(&image, bytes.to_vec()).await;
        assert_eq!(done.status(), StatusCode::OK);
        self.tag(&container, "amd64", tag, &image).await;
        (container, image)
    }

    pub(crate) async fn tag(&self, container: &str, arch: &str, tag: &str, image: &str) {
        let body = json!({ "Arch": arch, "Tag": tag, "ImageID": image });
        self.call(Method::POST, &format!("/v2/tags/{container}"), body)
            .await;
    }

    /// Sends bytes to a signed address, without a token.
    pub(crate) async fn put(&self, url: &str, bytes: Vec<u8>) -> Response {
        self.http.put(url).body(bytes).send().await.unwrap()
    }

    /// Files below the folder of the library's bytes, without those of `incoming`.
    pub(crate) fn stored(&self) -> Vec<String> {
        files(&self.config.data_dir.join("blobs/sha256"))
    }

    /// Files of uploads that are under way.
    pub(crate) fn arriving(&self) -> Vec<String> {
        files(&self.config.data_dir.join("blobs/incoming"))
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// `data` of an answer that must be exactly 200 in the envelope.
pub(crate) async fn data(response: Response) -> Value {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    let mut body: Value = serde_json::from_str(&text).unwrap();
    assert!(body.get("error").is_none(), "{text}");
    body["data"].take()
}

/// Status and `error.message` of a refusal, which must be in the envelope with the status repeated.
pub(crate) async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text:?}"));
    assert_eq!(body["error"]["code"], status, "{text}");
    (
        status,
        body["error"]["message"].as_str().unwrap().to_owned(),
    )
}

/// The image hash of these bytes.
pub(crate) fn hash(bytes: &[u8]) -> String {
    format!("sha256.{}", hex::encode(Sha256::digest(bytes)))
}

/// A SIF of roughly `size` bytes whose content depends on `seed`.
pub(crate) fn sif(size: u64, seed: u8) -> Vec<u8> {
    sif_of(Arch::Amd64, size, seed, None)
}

/// The same for another architecture, optionally with a signature by this key.
pub(crate) fn sif_of(arch: Arch, size: u64, seed: u8, signer: Option<[u8; 20]>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.sif");
    let mut content = Vec::with_capacity(size as usize);
    while (content.len() as u64) < size {
        content.extend_from_slice(&Sha256::digest(
            [&[seed][..], &content.len().to_le_bytes()].concat(),
        ));
    }
    let partition = Partition {
        file_system: FsType::Squashfs,
        kind: PartitionType::PrimarySystem,
        arch: Some(arch),
    };
    let mut objects = vec![ObjectInput::partition(&content[..], partition)];
    if let Some(fingerprint) = signer {
        let signature = Signature {
            hash: HashType::Sha256,
            fingerprint: Some(fingerprint),
        };
        objects.push(ObjectInput::signature(&b"not verified here"[..], signature));
    }
    let options = CreateOptions {
        stamp: Stamp::Deterministic,
        ..CreateOptions::default()
    };
    Writer::create(&path, &options, objects).unwrap();
    std::fs::read(path).unwrap()
}
