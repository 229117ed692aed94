//! Where Sifter keeps its files. `SIFTER_HOME` moves all of them, for tests and for portable use.

use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};

/// The variable that moves everything Sifter keeps into one folder.
pub const HOME_VARIABLE: &str = "SIFTER_HOME";

/// The folders of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    config: PathBuf,
    data: PathBuf,
    logs: PathBuf,
    downloads: PathBuf,
}

impl Home {
    /// The folders the operating system has for programs, or everything under `SIFTER_HOME`.
    ///
    /// `None` when the system names no home folder for this user.
    #[must_use]
    pub fn from_environment() -> Option<Self> {
        if let Some(folder) = std::env::var_os(HOME_VARIABLE).filter(|value| !value.is_empty()) {
            return std::path::absolute(folder).ok().map(Self::at);
        }
        let project = ProjectDirs::from("dev", "Sifter", "Sifter")?;
        let user = UserDirs::new()?;
        // Only Linux has a place for state; elsewhere logs go beside the data that stays on this machine.
        let state = project
            .state_dir()
            .unwrap_or_else(|| project.data_local_dir());
        Some(Self {
            config: project.config_dir().to_owned(),
            data: project.data_local_dir().to_owned(),
            logs: state.join("logs"),
            downloads: user
                .download_dir()
                .map_or_else(|| user.home_dir().join("Downloads"), Path::to_owned),
        })
    }

    /// Everything under one folder.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self {
            config: folder.join("config"),
            data: folder.join("data"),
            logs: folder.join("logs"),
            downloads: folder.join("downloads"),
        }
    }

    /// Settings, and the lists of accounts and servers.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Transfers and the local library.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The log, a file a day.
    #[must_use]
    pub fn logs(&self) -> &Path {
        &self.logs
    }

    /// Where downloads go until the person chooses another folder.
    #[must_use]
    pub fn downloads(&self) -> &Path {
        &self.downloads
    }

    pub(crate) fn settings_file(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    pub(crate) fn servers_file(&self) -> PathBuf {
        self.config.join("servers.json")
    }

    /// Certificates that are believed beside the system's.
    pub(crate) fn trust_file(&self) -> PathBuf {
        self.config.join("trust.json")
    }

    /// The person's own keys, laid out as the command-line tools lay out theirs.
    pub(crate) fn keys_folder(&self) -> PathBuf {
        self.config.join("keys")
    }

    /// What is remembered about keys beside the keys.
    pub(crate) fn key_notes_file(&self) -> PathBuf {
        self.config.join("keys.json")
    }

    pub(crate) fn library_folder(&self) -> PathBuf {
        self.data.join("library")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_home_holds_everything() {
        let home = Home::at("/somewhere");
        for path in [home.config(), home.data(), home.logs(), home.downloads()] {
            assert!(
                path.starts_with("/somewhere"),
                "{} lies outside",
                path.display()
            );
        }
        assert!(home.settings_file().starts_with(home.config()));
        assert!(home.library_folder().starts_with(home.data()));
    }
}
