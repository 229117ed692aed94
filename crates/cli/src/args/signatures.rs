//! The options of signing, verifying, and keys.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What is to be verified, and with which keys.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Image on this computer, or a reference
    #[arg(value_name = "FILE_OR_REF")]
    pub(crate) what: String,
    /// Keyring to use instead of those on this computer; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) keyring: Vec<PathBuf>,
    /// Public key in PEM form; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) pem: Vec<PathBuf>,
    /// Look at the cosign signatures of an OCI-SIF, with the keys of --pem
    #[arg(long, requires = "pem", conflicts_with_all = ["keyring", "certificate", "object", "group", "legacy", "legacy_all"])]
    pub(crate) cosign: bool,
    /// Say whether this execution control list (ecl.toml) lets the file run, by the keys of the administrator or of --keyring
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pem", "cosign", "certificate", "object", "group", "legacy", "legacy_all", "keyserver"])]
    pub(crate) ecl: Option<PathBuf>,
    /// Certificate whose key is used (PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Certificates between it and a root (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) chain: Option<PathBuf>,
    /// Root certificates that you trust (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) roots: Option<PathBuf>,
    /// Ask whether the certificates have been revoked (OCSP)
    #[arg(long, requires = "certificate", conflicts_with = "offline")]
    pub(crate) ocsp: bool,
    /// Verify this object only
    #[arg(long, value_name = "N", conflicts_with = "group")]
    pub(crate) object: Option<u32>,
    /// Verify this group of objects only
    #[arg(long, value_name = "N")]
    pub(crate) group: Option<u32>,
    /// Look for a signature of Singularity before 3.6, which covers less
    #[arg(long)]
    pub(crate) legacy: bool,
    /// As --legacy, one for every object
    #[arg(long, conflicts_with_all = ["legacy", "object", "group"])]
    pub(crate) legacy_all: bool,
    /// Ask no key server
    #[arg(long)]
    pub(crate) offline: bool,
    /// Key server to ask instead of the usual ones; may be repeated
    #[arg(long, value_name = "URL", conflicts_with = "offline")]
    pub(crate) keyserver: Vec<String>,
}

/// What is to be put together for a place without a network.
#[derive(Debug, Args)]
pub(crate) struct MakeBundle {
    /// Image on this computer, or a reference
    #[arg(value_name = "FILE_OR_REF")]
    pub(crate) what: String,
    /// Folder to make
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Public key in PEM form that goes along; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) pem: Vec<PathBuf>,
    /// Ask no key server
    #[arg(long)]
    pub(crate) offline: bool,
    /// Key server to ask instead of the usual ones; may be repeated
    #[arg(long, value_name = "URL", conflicts_with = "offline")]
    pub(crate) keyserver: Vec<String>,
}

/// What is to be signed, and by which key.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// Image (SIF file)
    pub(crate) file: PathBuf,
    /// Key file (PEM or OpenPGP), or the fingerprint of one of your keys
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// File that holds the passphrase of the key
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Sign this object only
    #[arg(long, value_name = "N", conflicts_with = "group")]
    pub(crate) object: Option<u32>,
    /// Sign this group of objects only
    #[arg(long, value_name = "N")]
    pub(crate) group: Option<u32>,
    /// Write no time into the image
    #[arg(long)]
    pub(crate) deterministic: bool,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyVerb {
    /// List your keys, and those of the command-line tools
    List,
    /// Make a key
    Generate {
        /// Its name: "Ada <ada@example.org>"
        name: String,
        /// RSA with 4096 bits instead of Ed25519
        #[arg(long)]
        rsa: bool,
        /// End it after so many days
        #[arg(long, value_name = "N")]
        days: Option<u32>,
        /// File that holds a passphrase for it
        #[arg(long, value_name = "FILE", required_unless_present = "no_passphrase")]
        passphrase_file: Option<PathBuf>,
        /// Do not protect it
        #[arg(long, conflicts_with = "passphrase_file")]
        no_passphrase: bool,
    },
    /// Take over the keys, or the revocation, in a file
    Import {
        /// Keys, armored or binary
        file: PathBuf,
    },
    /// Print a key
    Export {
        /// Its fingerprint
        fingerprint: String,
        /// The secret part, for a backup
        #[arg(long)]
        secret: bool,
    },
    /// Put a key into the keyring of a command-line tool, which keeps what it has
    Lend {
        /// Its fingerprint
        fingerprint: String,
        /// The tool
        #[arg(long, value_enum)]
        to: KeyTool,
        /// The secret part too, so that the tool can sign
        #[arg(long)]
        secret: bool,
    },
    /// Take a key back, and print the text to publish
    Revoke {
        /// Its fingerprint
        fingerprint: String,
        /// Why
        #[arg(long, value_enum, default_value = "unspecified")]
        reason: Reason,
        /// File that holds its passphrase
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Move the end of a key
    Expire {
        /// Its fingerprint
        fingerprint: String,
        /// After so many days from today
        #[arg(long, value_name = "N", required_unless_present = "never")]
        days: Option<u32>,
        /// Never
        #[arg(long, conflicts_with = "days")]
        never: bool,
        /// File that holds its passphrase
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Publish the public part of a key: on the key server of the library you are signed in to
    Push {
        /// Its fingerprint
        fingerprint: String,
        /// Key server to publish on instead
        #[arg(long, value_name = "URL")]
        keyserver: Option<String>,
    },
    /// Find the keys of others on key servers
    Search {
        /// Name, mail address, key id or fingerprint
        text: String,
        /// Key server to ask instead of the usual ones; may be repeated
        #[arg(long, value_name = "URL")]
        keyserver: Vec<String>,
    },
    /// Fetch the key of somebody else from a key server, without trusting it
    Pull {
        /// Its fingerprint
        fingerprint: String,
        /// Trust it: you have compared the fingerprint with its owner
        #[arg(long)]
        trust: bool,
        /// Key server to ask instead of the usual ones; may be repeated
        #[arg(long, value_name = "URL")]
        keyserver: Vec<String>,
    },
    /// Remove one of Sifter's keys, the secret part too
    Remove {
        /// Its fingerprint
        fingerprint: String,
    },
}

/// A tool with keyrings of its own.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KeyTool {
    /// Singularity, SingularityCE and SingularityPRO
    Singularity,
    /// Apptainer
    Apptainer,
}

/// Why a key is taken back.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Reason {
    /// No reason; nothing it signed is believed any more
    Unspecified,
    /// Somebody else may have it; nothing it signed is believed any more
    Compromised,
    /// Another key has taken its place
    Superseded,
    /// It is no longer used
    Retired,
}
