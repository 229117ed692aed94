//! Where the command-line tools keep their keys.

use std::path::{Path, PathBuf};

use super::KeyOrigin;

/// A tool that keeps keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tool {
    /// Singularity, SingularityCE and SingularityPRO.
    Singularity,
    /// Apptainer.
    Apptainer,
}

impl Tool {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Singularity, Self::Apptainer];

    /// Its folder of a person's keys, by the environment and the home folder.
    pub fn keys(self, variable: impl Fn(&str) -> Option<PathBuf>, home: &Path) -> PathBuf {
        let (folders, config, below, inside) = match self {
            Self::Singularity => (
                &["SINGULARITY_SYPGPDIR"][..],
                "SINGULARITY_CONFIGDIR",
                ".singularity",
                "sypgp",
            ),
            Self::Apptainer => (
                &["APPTAINER_KEYSDIR", "SINGULARITY_SYPGPDIR"][..],
                "APPTAINER_CONFIGDIR",
                ".apptainer",
                "keys",
            ),
        };
        if let Some(folder) = folders.iter().find_map(|name| variable(name)) {
            return folder;
        }
        variable(config)
            .unwrap_or_else(|| home.join(below))
            .join(inside)
    }

    /// The rings of the machine's administrator, wherever the tool may be installed.
    pub fn global_rings(self) -> [PathBuf; 2] {
        let name = match self {
            Self::Singularity => "singularity",
            Self::Apptainer => "apptainer",
        };
        ["/etc", "/usr/local/etc"].map(|etc| Path::new(etc).join(name).join("global-pgp-public"))
    }
}

/// The public rings of both tools in the order in which they are asked: the administrator's first.
pub fn command_line_rings(
    variable: impl Fn(&str) -> Option<PathBuf>,
    home: &Path,
) -> Vec<(KeyOrigin, PathBuf)> {
    let global = Tool::ALL.into_iter().flat_map(Tool::global_rings);
    let global = global.map(|path| (KeyOrigin::Global, path));
    let local = Tool::ALL.map(|tool| {
        (
            KeyOrigin::Local,
            tool.keys(&variable, home).join(super::PUBLIC_RING),
        )
    });
    let mut rings: Vec<_> = global.chain(local).collect();
    // Both tools may be told to use one folder.
    rings.dedup();
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_moves_the_keys_of_the_tools() {
        let home = Path::new("/home/ada");
        let plain = |tool: Tool| tool.keys(|_| None, home);
        assert_eq!(
            plain(Tool::Singularity),
            Path::new("/home/ada/.singularity/sypgp")
        );
        assert_eq!(
            plain(Tool::Apptainer),
            Path::new("/home/ada/.apptainer/keys")
        );
        let with = |tool: Tool, set: &str| {
            tool.keys(|name| (name == set).then(|| PathBuf::from("/moved")), home)
        };
        assert_eq!(
            with(Tool::Singularity, "SINGULARITY_CONFIGDIR"),
            Path::new("/moved/sypgp")
        );
        assert_eq!(
            with(Tool::Singularity, "SINGULARITY_SYPGPDIR"),
            Path::new("/moved")
        );
        assert_eq!(
            with(Tool::Apptainer, "SINGULARITY_SYPGPDIR"),
            Path::new("/moved")
        );
        assert_eq!(
            with(Tool::Apptainer, "APPTAINER_KEYSDIR"),
            Path::new("/moved")
        );
        assert_eq!(
            with(Tool::Apptainer, "APPTAINER_CONFIGDIR"),
            Path::new("/moved/keys")
        );
        let rings = command_line_rings(|_| None, home);
        assert_eq!(rings.len(), 6);
        assert_eq!(
            rings[5],
            (
                KeyOrigin::Local,
                PathBuf::from("/home/ada/.apptainer/keys/pgp-public")
            )
        );
        assert!(
            rings
                .iter()
                .take(4)
                .all(|(origin, _)| *origin == KeyOrigin::Global)
        );
    }
}
