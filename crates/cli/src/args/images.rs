//! The options of looking into images and of changing their objects, as the command-line tools have them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What is to be shown of an image.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// Image on this computer, or a reference
    #[arg(value_name = "FILE_OR_REF")]
    pub(crate) what: String,
    /// Show the labels
    #[arg(short, long)]
    pub(crate) labels: bool,
    /// Show the definition file
    #[arg(short, long)]
    pub(crate) deffile: bool,
    /// Show what "run" executes
    #[arg(short, long)]
    pub(crate) runscript: bool,
    /// Show what "instance start" executes
    #[arg(short, long)]
    pub(crate) startscript: bool,
    /// Show what "test" executes
    #[arg(short, long)]
    pub(crate) test: bool,
    /// Show the environment scripts
    #[arg(short, long)]
    pub(crate) environment: bool,
    /// Show the help text
    #[arg(short = 'H', long)]
    pub(crate) helpfile: bool,
    /// List the apps
    #[arg(long)]
    pub(crate) list_apps: bool,
    /// Show what an app says about itself
    #[arg(long, value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// Show everything, as JSON
    #[arg(long, conflicts_with = "app")]
    pub(crate) all: bool,
}

/// What to do with the objects of an image.
#[derive(Debug, Subcommand)]
pub(crate) enum SifVerb {
    /// Show the global header
    Header {
        /// Image (SIF file)
        file: PathBuf,
    },
    /// List the objects
    List {
        /// Image (SIF file)
        file: PathBuf,
    },
    /// Show what is known of an object
    Info {
        /// Number of the object
        id: u32,
        /// Image (SIF file)
        file: PathBuf,
    },
    /// Write what an object holds to standard output
    Dump {
        /// Number of the object
        id: u32,
        /// Image (SIF file)
        file: PathBuf,
    },
    /// Make an image without objects
    New {
        /// Image (SIF file) that is not there yet
        file: PathBuf,
    },
    /// Add an object
    Add(Add),
    /// Delete an object
    Del {
        /// Number of the object
        id: u32,
        /// Image (SIF file)
        file: PathBuf,
    },
    /// Make a system partition the primary one
    Setprim {
        /// Number of the object
        id: u32,
        /// Image (SIF file)
        file: PathBuf,
    },
}

/// What is to be added to an image.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Image (SIF file)
    pub(crate) file: PathBuf,
    /// File with what the object will hold
    pub(crate) data: PathBuf,
    /// 1 definition file, 2 environment, 3 labels, 4 partition, 5 signature, 6 JSON, 7 anything, 8 cryptographic message,
    /// 9 SBOM, 10 OCI root index, 11 OCI blob
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=11))]
    pub(crate) datatype: i32,
    /// Of a partition: 1 system, 2 primary system, 3 data, 4 overlay
    #[arg(long, value_name = "N", required_if_eq("datatype", "4"), value_parser = clap::value_parser!(i32).range(1..=4))]
    pub(crate) parttype: Option<i32>,
    /// Of a partition: 1 squashfs, 2 ext3, 3 archive, 4 raw
    #[arg(long, value_name = "N", required_if_eq("datatype", "4"), value_parser = clap::value_parser!(i32).range(1..=4))]
    pub(crate) partfs: Option<i32>,
    /// Of a partition: 1 386, 2 amd64, 3 arm, 4 arm64, 5 ppc64, 6 ppc64le, 7 mips, 8 mipsle, 9 mips64, 10 mips64le, 11 s390x,
    /// 12 riscv64, 13 loong64
    #[arg(long, value_name = "N", required_if_eq("datatype", "4"), value_parser = clap::value_parser!(u8).range(1..=13))]
    pub(crate) partarch: Option<u8>,
    /// Of a signature: 1 SHA-256, 2 SHA-384, 3 SHA-512, 4 BLAKE2s-256, 5 BLAKE2b-256
    #[arg(long, value_name = "N", required_if_eq("datatype", "5"), value_parser = clap::value_parser!(i32).range(1..=5))]
    pub(crate) signhash: Option<i32>,
    /// Of a signature: the fingerprint of the signer
    #[arg(long, value_name = "HEX", required_if_eq("datatype", "5"), value_parser = fingerprint)]
    pub(crate) signentity: Option<Fingerprint>,
    /// Of an SBOM: its form
    #[arg(long, value_name = "FORM", required_if_eq("datatype", "9"), value_enum)]
    pub(crate) sbomformat: Option<SbomForm>,
    /// Group of the object; 0 for none
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) groupid: u32,
    /// Number of the object it is linked to; 0 for none
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) link: u32,
    /// Multiple of bytes where it begins; 4096 for a partition and any place for others when left out
    #[arg(long, value_name = "N")]
    pub(crate) alignment: Option<u32>,
    /// Name of the object; that of the file when left out
    #[arg(long, value_name = "NAME")]
    pub(crate) filename: Option<String>,
}

/// The fingerprint of an OpenPGP key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fingerprint(pub(crate) [u8; 20]);

/// The forms of bills of materials that have a number in the format.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SbomForm {
    #[value(name = "cyclonedx-json")]
    CycloneDxJson,
    #[value(name = "cyclonedx-xml")]
    CycloneDxXml,
    GithubJson,
    SpdxJson,
    SpdxRdf,
    SpdxTagValue,
    SpdxYaml,
    SyftJson,
}

impl SbomForm {
    /// Its name.
    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    let wrong = || "a fingerprint has 40 hexadecimal digits".to_owned();
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(wrong);
    if digits.len() != 40 {
        return Err(wrong());
    }
    let mut bytes = [0; 20];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        // Two digits of four bits are a byte.
        *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
    }
    Ok(Fingerprint(bytes))
}
