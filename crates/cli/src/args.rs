//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sifter_app_core::Reference;

use crate::words;

mod images;
mod signatures;

pub(crate) use images::{Add, Inspect, SifVerb};
pub(crate) use signatures::{KeyTool, KeyVerb, MakeBundle, Reason, Sign, Verify};

/// Push, pull and find Singularity and Apptainer images in container libraries.
#[derive(Debug, Parser)]
#[command(name = "sifter-cli", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb understands.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Server to use: a host, or the base address of a library
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "SIFTER_SERVER",
        hide_env_values = true
    )]
    pub(crate) server: Option<String>,
    /// File that holds an access token, for this call only
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// File that holds the passphrase of the vault, where sign-ins are kept without a keychain
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "SIFTER_VAULT_PASSPHRASE_FILE",
        hide_env_values = true
    )]
    pub(crate) vault_passphrase_file: Option<PathBuf>,
    /// Architecture of the image, such as amd64 or arm64
    #[arg(long, global = true, value_name = "ARCH")]
    pub(crate) arch: Option<String>,
    /// Replace a file that is there already
    #[arg(long, global = true)]
    pub(crate) force: bool,
    /// Folder for everything Sifter keeps
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "SIFTER_HOME",
        hide_env_values = true
    )]
    pub(crate) home: Option<PathBuf>,
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Sign in with the browser, or keep the token of --token-file
    Login {
        /// Make a vault for it, an encrypted file, if this computer has no keychain
        #[arg(long)]
        vault: bool,
    },
    /// Sign out and forget the account
    Logout,
    /// Show who is signed in
    Whoami,
    /// Put an image into a library
    Push {
        /// Image (SIF file)
        file: PathBuf,
        /// Where it goes: library://entity/collection/container:tag[,tag]
        #[arg(value_name = "REF", value_parser = reference)]
        reference: Reference,
    },
    /// Fetch an image from a library
    Pull {
        /// Image: library://entity/collection/container:tag
        #[arg(value_name = "REF", value_parser = reference)]
        reference: Reference,
        /// File or folder to write; <container>_<tag>.sif in this folder when left out
        out: Option<PathBuf>,
    },
    /// List what is in a library, or below an entity, a collection or a container
    List {
        /// Place: entity, entity/collection or entity/collection/container
        #[arg(value_name = "REF", value_parser = reference)]
        reference: Option<Reference>,
    },
    /// Find containers
    Search {
        /// At least three letters
        text: String,
    },
    /// Delete an image
    Delete {
        /// Image: library://entity/collection/container:tag, or a hash in place of the tag
        #[arg(value_name = "REF", value_parser = reference)]
        reference: Reference,
    },
    /// Show what an image or a container says about itself
    Inspect(Inspect),
    /// Show what is different between two images
    Compare {
        /// File, or image in a library
        #[arg(value_name = "FILE_OR_REF")]
        left: String,
        /// File, or image in a library
        #[arg(value_name = "FILE_OR_REF")]
        right: String,
    },
    /// Read and change the objects of an image on this computer
    Sif {
        #[command(subcommand)]
        verb: SifVerb,
    },
    /// Find out who signed an image, and whether it is still what was signed
    Verify(Verify),
    /// Put an image, the public keys of its signers, checksums and a note into a folder, to verify it offline
    Bundle(MakeBundle),
    /// Sign an image on this computer, in place
    Sign(Sign),
    /// Look after the keys that sign images
    Key {
        #[command(subcommand)]
        verb: KeyVerb,
    },
}

fn reference(text: &str) -> Result<Reference, String> {
    Reference::parse(text).map_err(|error| words::sentence(&error))
}
