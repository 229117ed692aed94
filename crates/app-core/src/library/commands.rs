//! Ways to fetch an image without Sifter, to be copied into a terminal or a recipe.

use sifter_contract::{CommandFlavour, LibraryPath};
use url::Url;

use crate::transfers::reference;

/// The flavours for a container. `library` is named in the command unless it is the one that the
/// command line uses by itself.
pub(crate) fn flavours(path: &LibraryPath, library: &Url, is_default: bool) -> Vec<CommandFlavour> {
    let base = library.as_str().trim_end_matches('/');
    let reference = format!("{}:{{tag}}", reference(path, None));
    let option = if is_default {
        String::new()
    } else {
        format!(" --library {base}")
    };
    let address = format!(
        "{base}/v1/imagefile/{}/{}/{}:{{tag}}",
        path.entity, path.collection, path.container
    );
    let header = if is_default {
        String::new()
    } else {
        format!("Library: {base}\n")
    };
    [
        (
            "singularity",
            format!("singularity pull{option} {reference}"),
        ),
        (
            "apptainer",
            format!("apptainer pull --library {base} {reference}"),
        ),
        (
            "curl",
            format!(
                "curl --fail --location --output {}_{{tag}}.sif '{address}'",
                path.container
            ),
        ),
        ("Nextflow", format!("container '{reference}'")),
        (
            "def file",
            format!(
                "Bootstrap: library\nFrom: {}\n{header}",
                reference.trim_start_matches("library://")
            ),
        ),
    ]
    .into_iter()
    .map(|(name, template)| CommandFlavour {
        name: name.to_owned(),
        template: template.trim_end().to_owned(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_the_library_unless_it_is_the_default_one() {
        let path = LibraryPath {
            entity: "ada".into(),
            collection: "tools".into(),
            container: "x".into(),
        };
        let local = flavours(&path, &Url::parse("http://127.0.0.1:5000/").unwrap(), false);
        assert_eq!(
            local[0].template,
            "singularity pull --library http://127.0.0.1:5000 library://ada/tools/x:{tag}"
        );
        assert!(
            local[4]
                .template
                .ends_with("From: ada/tools/x:{tag}\nLibrary: http://127.0.0.1:5000")
        );
        let cloud = flavours(
            &path,
            &Url::parse("https://library.sylabs.io").unwrap(),
            true,
        );
        assert_eq!(
            cloud[0].template,
            "singularity pull library://ada/tools/x:{tag}"
        );
        assert!(
            cloud
                .iter()
                .all(|flavour| flavour.template.contains("{tag}"))
        );
    }
}
