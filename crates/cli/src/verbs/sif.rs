//! `sif header|list|info|dump|new|add|del|setprim`.

use std::path::Path;

use serde::Serialize;
use sifter_app_core::{NewObject, Placement, SifTool, SifToolError};
use sifter_contract::{ErrorCode, UiError};

use super::Call;
use crate::args::{Add, SifVerb};
use crate::failure::Failure;

/// What was read, as `siftool` prints it.
#[derive(Serialize)]
struct Read<'a> {
    file: &'a Path,
    text: String,
}

/// What was changed.
#[derive(Serialize)]
struct Changed<'a> {
    file: &'a Path,
    /// The object that it was about.
    object: Option<u32>,
}

pub(super) async fn run(call: &Call<'_>, verb: &SifVerb) -> Result<(), Failure> {
    match verb {
        SifVerb::Header { file } => read(call, file, SifTool::header).await,
        SifVerb::List { file } => read(call, file, SifTool::list).await,
        SifVerb::Info { id, file } => {
            let id = *id;
            read(call, file, move |tool| tool.info(id)).await
        }
        SifVerb::Dump { id, file } => {
            let id = *id;
            work(call, file, move |tool| {
                tool.dump(id, &mut std::io::stdout().lock())
            })
            .await
            .map(drop)
        }
        SifVerb::New { file } => changed(call, file, |tool| tool.create().map(|()| None)).await,
        SifVerb::Add(options) => add(call, options).await,
        SifVerb::Del { id, file } => {
            let id = *id;
            changed(call, file, move |tool| tool.delete(id).map(|()| Some(id))).await
        }
        SifVerb::Setprim { id, file } => {
            let id = *id;
            changed(call, file, move |tool| {
                tool.set_primary(id).map(|()| Some(id))
            })
            .await
        }
    }
}

async fn add(call: &Call<'_>, options: &Add) -> Result<(), Failure> {
    let object = object(options);
    let own_name = || {
        options
            .data
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
    };
    let placement = Placement {
        group: options.groupid,
        link: options.link,
        alignment: options.alignment,
        name: options
            .filename
            .clone()
            .unwrap_or_else(|| own_name().into_owned()),
    };
    let (data, stop) = (options.data.clone(), call.stop.clone());
    changed(call, &options.file, move |tool| {
        let stopped = || stop.is_asked();
        tool.add(&data, &object, &placement, &stopped).map(Some)
    })
    .await
}

/// What the numbers say. The command line was refused where one that is needed was left out.
fn object(options: &Add) -> NewObject {
    match options.datatype {
        4 => NewObject::Partition {
            kind: options.parttype.unwrap_or_default(),
            file_system: options.partfs.unwrap_or_default(),
            arch: options.partarch.unwrap_or_default(),
        },
        5 => NewObject::Signature {
            hash: options.signhash.unwrap_or_default(),
            fingerprint: options
                .signentity
                .map(|entity| entity.0)
                .unwrap_or_default(),
        },
        9 => NewObject::Sbom(
            options
                .sbomformat
                .map(|form| form.name())
                .unwrap_or_default(),
        ),
        other => NewObject::Plain(other),
    }
}

async fn read(
    call: &Call<'_>,
    file: &Path,
    read: impl FnOnce(&SifTool) -> Result<String, SifToolError> + Send + 'static,
) -> Result<(), Failure> {
    let text = work(call, file, read).await?;
    let result = Read { file, text };
    call.output
        .result(&result, || result.text.trim_end_matches('\n').to_owned())
}

async fn changed(
    call: &Call<'_>,
    file: &Path,
    change: impl FnOnce(&SifTool) -> Result<Option<u32>, SifToolError> + Send + 'static,
) -> Result<(), Failure> {
    let object = work(call, file, change).await?;
    // As the tool it follows: whoever changes an image hears nothing when it went well.
    call.output.result(&Changed { file, object }, String::new)
}

/// Does something with an image on a thread where that may take its time. A change that has begun is finished.
pub(super) async fn work<T: Send + 'static>(
    call: &Call<'_>,
    file: &Path,
    work: impl FnOnce(&SifTool) -> Result<T, SifToolError> + Send + 'static,
) -> Result<T, Failure> {
    let tool = SifTool::new(file);
    let done = call.stop.or(async {
        let done = tokio::task::spawn_blocking(move || work(&tool)).await;
        // The task ends early only when the program does.
        done.map_err(|_| UiError::new(ErrorCode::Cancelled))
    });
    done.await?.map_err(|error| failure(error, file))
}

fn failure(error: SifToolError, file: &Path) -> Failure {
    match error {
        SifToolError::Image(error) => error.into(),
        SifToolError::Output(error) => Failure::Output(error),
        error => {
            let mut why = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                why.push_str(": ");
                why.push_str(&error.to_string());
                cause = error.source();
            }
            let sentence = format!("This cannot be done with {}: {why}.", file.display());
            Failure::said("cannot_change", sentence)
        }
    }
}
