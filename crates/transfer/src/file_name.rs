//! The name of a download, checked once more where the file is made.

use std::ffi::OsStr;
use std::path::Path;

/// Names no longer than this leave room for `.XXXXXXXX.part` within the 255 bytes file systems allow.
const LONGEST: usize = 230;

/// Why a text is no plain file name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Nothing, or a name for a folder (`.` and `..`).
    #[error("the name is empty or names a folder")]
    Empty,
    /// It holds a separator, a NUL or another control character.
    #[error("the name holds a character that no file name may hold")]
    Character,
    /// It is too long for common file systems.
    #[error("the name is longer than {LONGEST} bytes")]
    TooLong,
    /// Windows gives it a meaning of its own, or cuts its end off.
    #[error("the name means something else on Windows")]
    Reserved,
}

/// A checked name: one component, in no way a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName(String);

impl FileName {
    /// Checks `name`. The rules are the same on every system, so that a folder can be shared.
    pub(crate) fn parse(name: &str) -> Result<Self, FileNameError> {
        if name.is_empty() || name == "." || name == ".." {
            return Err(FileNameError::Empty);
        }
        if name.chars().any(|c| c.is_control() || "/\\:".contains(c)) {
            return Err(FileNameError::Character);
        }
        if name.len() > LONGEST {
            return Err(FileNameError::TooLong);
        }
        if name.ends_with(['.', ' ']) || is_device(name) {
            return Err(FileNameError::Reserved);
        }
        Ok(Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The `count`-th name to try when names are taken: `NAME.sif`, `NAME (2).sif`, …
    pub(crate) fn numbered(&self, count: u32) -> String {
        if count <= 1 {
            return self.0.clone();
        }
        let path = Path::new(&self.0);
        match (
            path.file_stem().and_then(OsStr::to_str),
            path.extension().and_then(OsStr::to_str),
        ) {
            (Some(stem), Some(extension)) => format!("{stem} ({count}).{extension}"),
            _ => format!("{} ({count})", self.0),
        }
    }
}

/// Whether a name opens a device on Windows, where the extension does not matter.
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or(name)
        .trim_end()
        .to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") {
        return true;
    }
    ["COM", "LPT"]
        .iter()
        .filter_map(|prefix| stem.strip_prefix(prefix))
        .any(|rest| {
            let mut digits = rest.chars();
            digits
                .next()
                .is_some_and(|c| c.is_ascii_digit() || "¹²³".contains(c))
                && digits.next().is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a29_a_name_that_could_leave_the_folder_is_refused() {
        for name in [
            "",
            ".",
            "..",
            "../x.sif",
            "../../.bashrc",
            "..\\x",
            "a/b.sif",
            "a\\b.sif",
            "c:x.sif",
            "x\0.sif",
            "x.sif\0.exe",
            "x\n",
        ] {
            assert!(
                FileName::parse(name).is_err(),
                "{name:?} is no plain file name"
            );
        }
        assert_eq!(
            FileName::parse(&"x".repeat(231)),
            Err(FileNameError::TooLong)
        );
        assert_eq!(
            FileName::parse(&"x".repeat(5000)),
            Err(FileNameError::TooLong)
        );
    }

    #[test]
    fn a29_names_of_windows_devices_are_refused_and_lookalikes_are_not() {
        for name in ["con", "NUL.sif", "com1.sif", "LPT9", "lpt².sif", "x.", "x "] {
            assert_eq!(
                FileName::parse(name),
                Err(FileNameError::Reserved),
                "{name:?}"
            );
        }
        for name in [
            "console.sif",
            "com10.sif",
            "comx.sif",
            ".hidden.sif",
            "größe (2).sif",
        ] {
            assert!(
                FileName::parse(name).is_ok(),
                "{name:?} is an ordinary name"
            );
        }
    }

    #[test]
    fn the_next_free_name_keeps_the_extension() {
        let name = FileName::parse("tool_1.2.sif").unwrap();
        assert_eq!(name.numbered(1), "tool_1.2.sif");
        assert_eq!(name.numbered(2), "tool_1.2 (2).sif");
        assert_eq!(FileName::parse("tool").unwrap().numbered(3), "tool (3)");
    }
}
