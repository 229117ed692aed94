//! `inspect` with the options of `singularity inspect`: parts of what a container says about itself.

use std::path::Path;

use sifter_app_core::{Inspection, Reference, Sections, SifTool};
use sifter_contract::requests::ImageRef;

use super::{Call, full_path, one_target, pull, sif};
use crate::args::Inspect;
use crate::failure::Failure;
use crate::output::note;

/// Which parts the options name; `None` when they name none, which asks for an overview.
pub(super) fn wanted(options: &Inspect) -> Option<Sections> {
    if options.all {
        return Some(Sections::all());
    }
    let mut sections = Sections {
        labels: options.labels,
        deffile: options.deffile,
        runscript: options.runscript,
        startscript: options.startscript,
        test: options.test,
        environment: options.environment,
        helpfile: options.helpfile,
        apps: options.list_apps,
        app: None,
    };
    if sections == Sections::default() {
        options.app.as_ref()?;
        // Labels are what the command line shows when no part is named.
        sections.labels = true;
    }
    sections.app.clone_from(&options.app);
    Some(sections)
}

pub(super) async fn of_file(
    call: &Call<'_>,
    path: &Path,
    options: &Inspect,
    sections: &Sections,
) -> Result<(), Failure> {
    let inspection = sif::work(call, path, SifTool::inspect).await?;
    show(call, &inspection, options, sections)
}

/// The image stays where it is: a few parts of it are read.
pub(super) async fn of_reference(
    call: &Call<'_>,
    reference: &Reference,
    options: &Inspect,
    sections: &Sections,
) -> Result<(), Failure> {
    let path = full_path(reference)?;
    let tag = one_target(reference)?.unwrap_or(pull::LATEST).to_owned();
    let arch = call.options.arch.clone().unwrap_or_default();
    let inspection = call
        .with(Some(reference), async |session| {
            let image = ImageRef {
                server_id: session.server.id.clone(),
                path,
                tag,
                arch,
            };
            Ok(session.core().inspect_remote(&image).await?)
        })
        .await?;
    show(call, &inspection, options, sections)
}

fn show(
    call: &Call<'_>,
    inspection: &Inspection,
    options: &Inspect,
    sections: &Sections,
) -> Result<(), Failure> {
    if let Some(gap) = &inspection.gap {
        note(&format!(
            "Warning: the files of the container could not be asked ({gap})."
        ));
    }
    let apps = inspection.metadata.as_ref().map(|metadata| &metadata.apps);
    if let Some(app) = &sections.app
        && !apps.is_some_and(|apps| apps.contains_key(app))
    {
        return Err(Failure::said(
            "no_such_app",
            format!("The container has no app \"{app}\". --list-apps lists those it has."),
        ));
    }
    if options.all || call.output.is_json() {
        let document = inspection.json(sections);
        let document = document.map_err(|error| Failure::Output(error.into()))?;
        return call.output.document(&document);
    }
    call.output.result(&(), || inspection.text(sections))
}
