//! `pull REF [OUT]`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sifter_app_core::{Reference, Target};
use sifter_contract::requests::ImageRef;
use sifter_contract::{ClashPolicy, TransferView};

use super::{Call, address};
use crate::failure::Failure;
use crate::transfer::follow;

pub(super) const LATEST: &str = "latest";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pulled {
    server: String,
    reference: String,
    arch: Option<String>,
    hash: String,
    size: u64,
    file: PathBuf,
}

pub(super) async fn run(
    call: &Call<'_>,
    reference: &Reference,
    out: Option<&Path>,
) -> Result<(), Failure> {
    let tag = reference.tags.first().map_or(LATEST, String::as_str);
    let target = target(out, &reference.path().container, tag)?;
    let shown = match out {
        Some(out) if !out.is_dir() => out.to_owned(),
        _ => out
            .unwrap_or(Path::new(""))
            .join(target.file_name.as_deref().unwrap_or_default()),
    };
    let clash = if call.options.force {
        ClashPolicy::Replace
    } else {
        ClashPolicy::Ask
    };
    let Fetched { server, done, .. } = fetch(call, reference, target, clash).await?;
    let pulled = Pulled {
        server,
        reference: address(&reference.names, &[tag.to_owned()]),
        arch: done.arch,
        hash: done.digest.unwrap_or_default(),
        size: done.bytes_total,
        file: shown,
    };
    call.output.result(&pulled, || {
        format!("{}  {}", pulled.hash, pulled.file.display())
    })
}

/// An image that has been fetched.
pub(super) struct Fetched {
    server: String,
    done: TransferView,
    /// The key server that belongs to the library.
    pub(super) key_server: Option<String>,
}

/// Fetches an image into a file.
pub(super) async fn fetch(
    call: &Call<'_>,
    reference: &Reference,
    target: Target,
    clash: ClashPolicy,
) -> Result<Fetched, Failure> {
    let tag = reference.tags.first().map_or(LATEST, String::as_str);
    call.with(Some(reference), async |session| {
        let image = ImageRef {
            server_id: session.server.id.clone(),
            path: reference.path(),
            tag: tag.to_owned(),
            arch: call.options.arch.clone().unwrap_or_default(),
        };
        let id = session.core().download_to(&image, target, clash).await?;
        let done = follow(session.core(), &id, call.output).await?;
        Ok(Fetched {
            server: session.server.host.clone(),
            done,
            key_server: session.core().key_server(&session.server.id).await,
        })
    })
    .await
}

/// The folder and the name of the file: as `singularity pull` names it, unless it is named or another folder is.
fn target(out: Option<&Path>, container: &str, tag: &str) -> Result<Target, Failure> {
    let usual = format!("{container}_{tag}.sif");
    let (folder, name) = match out {
        None => (PathBuf::from("."), usual),
        Some(out) if out.is_dir() => (out.to_owned(), usual),
        Some(out) => {
            let name = out.file_name().and_then(OsStr::to_str).ok_or_else(|| {
                Failure::said(
                    "invalid_name",
                    format!(
                        "{} cannot be the name of a file. Choose another one.",
                        out.display()
                    ),
                )
            })?;
            let folder = out.parent().map(Path::to_owned).unwrap_or_default();
            (folder, name.to_owned())
        }
    };
    // An empty folder is the present one too.
    let folder = std::path::absolute(Path::new(".").join(folder)).map_err(|error| {
        Failure::said(
            "folder_unwritable",
            format!("The present folder cannot be used ({error}). Change to another one."),
        )
    })?;
    Ok(Target {
        folder,
        file_name: Some(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_as_the_singularity_command_names_it() {
        let here = std::env::current_dir().unwrap();
        let usual = target(None, "x", "1.0").unwrap();
        assert_eq!(usual.file_name.as_deref(), Some("x_1.0.sif"));
        assert_eq!(usual.folder, here);
        let folder = tempfile::tempdir().unwrap();
        let inside = target(Some(folder.path()), "x", "1.0").unwrap();
        assert_eq!(inside.folder, folder.path());
        let named = target(Some(&folder.path().join("my.sif")), "x", "1.0").unwrap();
        assert_eq!(named.file_name.as_deref(), Some("my.sif"));
        assert_eq!(
            target(Some(Path::new("my.sif")), "x", "1").unwrap().folder,
            here
        );
        assert!(target(Some(Path::new("nowhere/..")), "x", "1").is_err());
    }
}
