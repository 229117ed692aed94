//! Downloads: what one will do, and starting it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sifter_contract::{ClashPolicy, DownloadPlan, ErrorCode, Retry, UiError, requests::ImageRef};
use sifter_library_api::{Arch, Image};
use sifter_transfer::{AccountKey, PullRequest, ServerKey};

use crate::app::AppCore;
use crate::errors;
use crate::files;
use crate::hashing::sha256;
use crate::library::image_reference;
use crate::names;
use crate::servers::Session;
use crate::settings::{folder_name, free_space};

/// A file of this many bytes or fewer is hashed at once, to tell whether it is the image already.
const HASHED_AT_ONCE: u64 = 64 << 20;
/// How many names are tried for a file that shall be kept beside another.
const MOST_NAMES: u32 = 1000;

/// Where a download goes, when that is not the download folder under the usual name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The folder.
    pub folder: PathBuf,
    /// The file's name there; the usual one when `None`.
    pub file_name: Option<String>,
}

/// An image that was looked up.
struct Found {
    session: Session,
    image: Image,
    arch: Option<Arch>,
    reference: String,
}

impl AppCore {
    /// What a download to the download folder would do.
    pub(crate) async fn download_plan(&self, image: &ImageRef) -> Result<DownloadPlan, UiError> {
        let found = self.look_up(image).await?;
        let target = Target {
            folder: self.settings.download_folder(),
            file_name: None,
        };
        let name = file_name(image, &found);
        let path = target.folder.join(&name);
        let size = found.image.size;
        let same = is_same(path.clone(), &found.image).await;
        Ok(DownloadPlan {
            folder_name: folder_name(&target.folder),
            free: free_space(&target.folder),
            clash: path.exists(),
            same,
            keep_both_name: free_name(&target.folder, &name),
            folder: target.folder.display().to_string(),
            file_name: name,
            size,
        })
    }

    /// Starts a download to the download folder; answers the transfer's id.
    pub(crate) async fn download(
        &self,
        image: &ImageRef,
        clash: ClashPolicy,
    ) -> Result<String, UiError> {
        let target = Target {
            folder: self.settings.download_folder(),
            file_name: None,
        };
        files::make_folder(&target.folder).map_err(|error| unwritable(&target.folder, &error))?;
        self.download_to(image, target, clash).await
    }

    /// Starts a download; answers the transfer's id. The file appears under its name only when every byte
    /// is there and has the promised digest.
    ///
    /// # Errors
    /// `file_exists` when the name is taken and `clash` is [`ClashPolicy::Ask`], `disk_full` when the image
    /// does not fit, and whatever keeps the image from being found.
    pub async fn download_to(
        &self,
        image: &ImageRef,
        target: Target,
        clash: ClashPolicy,
    ) -> Result<String, UiError> {
        let found = self.look_up(image).await?;
        let name = target.file_name.unwrap_or_else(|| file_name(image, &found));
        let path = target.folder.join(&name);
        let size = found.image.size;
        if clash == ClashPolicy::Ask && path.exists() && !is_same(path, &found.image).await {
            return Err(UiError::new(ErrorCode::FileExists)
                .with("name", name)
                .with("folder", folder_name(&target.folder)));
        }
        if let Some(free) = free_space(&target.folder).filter(|free| *free < size) {
            return Err(UiError::new(ErrorCode::DiskFull)
                .with("needs", size)
                .with("free", free)
                .with("folder", folder_name(&target.folder))
                .retry(Retry::Yes));
        }
        let request = PullRequest {
            server: ServerKey::new(&image.server_id),
            account: found
                .session
                .account
                .as_ref()
                .map(|account| AccountKey::new(account.id.to_string())),
            reference: found.reference,
            arch: found.arch.map_or("", Arch::as_str).to_owned(),
            folder: target.folder,
            file_name: name,
            clash: match clash {
                ClashPolicy::Ask => sifter_transfer::ClashPolicy::Fail,
                ClashPolicy::Replace => sifter_transfer::ClashPolicy::Replace,
                ClashPolicy::KeepBoth => sifter_transfer::ClashPolicy::KeepBoth,
            },
            size_hint: Some(size),
        };
        let id = self
            .engine
            .pull(request)
            .await
            .map_err(|error| errors::engine(&error))?;
        Ok(id.to_string())
    }

    async fn look_up(&self, wanted: &ImageRef) -> Result<Found, UiError> {
        let reference = image_reference(&wanted.path, &wanted.tag)?;
        let arch = match wanted.arch.as_str() {
            "" => Arch::of_this_machine(),
            text => Some(
                text.parse()
                    .map_err(|error| errors::name("arch", text, &error))?,
            ),
        };
        let session = self.servers.session(&wanted.server_id).await?;
        let (image, _) = self.image_cell(&session, &reference, arch).await?;
        Ok(Found {
            arch: image.arch.or(arch),
            reference: format!("{}:{}", reference.path(), reference.tag_or_hash()),
            image,
            session,
        })
    }
}

/// The usual name. The architecture is part of it unless it is this computer's.
fn file_name(wanted: &ImageRef, found: &Found) -> String {
    let foreign = found
        .arch
        .filter(|arch| Some(*arch) != Arch::of_this_machine());
    names::download_name(
        &wanted.path.container,
        &wanted.tag,
        foreign.map(Arch::as_str),
    )
}

/// The name that a file would get beside the one that has `name`.
fn free_name(folder: &Path, name: &str) -> String {
    let stem = name.strip_suffix(".sif").unwrap_or(name);
    (2..MOST_NAMES)
        .map(|number| format!("{stem} ({number}).sif"))
        .find(|name| !folder.join(name).exists())
        .unwrap_or_else(|| name.to_owned())
}

/// Whether a file is the image already, as far as that can be told at once. The transfer itself looks at
/// files of any size.
async fn is_same(path: PathBuf, image: &Image) -> bool {
    let Some(digest) = image.hash.and_then(|hash| hash.sha256()) else {
        return false;
    };
    let size = image.size;
    let read = tokio::task::spawn_blocking(move || digest_at_once(&path, size));
    read.await.is_ok_and(|found| found == Some(digest))
}

/// The digest of a file that has the expected size and is small enough to be read at once.
fn digest_at_once(path: &Path, size: u64) -> Option<[u8; 32]> {
    if size > HASHED_AT_ONCE || std::fs::metadata(path).ok()?.len() != size {
        return None;
    }
    sha256(std::fs::File::open(path).ok()?.take(size)).ok()
}

fn unwritable(folder: &Path, error: &std::io::Error) -> UiError {
    UiError::new(ErrorCode::FolderUnwritable)
        .with("folder", folder_name(folder))
        .retry(Retry::Yes)
        .details(errors::chain(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_beside_a_taken_one_counts_up() {
        let folder = tempfile::tempdir().unwrap();
        for taken in ["x_1.sif", "x_1 (2).sif"] {
            std::fs::write(folder.path().join(taken), "").unwrap();
        }
        assert_eq!(free_name(folder.path(), "x_1.sif"), "x_1 (3).sif");
    }

    #[test]
    fn only_a_file_of_the_right_size_is_read_to_compare_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "abc").unwrap();
        let digest = digest_at_once(&path, 3).unwrap();
        assert_eq!(
            digest[..3],
            [0xba, 0x78, 0x16],
            "SHA-256 of abc, FIPS 180-2"
        );
        assert_eq!(digest_at_once(&path, 4), None);
        assert_eq!(digest_at_once(&path, HASHED_AT_ONCE + 1), None);
    }
}
