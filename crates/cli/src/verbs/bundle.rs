//! `bundle FILE_OR_REF --out FOLDER`: everything to verify an image where there is no network.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sifter_app_core::{Bundle, BundleRequest, Reference, Target};
use sifter_contract::{ClashPolicy, Verdict};

use super::{Call, full_path, inspect, pull, signatures};
use crate::args::MakeBundle;
use crate::failure::Failure;
use crate::output::note;
use crate::session::{scratch, usage};
use crate::words;

/// The name of an image while it is looked at.
const FETCHED: &str = "image.sif";

#[derive(Serialize)]
struct Bundled<'a> {
    folder: String,
    files: &'a [String],
    sha256: &'a str,
    verdict: Verdict,
    keys: &'a [String],
    missing: &'a [String],
}

pub(super) async fn run(call: &Call<'_>, options: &MakeBundle) -> Result<(), Failure> {
    // Before an image is fetched for nothing.
    if has_content(&options.out) {
        return Err(Failure::said(
            "file_exists",
            format!(
                "{} is there already and is not an empty folder. Nothing was changed; name another one with --out.",
                options.out.display()
            ),
        ));
    }
    let path = Path::new(&options.what);
    if path.exists() || inspect::looks_like_a_path(&options.what) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_else(|| FETCHED.to_owned());
        return make(call, options, path.to_owned(), name, None).await;
    }
    let reference =
        Reference::parse(&options.what).map_err(|error| usage(words::sentence(&error)))?;
    let container = full_path(&reference)?.container;
    let tag = reference.tags.first().map_or(pull::LATEST, String::as_str);
    let folder = scratch()?;
    let target = Target {
        folder: folder.path().to_owned(),
        file_name: Some(FETCHED.to_owned()),
    };
    let fetched = pull::fetch(call, &reference, target, ClashPolicy::Ask).await?;
    let name = format!("{container}_{}.sif", tag.replace(':', "_"));
    let image = folder.path().join(FETCHED);
    make(call, options, image, name, fetched.key_server).await
}

fn has_content(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => folder.exists(),
    }
}

async fn make(
    call: &Call<'_>,
    options: &MakeBundle,
    image: PathBuf,
    name: String,
    library_key_server: Option<String>,
) -> Result<(), Failure> {
    let request = BundleRequest {
        image,
        name,
        folder: options.out.clone(),
        pems: options.pem.clone(),
        offline: options.offline,
        library_key_server,
        key_servers: options.keyserver.clone(),
    };
    let signatures = signatures(call).await?;
    let made: Bundle = call.stop.or(signatures.bundle(request)).await?;
    for id in &made.missing {
        note(&format!(
            "Warning: the key {id} of a signer was not found, so it is not in the folder."
        ));
    }
    if made.verdict == Verdict::NotSigned {
        note(
            "Warning: the image is not signed, or not all of it. The folder holds its checksums only.",
        );
    }
    let result = Bundled {
        folder: options.out.display().to_string(),
        files: &made.files,
        sha256: &made.sha256,
        verdict: made.verdict,
        keys: &made.keys,
        missing: &made.missing,
    };
    call.output.result(&result, || {
        format!("{}  {}", made.sha256, options.out.display())
    })
}
