//! What a file's SIF header says, or why the file cannot be uploaded.

use std::path::Path;

use sifter_contract::{ImageFacts, UiError};
use sifter_sif::{Image, Source};
use time::OffsetDateTime;

use crate::clock::rfc3339;
use crate::errors;
use crate::uploads::draft::file_name;

/// Reads header and descriptors: milliseconds, whatever the size of the file.
pub(crate) fn read_facts(path: &Path) -> Result<ImageFacts, UiError> {
    Image::open(path)
        .and_then(|image| image_facts(&image))
        .map_err(|error| errors::sif(&error, &file_name(path), path))
}

/// The same of an image that is open.
pub(crate) fn image_facts<S: Source>(image: &Image<S>) -> Result<ImageFacts, sifter_sif::Error> {
    let facts = image.facts()?;
    Ok(ImageFacts {
        size: facts.size,
        arch: facts.architecture.map(|arch| arch.name().to_owned()),
        signed: facts.is_signed(),
        encrypted: facts.encrypted,
        oci_sif: facts.oci,
        root_fs: facts.file_system.map(|kind| kind.to_string()),
        created: facts
            .created
            .and_then(|time| OffsetDateTime::from_unix_timestamp(time.0).ok())
            .and_then(rfc3339),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sifter_contract::ErrorCode;

    use super::*;

    fn code_of(path: &Path) -> ErrorCode {
        read_facts(path).unwrap_err().code
    }

    #[test]
    fn every_kind_of_wrong_file_has_its_own_code() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        assert_eq!(code_of(folder.path()), ErrorCode::FileIsFolder);
        assert_eq!(
            code_of(&folder.path().join("gone.sif")),
            ErrorCode::FileMissing
        );
        assert_eq!(code_of(&file("text.sif", b"hello")), ErrorCode::NotASif);
        assert_eq!(code_of(&file("empty.sif", b"")), ErrorCode::NotASif);
        assert_eq!(code_of(&file("long.sif", &[0; 4096])), ErrorCode::NotASif);
        let mut cut = vec![0; 64];
        cut[32..41].copy_from_slice(b"SIF_MAGIC");
        assert_eq!(code_of(&file("cut.sif", &cut)), ErrorCode::SifDamaged);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_read_says_so() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locked.sif");
        fs::write(&path, b"x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(&path).is_ok() {
            println!("skipped: this user may read everything");
            return;
        }
        assert_eq!(code_of(&path), ErrorCode::FileUnreadable);
    }
}
