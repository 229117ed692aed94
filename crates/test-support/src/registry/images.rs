//! What such a library says about an image, read out of its registry.

use std::collections::HashMap;

use axum::body::to_bytes;
use axum::http::{HeaderValue, header};
use serde_json::{Value, json};

use crate::front::{Body, Request, Upstream};

/// The longest document that is read, in bytes.
const MAX_DOCUMENT: usize = 4 << 20;
/// Everything that may lie under a tag.
const ANY: &str =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";

/// The image under `path:tag` for the architecture of the query; `None` where the registry has none.
pub(super) async fn show(
    registry: Upstream,
    reference: &str,
    query: &HashMap<String, String>,
) -> Option<Value> {
    let (name, tag) = reference.split_once(':')?;
    let wanted = query.get("arch").map(String::as_str).unwrap_or_default();
    let mut manifest = read(registry, &format!("/v2/{name}/manifests/{tag}")).await?;
    if let Some(entries) = manifest["manifests"].as_array() {
        let fits =
            |entry: &&Value| wanted.is_empty() || entry["platform"]["architecture"] == wanted;
        let digest = entries.iter().find(fits)?["digest"].as_str()?.to_owned();
        manifest = read(registry, &format!("/v2/{name}/manifests/{digest}")).await?;
    }
    let config = manifest["config"]["digest"].as_str()?;
    let config = read(registry, &format!("/v2/{name}/blobs/{config}")).await?;
    let layer = &manifest["layers"][0];
    let digest = layer["digest"].as_str()?;
    Some(json!({
        "id": digest.trim_start_matches("sha256:").get(..24)?,
        "hash": digest.replace(':', "."),
        "size": layer["size"],
        "arch": config["architecture"],
        "description": config["description"],
        "uploaded": true,
        "tags": [tag],
    }))
}

async fn read(registry: Upstream, path: &str) -> Option<Value> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().ok()?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_static("registry"));
    headers.insert(header::ACCEPT, HeaderValue::from_static(ANY));
    let answer = registry.send(request).await;
    if !answer.status().is_success() {
        return None;
    }
    let bytes = to_bytes(answer.into_body(), MAX_DOCUMENT).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}
