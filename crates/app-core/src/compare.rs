//! Two opened images side by side: what is different between them, wherever they are.

mod objects;
mod software;
mod texts;
mod values;

use sifter_contract::requests::Compare;
use sifter_contract::{
    ComparedImage, ComparisonView, InspectionView, NamedText, SoftwareComparison, UiError,
};
use sifter_sif::{Error, Image};

use crate::app::AppCore;
use crate::inspect::Medium;
use software::Software;

/// What is read of one image to compare it.
struct Side {
    view: InspectionView,
    environment: Vec<NamedText>,
    software: Option<Software>,
}

impl AppCore {
    /// What is different between two opened images. Reads what they say about themselves, never their file systems.
    pub(crate) async fn compare(&self, images: &Compare) -> Result<ComparisonView, UiError> {
        let left = self.side(&images.left).await?;
        let right = self.side(&images.right).await?;
        // Long texts take a while to compare.
        crate::remote_image::blocking(move || comparison(left, right)).await
    }

    async fn side(&self, file_id: &str) -> Result<Side, UiError> {
        let view = self.inspect(file_id).await?;
        let read = self.read_opened(file_id, |_, image| {
            Ok((variables(image)?, software::read(image)?))
        });
        let (variables, software) = read.await?;
        let scripts = view
            .scripts
            .iter()
            .filter(|script| sets_environment(script));
        Ok(Side {
            environment: scripts.cloned().chain(variables).collect(),
            software,
            view,
        })
    }
}

/// Scripts that set the environment are named by their path inside.
fn sets_environment(script: &NamedText) -> bool {
    script.name.starts_with('/')
}

/// The environment variables of the OCI configuration, each `NAME=value` of them on its own.
fn variables(image: &Image<Medium>) -> Result<Vec<NamedText>, Error> {
    let config = match image.inspect() {
        Ok(inspection) => inspection.oci_config,
        Err(error @ Error::Read { .. }) => return Err(error),
        // What cannot be read is among the findings of the image.
        Err(_) => None,
    };
    let entries = config
        .as_ref()
        .and_then(|config| config.get("Env"))
        .and_then(serde_json::Value::as_array);
    Ok(entries
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str)
        .map(|entry| {
            let (name, text) = entry.split_once('=').unwrap_or((entry, ""));
            NamedText {
                name: name.to_owned(),
                text: text.to_owned(),
            }
        })
        .collect())
}

fn comparison(left: Side, right: Side) -> ComparisonView {
    let (first, second) = (&left.view, &right.view);
    let scripts = |view: &InspectionView| -> Vec<NamedText> {
        let all = view.scripts.iter();
        all.filter(|script| !sets_environment(script))
            .cloned()
            .collect()
    };
    let named = |view: &InspectionView| -> Vec<String> {
        let findings = view.findings.iter();
        findings
            .map(|finding| format!("{}: {finding}", view.name))
            .collect()
    };
    let definition = match (&first.definition, &second.definition) {
        (Some(one), Some(other)) => texts::change("", Some(one.as_str()), Some(other.as_str())),
        _ => None,
    };
    ComparisonView {
        same: first.digest.is_some() && first.digest == second.digest,
        definitions: [first.definition.is_some(), second.definition.is_some()],
        definition,
        labels: values::changes(pairs(&first.labels), pairs(&second.labels)),
        environment: texts::changes(&left.environment, &right.environment),
        scripts: texts::changes(&scripts(first), &scripts(second)),
        objects: objects::changes(&first.objects, &second.objects),
        sizes: objects::sizes(&first.objects, &second.objects),
        software: software_of(left.software, right.software),
        findings: named(first).into_iter().chain(named(second)).collect(),
        left: head(left.view),
        right: head(right.view),
    }
}

fn pairs(texts: &[NamedText]) -> impl Iterator<Item = (&str, &str)> {
    texts
        .iter()
        .map(|one| (one.name.as_str(), one.text.as_str()))
}

fn head(view: InspectionView) -> ComparedImage {
    ComparedImage {
        file_id: view.file_id,
        name: view.name,
        folder: view.folder,
        remote: view.remote,
        arch: view.facts.arch,
        size: view.facts.size,
        digest: view.digest,
        created: view.facts.created,
        built_with: view.built_with,
        base: view.base,
        check: view.check,
    }
}

fn software_of(left: Option<Software>, right: Option<Software>) -> Option<SoftwareComparison> {
    if left.is_none() && right.is_none() {
        return None;
    }
    let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
    let both = !left.lists.read.is_empty() && !right.lists.read.is_empty();
    let packages = both.then(|| {
        let (one, other) = (left.versions(), right.versions());
        values::changes(pairs(&one), pairs(&other))
    });
    Some(SoftwareComparison {
        left: left.lists,
        right: right.lists,
        packages,
    })
}
