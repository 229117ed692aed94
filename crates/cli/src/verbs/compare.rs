//! `compare A B`: what is different between two images, here or in a library.

use std::path::Path;

use sifter_app_core::{AppCore, Reference};
use sifter_contract::requests::{Compare, ImageRef};
use sifter_contract::{
    Api as _, ChangeKind, ComparedImage, ComparisonView, DiffLine, LineKind, ObjectChanges,
    SoftwareComparison, SoftwareLists, TextChange, TextChanges, ValueChanges,
};

use super::inspect::looks_like_a_path;
use super::pull::LATEST;
use super::{Call, full_path, one_target};
use crate::failure::Failure;
use crate::format::{size, table};
use crate::session::{Engine, Session, usage};
use crate::words;

/// One of the two, as it was written.
enum Side<'a> {
    File(&'a Path),
    Reference(Reference),
}

impl<'a> Side<'a> {
    fn of(what: &'a str) -> Result<Self, Failure> {
        let path = Path::new(what);
        if path.exists() || looks_like_a_path(what) {
            return Ok(Self::File(path));
        }
        let reference = Reference::parse(what).map_err(|error| usage(words::sentence(&error)))?;
        full_path(&reference)?;
        Ok(Self::Reference(reference))
    }

    fn host(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Reference(reference) => reference.host.as_deref(),
        }
    }

    /// Opens it; answers the id that the engine knows it by.
    async fn open(
        &self,
        call: &Call<'_>,
        core: &AppCore,
        server_id: &str,
    ) -> Result<String, Failure> {
        match self {
            Self::File(path) => {
                // Without a current folder the file is not found as it is named either.
                let path = std::path::absolute(path).unwrap_or_else(|_| (*path).to_owned());
                Ok(core.open_path(path))
            }
            Self::Reference(reference) => {
                let image = ImageRef {
                    server_id: server_id.to_owned(),
                    path: full_path(reference)?,
                    tag: one_target(reference)?.unwrap_or(LATEST).to_owned(),
                    arch: call.options.arch.clone().unwrap_or_default(),
                };
                Ok(core.open_image(image).await?)
            }
        }
    }
}

pub(super) async fn run(call: &Call<'_>, left: &str, right: &str) -> Result<(), Failure> {
    let (left, right) = (Side::of(left)?, Side::of(right)?);
    if let (Some(one), Some(other)) = (left.host(), right.host())
        && one != other
    {
        return Err(usage(
            "both references have to name the same server; pull one of the images to compare it",
        ));
    }
    let view = match [&left, &right] {
        // Two files need no server.
        [Side::File(_), Side::File(_)] => {
            let engine = Engine::of_this_person(call.options).await?;
            let done = call
                .stop
                .or(compare(call, &engine.core, "", &left, &right))
                .await;
            engine.close().await;
            done
        }
        sides => {
            let host = sides.iter().find_map(|side| side.host());
            let work = async |session: &Session| {
                compare(call, session.core(), &session.server.id, &left, &right).await
            };
            Session::with(call.options, host, call.stop, work).await
        }
    }?;
    call.output.result(&view, || text(&view))
}

async fn compare(
    call: &Call<'_>,
    core: &AppCore,
    server_id: &str,
    left: &Side<'_>,
    right: &Side<'_>,
) -> Result<ComparisonView, Failure> {
    let images = Compare {
        left: left.open(call, core, server_id).await?,
        right: right.open(call, core, server_id).await?,
    };
    Ok(core.inspect_compare(images).await?)
}

fn text(view: &ComparisonView) -> String {
    let mut text = heads(&view.left, &view.right);
    if view.same {
        text.push_str("\n\nBoth are the same image, byte for byte.");
        return text;
    }
    let mut section = |title: &str, content: String| {
        text.push_str(&format!("\n\n{title}\n{content}"));
    };
    match (&view.definition, view.definitions) {
        (Some(change), _) => section("Definition", lines(change)),
        (None, [true, true]) => section("Definition", "the same".to_owned()),
        (None, [true, false]) => section("Definition", "only the first has one".to_owned()),
        (None, [false, true]) => section("Definition", "only the second has one".to_owned()),
        (None, [false, false]) => {}
    }
    section("Labels", values(&view.labels));
    section("Environment", texts(&view.environment));
    section("Scripts", texts(&view.scripts));
    section("Objects", objects(&view.objects));
    if let Some(found) = &view.software {
        section("Software", software(found));
    }
    if !view.findings.is_empty() {
        section("Unusual", view.findings.join("\n"));
    }
    text
}

fn heads(left: &ComparedImage, right: &ComparedImage) -> String {
    let place = |image: &ComparedImage| match &image.remote {
        Some(remote) => format!("in {}", remote.server_name),
        None => "on this computer".to_owned(),
    };
    let row = |title: &str, of: &dyn Fn(&ComparedImage) -> String| {
        [title.to_owned(), of(left), of(right)]
    };
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    table(&[
        row("image", &|image| image.name.clone()),
        row("place", &place),
        row("architecture", &|image| or_dash(&image.arch)),
        row("size", &|image| size(image.size)),
        row("digest", &|image| or_dash(&image.digest)),
        row("made", &|image| or_dash(&image.created)),
        row("built with", &|image| or_dash(&image.built_with)),
        row("base", &|image| or_dash(&image.base)),
    ])
}

fn sign(kind: ChangeKind) -> char {
    match kind {
        ChangeKind::Added => '+',
        ChangeKind::Removed => '-',
        ChangeKind::Changed => '~',
    }
}

/// How many are the same, after those that are not.
fn with_same(mut rows: Vec<String>, same: u64, more: bool) -> String {
    if more {
        rows.push("and more that are not listed".to_owned());
    }
    if same > 0 {
        rows.push(format!("{same} the same"));
    }
    if rows.is_empty() {
        return "none in either".to_owned();
    }
    rows.join("\n")
}

fn values(found: &ValueChanges) -> String {
    let rows = found.changes.iter().map(|change| {
        let (left, right) = (&change.left, &change.right);
        let text = match (left, right) {
            (Some(left), Some(right)) => format!("{left} -> {right}"),
            (one, other) => one.as_ref().or(other.as_ref()).cloned().unwrap_or_default(),
        };
        format!("{} {}: {text}", sign(change.kind), change.name)
    });
    with_same(rows.collect(), found.same, found.more)
}

fn texts(found: &TextChanges) -> String {
    let rows = found.changes.iter().map(|change| {
        let (kind, name) = (sign(change.kind), &change.name);
        format!("{kind} {name}\n{}", lines(change))
    });
    with_same(rows.collect(), found.same, false)
}

fn lines(change: &TextChange) -> String {
    let row = |line: &DiffLine| match line.kind {
        LineKind::Same => format!("    {}", line.text),
        LineKind::Added => format!("  + {}", line.text),
        LineKind::Removed => format!("  - {}", line.text),
        LineKind::Folded if line.count == 1 => "  ... 1 line the same".to_owned(),
        LineKind::Folded => format!("  ... {} lines the same", line.count),
    };
    let rows: Vec<String> = change.lines.iter().map(row).collect();
    with_same(rows, 0, change.more)
}

fn objects(found: &ObjectChanges) -> String {
    let rows = found.changes.iter().map(|change| {
        let sizes = match (change.left, change.right) {
            (Some(left), Some(right)) => format!("{} -> {}", size(left), size(right)),
            (one, other) => size(one.or(other).unwrap_or_default()),
        };
        format!("{} {}: {sizes}", sign(change.change), change.name)
    });
    with_same(rows.collect(), found.same, false)
}

fn software(found: &SoftwareComparison) -> String {
    if let Some(packages) = &found.packages {
        return values(packages);
    }
    let side = |name: &str, lists: &SoftwareLists| {
        let mut parts = Vec::new();
        if !lists.read.is_empty() {
            parts.push(format!(
                "{} packages ({})",
                lists.packages,
                lists.read.join(", ")
            ));
        }
        if !lists.unread.is_empty() {
            parts.push(format!("not read: {}", lists.unread.join(", ")));
        }
        if parts.is_empty() {
            parts.push("no list".to_owned());
        }
        format!("{name}: {}", parts.join("; "))
    };
    format!(
        "{}\n{}",
        side("first", &found.left),
        side("second", &found.right)
    )
}
