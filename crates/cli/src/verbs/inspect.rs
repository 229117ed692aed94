//! `inspect FILE_OR_REF`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sifter_app_core::{ImageReport, Reference, read_image};
use sifter_contract::requests::ContainerRef;
use sifter_contract::{Api as _, ContainerPage, ErrorCode, ImageCell, UiError};

use super::delete::images;
use super::{Call, On, address, full_path, list, one_target, sections};
use crate::args::Inspect;
use crate::failure::Failure;
use crate::format::{size, table};
use crate::session::usage;
use crate::words;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    file: &'a Path,
    #[serde(flatten)]
    report: &'a ImageReport,
}

/// A container, and the images of it that were asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    #[serde(flatten)]
    page: ContainerPage,
    /// Those under the tag or hash of the reference; `null` without one.
    images: Option<Vec<ImageCell>>,
}

pub(super) async fn run(call: &Call<'_>, options: &Inspect) -> Result<(), Failure> {
    let what = options.what.as_str();
    let path = Path::new(what);
    let wanted = sections::wanted(options);
    if path.exists() || looks_like_a_path(what) {
        return match wanted {
            Some(wanted) => sections::of_file(call, path, options, &wanted).await,
            None => file(call, path).await,
        };
    }
    let reference = Reference::parse(what).map_err(|error| usage(words::sentence(&error)))?;
    match wanted {
        Some(wanted) => sections::of_reference(call, &reference, options, &wanted).await,
        None => container(call, &reference).await,
    }
}

/// Whether a text that names no file was meant to.
pub(super) fn looks_like_a_path(what: &str) -> bool {
    !what.starts_with("library:") && (what.ends_with(".sif") || what.starts_with(['/', '.', '~']))
}

async fn file(call: &Call<'_>, path: &Path) -> Result<(), Failure> {
    let wanted: PathBuf = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read_image(&wanted));
    // The task ends early only when the program does.
    let report = read
        .await
        .map_err(|_| UiError::new(ErrorCode::Cancelled))??;
    let result = File {
        file: path,
        report: &report,
    };
    call.output.result(&result, || file_text(path, &report))
}

fn file_text(path: &Path, report: &ImageReport) -> String {
    let facts = &report.facts;
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let rows = [
        ["file".to_owned(), path.display().to_string()],
        [
            "size".to_owned(),
            format!("{} ({} bytes)", size(facts.size), facts.size),
        ],
        ["architecture".to_owned(), or_dash(&facts.arch)],
        ["root file system".to_owned(), or_dash(&facts.root_fs)],
        ["made".to_owned(), or_dash(&facts.created)],
        ["signed".to_owned(), yes(facts.signed)],
        ["encrypted".to_owned(), yes(facts.encrypted)],
        ["OCI-SIF".to_owned(), yes(facts.oci_sif)],
    ];
    let mut text = table(&rows);
    let objects = report.objects.iter().map(|object| {
        [
            object.id.to_string(),
            object.kind.clone(),
            object.detail.clone().unwrap_or_default(),
            size(object.size),
            object.name.clone().unwrap_or_default(),
        ]
    });
    section(&mut text, "Objects", &table(&objects.collect::<Vec<_>>()));
    let labels = report
        .labels
        .iter()
        .map(|(name, value)| [name.clone(), value.clone()]);
    section(&mut text, "Labels", &table(&labels.collect::<Vec<_>>()));
    section(
        &mut text,
        "Definition",
        report.definition.as_deref().unwrap_or_default().trim_end(),
    );
    section(&mut text, "Unusual", &report.findings.join("\n"));
    text
}

fn section(text: &mut String, title: &str, content: &str) {
    if !content.is_empty() {
        text.push_str(&format!("\n\n{title}\n{content}"));
    }
}

async fn container(call: &Call<'_>, reference: &Reference) -> Result<(), Failure> {
    let path = full_path(reference)?;
    let target = one_target(reference)?;
    let (server, container) = call
        .with(Some(reference), async |session| {
            let request = ContainerRef {
                server_id: session.server.id.clone(),
                path,
            };
            let page = session.core().library_container(request).await?;
            let wanted = |image: &&ImageCell| {
                call.options
                    .arch
                    .as_ref()
                    .is_none_or(|arch| image.arch == *arch)
            };
            let found: Option<Vec<ImageCell>> =
                target.map(|target| images(&page, target).filter(wanted).cloned().collect());
            if found.as_ref().is_some_and(Vec::is_empty) {
                return Err(UiError::new(ErrorCode::NotFound)
                    .with("what", address(&reference.names, &reference.tags))
                    .with("server", session.server.name.as_str())
                    .with("signedIn", session.server.account.is_some())
                    .into());
            }
            let images = found;
            Ok((session.server.host.clone(), Container { page, images }))
        })
        .await?;
    let result = On {
        server: &server,
        result: &container,
    };
    call.output
        .result(&result, || container_text(&server, &container))
}

fn container_text(server: &str, container: &Container) -> String {
    let page = &container.page;
    let mut rows = vec![
        ["container".to_owned(), page.reference.clone()],
        ["server".to_owned(), server.to_owned()],
        [
            "owner".to_owned(),
            page.owner.clone().unwrap_or_else(|| "-".to_owned()),
        ],
        [
            "visible to".to_owned(),
            if page.private {
                "its owner"
            } else {
                "everybody"
            }
            .to_owned(),
        ],
        [
            "images".to_owned(),
            format!("{}, {}", page.image_count, size(page.size)),
        ],
        ["downloads".to_owned(), page.downloads.to_string()],
    ];
    if !page.description.is_empty() {
        rows.push(["description".to_owned(), page.description.clone()]);
    }
    let mut text = table(&rows);
    match &container.images {
        None => section(&mut text, "Images", &list::container(page)),
        Some(images) => {
            for image in images {
                section(
                    &mut text,
                    &format!("Image for {}", image.arch),
                    &image_text(image),
                );
            }
        }
    }
    text
}

fn image_text(image: &ImageCell) -> String {
    let told = |flag: Option<bool>| match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not told",
    };
    let mut rows = vec![
        ["hash".to_owned(), image.digest.clone()],
        ["size".to_owned(), size(image.size)],
        [
            "made".to_owned(),
            image.created.clone().unwrap_or_else(|| "-".to_owned()),
        ],
        ["signed".to_owned(), told(image.signed).to_owned()],
        ["encrypted".to_owned(), told(image.encrypted).to_owned()],
    ];
    if !image.description.is_empty() {
        rows.push(["description".to_owned(), image.description.clone()]);
    }
    table(&rows)
}
