//! Tokens people make, accounts of the command lines, and reminders, as the window sees them. No field here
//! can hold the text of a token.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::UiError;

/// How close the end of a sign-in is, when it is close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Within seven days.
    Week,
    /// Within one day.
    Day,
    /// It has ended.
    Over,
}

/// A token that somebody made on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenRow {
    /// The server's id for it.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// How its text begins, to recognise it by. May be empty.
    pub prefix: String,
    /// It can fetch and not send.
    pub read_only: bool,
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// When it was used last, RFC 3339; none when it was not.
    pub last_used: Option<String>,
    /// When it ends, RFC 3339; none when it does not.
    pub expires: Option<String>,
    /// How close its end is, when it is close.
    pub ending: Option<Ending>,
    /// It is the one that Sifter or a command line on this computer uses.
    pub here: bool,
}

/// The tokens of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenList {
    /// Newest first.
    pub tokens: Vec<TokenRow>,
    /// Whether the account may make more: one that is itself a token may not.
    pub can_make: bool,
}

/// A program that takes its account from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CommandProgram {
    /// `singularity`, by `remote.yaml`.
    Singularity,
    /// `apptainer`, by `remote.yaml`.
    Apptainer,
    /// Old versions and scripts, by `~/.singularity/sylabs-token`. For the Sylabs Cloud only.
    TokenFile,
}

/// How a program would take an account, as its file is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandTarget {
    /// The program.
    pub program: CommandProgram,
    /// Its file, to show.
    pub path: String,
    /// The name under which it knows the server already.
    pub remote: Option<String>,
    /// A token that is there would be replaced.
    pub replaces: bool,
    /// It uses the server already when none is named.
    pub active: bool,
    /// Why its file cannot be used.
    pub problem: Option<UiError>,
}

/// What handing an account to a command line would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandPlan {
    /// The programs, those that are there first.
    pub targets: Vec<CommandTarget>,
    /// A token is made for the program, good for this many days, because the account has none of its own.
    /// `None`: the account's own token is used.
    pub makes_token_for_days: Option<u32>,
}

/// An account was handed to a command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandDone {
    /// The file that was written, to show.
    pub path: String,
    /// The name of the server in it.
    pub remote: Option<String>,
    /// When the token ends, RFC 3339.
    pub expires: Option<String>,
}

/// Whose file something was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ImportSource {
    /// `remote.yaml` of `singularity`.
    Singularity,
    /// `remote.yaml` of `apptainer`.
    Apptainer,
    /// `sylabs-token`.
    TokenFile,
    /// A credential file of `docker`, `podman` and others.
    Docker,
}

/// Something that can be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportItem {
    /// Opaque id.
    pub id: String,
    /// Whose it is.
    pub source: ImportSource,
    /// The file it is in, to show.
    pub path: String,
    /// What the file calls it.
    pub name: String,
    /// Host, port and path.
    pub host: String,
    /// The user name, where the file has one.
    pub login: Option<String>,
    /// There is a token, or what serves as one. A server without it can be connected.
    pub has_token: bool,
    /// The program that has to be asked for it: `docker-credential-NAME`.
    pub helper: Option<String>,
    /// The server is reached without encryption.
    pub plain_http: bool,
    /// Sifter is signed in there already.
    pub signed_in: bool,
}

/// A file that is there and could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportTrouble {
    /// The file, to show.
    pub path: String,
    /// Why.
    pub error: UiError,
}

/// What was found in the files of the command lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportList {
    /// What can be imported.
    pub items: Vec<ImportItem>,
    /// What could not be read.
    pub troubles: Vec<ImportTrouble>,
}
