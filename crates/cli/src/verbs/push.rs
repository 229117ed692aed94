//! `push FILE REF`.

use std::path::Path;

use serde::Serialize;
use sifter_app_core::{AppCore, Reference};
use sifter_contract::requests::Upload;
use sifter_contract::{Api as _, DoneHow, DraftSheet, ErrorCode, Phase, UiError, UploadItem};

use super::pull::LATEST;
use super::{Call, address, full_path};
use crate::failure::Failure;
use crate::transfer::follow;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pushed {
    server: String,
    reference: String,
    tags: Vec<String>,
    arch: String,
    hash: String,
    size: u64,
    file: String,
    /// The library had the image; only its tags were set.
    already_there: bool,
}

pub(super) async fn run(
    call: &Call<'_>,
    file: &Path,
    reference: &Reference,
) -> Result<(), Failure> {
    let path = full_path(reference)?;
    let mut tags = reference.tags.clone();
    if tags.is_empty() {
        tags.push(LATEST.to_owned());
    }
    let pushed = call
        .with(Some(reference), async |session| {
            let core = session.core();
            let (sheet, arch) = sheet_of(core, file, call.options.arch.as_deref()).await?;
            let item = UploadItem {
                file_id: sheet
                    .files
                    .first()
                    .map(|file| file.id.clone())
                    .unwrap_or_default(),
                path,
                tags: tags.clone(),
                description: String::new(),
                private: false,
            };
            let upload = Upload {
                sign: None,
                sheet_id: sheet.id,
                server_id: session.server.id.clone(),
                items: vec![item],
            };
            let ids = core.upload_start(upload).await?;
            let id = ids.first().map(String::as_str).unwrap_or_default();
            let done = follow(core, id, call.output).await?;
            Ok(Pushed {
                server: session.server.host.clone(),
                reference: address(&reference.names, &tags),
                tags,
                arch,
                hash: done.digest.unwrap_or_default(),
                size: done.bytes_total,
                file: file.display().to_string(),
                already_there: done.phase
                    == Phase::Done {
                        how: DoneHow::AlreadyThere,
                    },
            })
        })
        .await?;
    call.output
        .result(&pushed, || format!("{}  {}", pushed.hash, pushed.reference))
}

/// Reads the file: its sheet, and the architecture that the image or the command line names.
async fn sheet_of(
    core: &AppCore,
    file: &Path,
    arch: Option<&str>,
) -> Result<(DraftSheet, String), Failure> {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let sheet = core.sheet_for(vec![file], arch).await;
    let draft = sheet.files.first().cloned();
    let draft = draft.ok_or_else(|| UiError::new(ErrorCode::Internal))?;
    let Some(facts) = draft.facts else {
        return Err(draft
            .problem
            .unwrap_or_else(|| UiError::new(ErrorCode::Internal))
            .into());
    };
    match (facts.arch, arch) {
        (Some(there), Some(wanted)) if there != wanted => Err(Failure::said(
            "other_architecture",
            format!(
                "{} is an image for {there}, so it cannot be pushed as one for {wanted}. Leave --arch out.",
                draft.name
            ),
        )),
        (there, wanted) => {
            let arch = there
                .or_else(|| wanted.map(str::to_owned))
                .unwrap_or_default();
            Ok((sheet, arch))
        }
    }
}
