//! An inspection as `singularity inspect` prints it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::{AppMetadata, ContainerMetadata, Inspection};

/// Which parts are asked for. Those of an app replace those of the container when one is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sections {
    /// Labels.
    pub labels: bool,
    /// The definition file.
    pub deffile: bool,
    /// What `run` executes.
    pub runscript: bool,
    /// What `instance start` executes.
    pub startscript: bool,
    /// What `test` executes.
    pub test: bool,
    /// The environment scripts.
    pub environment: bool,
    /// What `run-help` prints.
    pub helpfile: bool,
    /// The names of the apps; in JSON the apps with all they say.
    pub apps: bool,
    /// The app that is asked about.
    pub app: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    data: Data<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Data<'a> {
    attributes: &'a ContainerMetadata,
}

impl Sections {
    /// Everything there is.
    #[must_use]
    pub fn all() -> Self {
        Self {
            labels: true,
            deffile: true,
            runscript: true,
            startscript: true,
            test: true,
            environment: true,
            helpfile: true,
            apps: true,
            app: None,
        }
    }

    /// What of `inspection` was asked for.
    fn of(&self, inspection: &Inspection) -> ContainerMetadata {
        let metadata = inspection.metadata.clone().unwrap_or_default();
        let labels = inspection.labels();
        let definition = inspection
            .definition
            .as_ref()
            .map(|(text, _)| text.trim_end_matches('\n'));
        let deffile = definition.unwrap_or_default().to_owned();
        let mut chosen = match &self.app {
            None => ContainerMetadata { labels, ..metadata },
            Some(name) => {
                let app = metadata.apps.get(name).cloned().unwrap_or_default();
                ContainerMetadata {
                    apps: BTreeMap::from([(name.clone(), self.of_app(app.clone()))]),
                    ..container_of(app)
                }
            }
        };
        chosen.deffile = deffile;
        let clear = |wanted: bool, text: &mut String| {
            if !wanted {
                text.clear();
            }
        };
        clear(self.deffile, &mut chosen.deffile);
        clear(self.runscript, &mut chosen.runscript);
        clear(self.startscript, &mut chosen.startscript);
        clear(self.test, &mut chosen.test);
        clear(self.helpfile, &mut chosen.helpfile);
        if !self.labels {
            chosen.labels.clear();
        }
        if !self.environment {
            chosen.environment.clear();
        }
        if !self.apps && self.app.is_none() {
            chosen.apps.clear();
        }
        chosen
    }

    fn of_app(&self, app: AppMetadata) -> AppMetadata {
        let text = |wanted: bool, text: String| if wanted { text } else { String::new() };
        AppMetadata {
            environment: if self.environment {
                app.environment
            } else {
                BTreeMap::new()
            },
            labels: if self.labels {
                app.labels
            } else {
                BTreeMap::new()
            },
            runscript: text(self.runscript, app.runscript),
            startscript: text(self.startscript, app.startscript),
            test: text(self.test, app.test),
            helpfile: text(self.helpfile, app.helpfile),
        }
    }
}

fn container_of(app: AppMetadata) -> ContainerMetadata {
    ContainerMetadata {
        environment: app.environment,
        labels: app.labels,
        runscript: app.runscript,
        startscript: app.startscript,
        test: app.test,
        helpfile: app.helpfile,
        ..ContainerMetadata::default()
    }
}

impl Inspection {
    /// The text of `singularity inspect`, without a line end at its end. It is text of the image: control characters in
    /// it have not been removed.
    #[must_use]
    pub fn text(&self, sections: &Sections) -> String {
        let chosen = sections.of(self);
        let mut text = String::new();
        if sections.apps {
            let apps = self
                .metadata
                .iter()
                .flat_map(|metadata| metadata.apps.keys());
            for app in apps {
                let _ = writeln!(text, "{app}");
            }
        }
        let parts = [
            &chosen.deffile,
            &chosen.runscript,
            &chosen.startscript,
            &chosen.test,
            &chosen.helpfile,
        ];
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let _ = writeln!(text, "{part}");
        }
        for (path, script) in &chosen.environment {
            let _ = writeln!(text, "=== {path} ===\n{script}\n");
        }
        for (name, value) in &chosen.labels {
            let _ = writeln!(text, "{name}: {value}");
        }
        text.truncate(text.trim_end_matches('\n').len());
        text
    }

    /// The document of `singularity inspect --json`: indented by tabs, and with the characters escaped that HTML cares
    /// about, without a line end at its end.
    ///
    /// # Errors
    /// None in practice: everything in it is text.
    pub fn json(&self, sections: &Sections) -> serde_json::Result<String> {
        let document = Document {
            data: Data {
                attributes: &sections.of(self),
            },
            kind: "container",
        };
        let mut bytes = Vec::new();
        let mut serializer =
            Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b"\t"));
        document.serialize(&mut serializer)?;
        // JSON of texts is text.
        let text = String::from_utf8_lossy(&bytes);
        Ok(text
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026"))
    }
}
