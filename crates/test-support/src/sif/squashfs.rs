//! A squashfs root file system, gzip-compressed: the compression every runtime can read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use backhand::compression::{CompressionOptions, Compressor, Gzip};
use backhand::kind::{Kind, LE_V4_0};
use backhand::{FilesystemCompressor, FilesystemWriter, NodeHeader};

/// A root file system being put together. Folders come into being as files need them.
pub(crate) struct RootFs {
    writer: FilesystemWriter<'static, 'static, 'static>,
    folders: BTreeSet<String>,
    time: u32,
}

impl RootFs {
    /// An empty file system in which everything belongs to root and was made at `time`. `stored`
    /// leaves everything uncompressed, for content that would not get smaller anyway.
    pub(crate) fn new(time: u32, stored: bool) -> Result<Self> {
        let options = stored.then_some(CompressionOptions::Gzip(Gzip {
            compression_level: 0,
            window_size: 15,
            strategies: 0,
        }));
        let mut writer = FilesystemWriter::default();
        writer.set_kind(Kind::from_const(LE_V4_0).map_err(anyhow::Error::msg)?);
        writer.set_compressor(FilesystemCompressor::new(Compressor::Gzip, options)?);
        // Level 0 is known to zlib but is no level a squashfs may state.
        writer.set_emit_compression_options(!stored);
        writer.set_only_root_id();
        writer.set_root_mode(0o755);
        writer.set_time(time);
        Ok(Self {
            writer,
            folders: BTreeSet::new(),
            time,
        })
    }

    /// Adds a folder and those above it.
    pub(crate) fn directory(&mut self, path: &str) -> Result<()> {
        let path = path.trim_matches('/');
        let ends = path
            .match_indices('/')
            .map(|(end, _)| end)
            .chain([path.len()]);
        for folder in ends
            .map(|end| &path[..end])
            .filter(|folder| !folder.is_empty())
        {
            if self.folders.insert(folder.to_owned()) {
                self.writer.push_dir(folder, self.node(0o755))?;
            }
        }
        Ok(())
    }

    /// Adds a file whose content is read when the file system is written.
    pub(crate) fn file(
        &mut self,
        path: &str,
        mode: u16,
        content: impl Read + 'static,
    ) -> Result<()> {
        self.parent_of(path)?;
        self.writer
            .push_file(content, path.trim_matches('/'), self.node(mode))?;
        Ok(())
    }

    /// Adds a symbolic link.
    pub(crate) fn symlink(&mut self, path: &str, target: &str) -> Result<()> {
        self.parent_of(path)?;
        self.writer
            .push_symlink(target, path.trim_matches('/'), self.node(0o777))?;
        Ok(())
    }

    /// Adds everything below a folder of this machine; what is neither file, folder nor link is
    /// left out.
    pub(crate) fn folder(&mut self, from: &Path, path: &str) -> Result<()> {
        self.directory(path)?;
        let read = || format!("reading {}", from.display());
        let mut entries: Vec<_> = std::fs::read_dir(from)
            .with_context(read)?
            .collect::<std::io::Result<_>>()
            .with_context(read)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let inside = format!("{}/{}", path.trim_end_matches('/'), name.to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.folder(&entry.path(), &inside)?;
            } else if kind.is_symlink() {
                let target = std::fs::read_link(entry.path())?;
                self.symlink(&inside, &target.to_string_lossy())?;
            } else if kind.is_file() {
                self.parent_of(&inside)?;
                let node = self.node(mode_of(&entry.metadata()?));
                // Opened only when it is written: there may be more files than descriptors.
                self.writer
                    .push_file_from_path(entry.path(), inside.trim_matches('/'), node)?;
            }
        }
        Ok(())
    }

    /// Writes the file system to `target`.
    pub(crate) fn write(mut self, target: &mut File) -> Result<()> {
        self.writer
            .write(std::io::BufWriter::with_capacity(1 << 20, target))?;
        Ok(())
    }

    fn parent_of(&mut self, path: &str) -> Result<()> {
        path.rsplit_once('/')
            .map_or(Ok(()), |(parent, _)| self.directory(parent))
    }

    fn node(&self, mode: u16) -> NodeHeader {
        NodeHeader::new(mode, 0, 0, self.time)
    }
}

#[cfg(unix)]
fn mode_of(metadata: &std::fs::Metadata) -> u16 {
    use std::os::unix::fs::PermissionsExt;
    // The twelve permission bits fit.
    (metadata.permissions().mode() & 0o7777) as u16
}

#[cfg(not(unix))]
fn mode_of(_metadata: &std::fs::Metadata) -> u16 {
    0o755
}
