//! Where the command lines keep their files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Handover;
use super::file;
use super::remotes::Remotes;

/// The server that Singularity knows from its installation, and what it calls it.
pub(super) const CLOUD: (&str, &str) = ("SylabsCloud", "cloud.sylabs.io");

/// A program that takes a token from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// `singularity`, through its `remote.yaml`.
    Singularity,
    /// `apptainer`, through its `remote.yaml`.
    Apptainer,
    /// `~/.singularity/sylabs-token`: one token for the Sylabs Cloud, which old versions and scripts read.
    TokenFile,
}

/// The folders and files to look at. [`from_environment`](Self::from_environment) names the usual ones.
#[derive(Clone, Debug)]
pub struct Places {
    /// `~/.singularity`.
    pub singularity: PathBuf,
    /// `~/.apptainer`.
    pub apptainer: PathBuf,
    /// What administrators installed: `remote.yaml` of all users.
    pub system: Vec<(Program, PathBuf)>,
    /// `config.json` and `auth.json` of container programs, in the order in which they count.
    pub credentials: Vec<PathBuf>,
    /// Where programs are looked for.
    pub programs: Vec<PathBuf>,
}

impl Places {
    /// The places of this user, as the programs themselves find them.
    #[must_use]
    pub fn from_environment(home: &Path) -> Self {
        Self::of(home, |name| std::env::var_os(name))
    }

    fn of(home: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let folder = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let singularity =
            folder("SINGULARITY_CONFIGDIR").unwrap_or_else(|| home.join(".singularity"));
        let apptainer = folder("APPTAINER_CONFIGDIR").unwrap_or_else(|| home.join(".apptainer"));
        let docker = folder("DOCKER_CONFIG").unwrap_or_else(|| home.join(".docker"));
        let podman = folder("XDG_RUNTIME_DIR").map(|run| run.join("containers/auth.json"));
        let mut credentials = vec![docker.join("config.json")];
        credentials.extend(podman);
        credentials.push(home.join(".config/containers/auth.json"));
        credentials.push(singularity.join("docker-config.json"));
        credentials.push(apptainer.join("docker-config.json"));
        let system = ["/etc", "/usr/local/etc"].into_iter().flat_map(|etc| {
            let etc = Path::new(etc);
            [
                (Program::Singularity, etc.join("singularity/remote.yaml")),
                (Program::Apptainer, etc.join("apptainer/remote.yaml")),
            ]
        });
        let programs = variable("PATH").unwrap_or_default();
        Self {
            singularity,
            apptainer,
            system: system.collect(),
            credentials,
            programs: std::env::split_paths(&programs).collect(),
        }
    }

    pub(super) fn folder(&self, program: Program) -> &Path {
        match program {
            Program::Singularity | Program::TokenFile => &self.singularity,
            Program::Apptainer => &self.apptainer,
        }
    }

    /// The file that a program takes tokens from.
    #[must_use]
    pub fn file(&self, program: Program) -> PathBuf {
        let name = match program {
            Program::TokenFile => "sylabs-token",
            Program::Singularity | Program::Apptainer => "remote.yaml",
        };
        self.folder(program).join(name)
    }

    /// What to call a new server: its own name, unless the installation has another server of that name,
    /// which Singularity takes for an error.
    pub(super) fn remote_name(&self, program: Program, handover: &Handover) -> String {
        if handover.uri == CLOUD.1 {
            return CLOUD.0.to_owned();
        }
        let installed = self.system.iter().filter(|(owner, _)| *owner == program);
        let taken = installed
            .filter_map(|(_, path)| Remotes::parse(&file::read_installed(path)?).ok())
            .flat_map(|known| known.remotes)
            .any(|remote| remote.name == handover.name);
        if taken {
            format!("{}-sifter", handover.name)
        } else {
            handover.name.clone()
        }
    }
}

/// Whether Singularity knows the server from its installation and will look for its entry under that name.
pub(super) fn is_built_in(program: Program, uri: &str) -> bool {
    program == Program::Singularity && uri == CLOUD.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variables_of_the_programs_move_their_places() {
        let places = Places::of(Path::new("/home/ada"), |name| match name {
            "SINGULARITY_CONFIGDIR" => Some("/s".into()),
            "DOCKER_CONFIG" => Some("".into()),
            "PATH" => Some("/bin:.".into()),
            _ => None,
        });
        assert_eq!(
            places.file(Program::Singularity),
            Path::new("/s/remote.yaml")
        );
        assert_eq!(
            places.file(Program::TokenFile),
            Path::new("/s/sylabs-token")
        );
        assert_eq!(
            places.file(Program::Apptainer),
            Path::new("/home/ada/.apptainer/remote.yaml")
        );
        assert_eq!(
            places.credentials[0],
            Path::new("/home/ada/.docker/config.json")
        );
        assert_eq!(places.programs.len(), 2);
    }
}
