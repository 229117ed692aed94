//! Building real images: squashfs root file system, definition file and metadata, as a builder of
//! Singularity images leaves them. Equal calls give equal bytes.

mod random;
mod squashfs;
mod tree;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use sifter_sif::{
    AppMetadata, Arch, ContainerMetadata, CreateOptions, DataType, FsType, INSPECT_METADATA_NAME,
    ObjectInput, Partition, PartitionType, RUN_SINGULARITY, Stamp, Timestamp, Writer,
};
use uuid::Uuid;

pub use random::RandomBytes;
use squashfs::RootFs;

/// The time of every image and of every file in it: 2026-01-01T00:00:00Z.
const TIME: u32 = 1_767_225_600;

/// An image to be built.
#[derive(Debug, Clone)]
pub struct SifBuilder {
    arch: Arch,
    definition: String,
    runscript: String,
    labels: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    folders: Vec<(PathBuf, String)>,
    filling: Option<(u64, u64)>,
    stored: bool,
}

/// An image that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltSif {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the whole file, in lower-case hexadecimal digits.
    pub sha256: String,
}

impl Default for SifBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl SifBuilder {
    /// An image for amd64 that says hello, about 36 KiB large.
    pub fn new() -> Self {
        Self {
            arch: Arch::Amd64,
            definition: "Bootstrap: scratch\n\n%labels\n    maintainer Sifter\n\n\
                         %runscript\n    echo \"Hello from Sifter!\"\n"
                .to_owned(),
            runscript: "echo \"Hello from Sifter!\"".to_owned(),
            labels: vec![("maintainer".to_owned(), "Sifter".to_owned())],
            files: Vec::new(),
            folders: Vec::new(),
            filling: None,
            stored: false,
        }
    }

    /// Builds for another processor.
    #[must_use]
    pub fn arch(mut self, arch: Arch) -> Self {
        self.arch = arch;
        self
    }

    /// Replaces the definition file.
    #[must_use]
    pub fn definition(mut self, text: impl Into<String>) -> Self {
        self.definition = text.into();
        self
    }

    /// Replaces what `run` executes: lines of POSIX shell, without the `#!` line.
    #[must_use]
    pub fn runscript(mut self, body: impl Into<String>) -> Self {
        self.runscript = body.into();
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// Adds a file to the root file system; `path` is absolute inside the container.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    /// Adds everything below a folder of this machine to the root file system at `path`.
    #[must_use]
    pub fn folder(mut self, from: impl Into<PathBuf>, path: impl Into<String>) -> Self {
        self.folders.push((from.into(), path.into()));
        self
    }

    /// Fills the root file system with `bytes` bytes that do not compress, the same for every
    /// equal `seed`. They are made while they are written and never held in memory.
    #[must_use]
    pub fn filled(mut self, bytes: u64, seed: u64) -> Self {
        self.filling = Some((bytes, seed));
        self
    }

    /// Leaves the root file system uncompressed, which is quicker to make.
    #[must_use]
    pub fn stored(mut self) -> Self {
        self.stored = true;
        self
    }

    /// Builds the image at `path`, where nothing may be yet.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn build(&self, path: impl AsRef<Path>) -> Result<BuiltSif> {
        let path = path.as_ref();
        let folder = path.parent().context("the image needs a folder")?;
        std::fs::create_dir_all(folder)?;
        let mut root = tempfile::tempfile_in(folder)?;
        self.write_root(&mut root)
            .context("writing the root file system")?;
        root.rewind()?;

        let metadata = self.inspect_metadata()?;
        let partition = Partition {
            file_system: FsType::Squashfs,
            kind: PartitionType::PrimarySystem,
            arch: Some(self.arch),
        };
        let objects = vec![
            ObjectInput::new(DataType::Definition, self.definition.as_bytes()),
            ObjectInput::new(DataType::GenericJson, metadata.as_bytes())
                .named(INSPECT_METADATA_NAME),
            ObjectInput::partition(root, partition),
        ];
        let options = CreateOptions {
            launch_script: RUN_SINGULARITY.to_owned(),
            id: Some(self.id(&metadata)),
            stamp: Stamp::At(Timestamp(i64::from(TIME))),
            ..CreateOptions::default()
        };
        Writer::create(path, &options, objects)?;
        describe(path)
    }

    fn write_root(&self, target: &mut File) -> Result<()> {
        let mut root = RootFs::new(TIME, self.stored || self.filling.is_some())?;
        tree::populate(
            &mut root,
            &self.definition,
            &self.script(),
            &self.all_labels(),
        )?;
        for (path, content) in &self.files {
            root.file(path, 0o644, std::io::Cursor::new(content.clone()))?;
        }
        for (from, path) in &self.folders {
            root.folder(from, path)?;
        }
        if let Some((bytes, seed)) = self.filling {
            root.file(
                "/opt/filling.bin",
                0o644,
                RandomBytes::new(seed).take(bytes),
            )?;
        }
        root.write(target)
    }

    fn script(&self) -> String {
        tree::runscript(&self.runscript)
    }

    fn all_labels(&self) -> ContainerMetadataLabels {
        let mut labels: ContainerMetadataLabels = [
            ("org.label-schema.schema-version", "1.0"),
            (
                "org.label-schema.build-date",
                "Thursday_1_January_2026_0:0:0_UTC",
            ),
            ("org.label-schema.build-arch", self.arch.name()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        labels.extend(self.labels.iter().cloned());
        labels
    }

    /// The compact JSON that `inspect` reads, with the characters HTML cares about escaped, as
    /// Singularity writes it.
    fn inspect_metadata(&self) -> Result<String> {
        let attributes = ContainerMetadata {
            apps: std::collections::BTreeMap::<String, AppMetadata>::new(),
            environment: tree::inspected_environment(),
            labels: self.all_labels(),
            runscript: self.script().trim_end().to_owned(),
            deffile: self.definition.trim_end().to_owned(),
            ..ContainerMetadata::default()
        };
        let attributes = serde_json::to_string(&attributes)?;
        let document = format!(r#"{{"data":{{"attributes":{attributes}}},"type":"container"}}"#);
        Ok(document
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026"))
    }

    /// An identity that depends on what the image holds, so that equal images are equal.
    fn id(&self, metadata: &str) -> Uuid {
        let mut hash = Sha256::new();
        hash.update(metadata.as_bytes());
        hash.update(format!("{:?}", (self.arch, self.filling)));
        for (path, content) in &self.files {
            hash.update(path.as_bytes());
            hash.update(content);
        }
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

type ContainerMetadataLabels = std::collections::BTreeMap<String, String>;

/// Makes the small image that people meet first: it runs, has labels, a definition file and a
/// greeting, and weighs about 36 KiB.
///
/// # Errors
/// When `path` exists or cannot be written.
pub fn hello_world(path: impl AsRef<Path>) -> Result<BuiltSif> {
    SifBuilder::new()
        .label(
            "description",
            "Says hello; made by Sifter to have something to share",
        )
        .file(
            "/README",
            "This is the hello-world image of Sifter. Run it and it says hello.\n",
        )
        .build(path)
}

/// Size and digest of a finished image.
fn describe(path: &Path) -> Result<BuiltSif> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        size += count as u64;
    }
    let sha256 = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(BuiltSif {
        path: path.to_owned(),
        size,
        sha256,
    })
}
