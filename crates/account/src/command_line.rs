//! The accounts of the command lines: what `singularity`, `apptainer` and `docker` keep in files, read item by
//! item when the person asks for it, and the one file into which Sifter puts a token when told to.
//!
//! Those files hold tokens in plain text, because the programs know no other way. Nothing here is done without
//! being asked, and nothing is ever removed from them.

mod docker;
mod edit;
mod file;
mod found;
mod helper;
mod places;
mod remotes;
mod yaml;

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

pub use file::{FileError, FileProblem};
pub use found::{Credential, Found, FoundId, FoundItem, Source};
pub use helper::{HelperError, HelperProblem};
pub use places::{Places, Program};

use crate::accounts::private_file;
use edit::{Wanted, put_token};
use remotes::Remotes;

/// Why something of the command lines could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandLineError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A credential helper gave nothing.
    #[error(transparent)]
    Helper(#[from] HelperError),
    /// What was found a moment ago is not there any more.
    #[error("it is not there any more")]
    Gone,
}

/// A token for a program, and the server it belongs to.
#[derive(Clone, Debug)]
pub struct Handover {
    /// Host, port and path of the server's discovery address, without a scheme.
    pub uri: String,
    /// The address is asked over plain http.
    pub insecure: bool,
    /// What to call the server, should the program not know it yet.
    pub name: String,
    /// Make it the server that the program uses when none is named.
    pub activate: bool,
}

/// How a program would take a token, as its file is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prospect {
    /// The file.
    pub path: PathBuf,
    /// The name under which the program knows the server already.
    pub name: Option<String>,
    /// A token that is there would be replaced.
    pub replaces: bool,
    /// The server is the one in use already.
    pub is_active: bool,
}

/// The files of the command lines. Reading and writing blocks for a moment.
#[derive(Clone, Debug)]
pub struct CommandLine {
    places: Places,
    /// Two Sifters must not change a file at once; the programs themselves do not lock.
    lock: PathBuf,
}

impl CommandLine {
    /// The files in `places`. `folder` is one of Sifter's own, which must exist; a lock file is made there.
    #[must_use]
    pub fn new(places: Places, folder: &std::path::Path) -> Self {
        let lock = folder.join("command-line.lock");
        Self { places, lock }
    }

    /// The file that a program takes its account from.
    #[must_use]
    pub fn file(&self, program: Program) -> PathBuf {
        self.places.file(program)
    }

    /// Whether a program has been used by this person.
    #[must_use]
    pub fn is_used(&self, program: Program) -> bool {
        self.places.folder(program).is_dir()
    }

    /// What a program has about a server now.
    ///
    /// # Errors
    /// When its file cannot be read or understood.
    pub fn prospect(
        &self,
        program: Program,
        uri: &str,
        insecure: bool,
    ) -> Result<Prospect, FileError> {
        let path = self.places.file(program);
        let at = |problem: FileProblem| problem.at(&path);
        self.check_set_up(program).map_err(at)?;
        let text = file::read(&path).map_err(at)?;
        if program == Program::TokenFile {
            return Ok(Prospect {
                replaces: text.is_some_and(|text| !text.trim().is_empty()),
                path,
                name: None,
                is_active: true,
            });
        }
        let known = Remotes::parse(text.as_deref().map_or("", String::as_str)).map_err(at)?;
        let remote = known.at(uri, insecure);
        Ok(Prospect {
            name: remote.map(|remote| remote.name.clone()),
            replaces: remote.is_some_and(|remote| remote.token.is_some()),
            is_active: remote.is_some_and(|remote| known.active.as_ref() == Some(&remote.name)),
            path,
        })
    }

    /// Puts a token into the file of a program, where it lies in plain text from then on. Answers the name
    /// under which the program knows the server; none for the token file, which knows one server only.
    ///
    /// # Errors
    /// When the file cannot be read, is written in a form that cannot be changed in place, or cannot be
    /// written. It is as it was then.
    pub fn hand_over(
        &self,
        program: Program,
        handover: &Handover,
        token: &SecretString,
    ) -> Result<Option<String>, FileError> {
        let path = self.places.file(program);
        let at = |problem: FileProblem| problem.at(&path);
        self.check_set_up(program).map_err(at)?;
        let lock = private_file(&self.lock).map_err(|error| at(error.into()))?;
        // Held for the milliseconds of one small file; released when the file is closed.
        lock.lock().map_err(|error| at(error.into()))?;
        let before = file::read(&path).map_err(at)?;
        let before = before.as_deref().map(String::as_str);
        if program == Program::TokenFile {
            let line = zeroize::Zeroizing::new(format!("{}\n", token.expose_secret()));
            file::replace(&path, before, &line).map_err(at)?;
            return Ok(None);
        }
        let wanted = Wanted {
            name: &self.places.remote_name(program, handover),
            uri: &handover.uri,
            insecure: handover.insecure,
            system: places::is_built_in(program, &handover.uri),
            token: token.expose_secret(),
            activate: handover.activate,
        };
        let edited = put_token(before.unwrap_or_default(), &wanted).map_err(at)?;
        file::replace(&path, before, &edited.text).map_err(at)?;
        Ok(Some(edited.name))
    }

    fn check_set_up(&self, program: Program) -> Result<(), FileProblem> {
        let takes_over = program == Program::Apptainer
            && !self.places.folder(Program::Apptainer).exists()
            && self.places.folder(Program::Singularity).exists();
        if takes_over {
            Err(FileProblem::NotSetUp)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
