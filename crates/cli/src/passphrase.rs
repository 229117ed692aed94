//! Reading a passphrase from a file. It goes from here into memory and to the key, nowhere else.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::Failure;
use crate::output::note;
use crate::token_file::readable_by_others;

/// Bytes that a passphrase file holds at most.
const LONGEST: u64 = 4 << 10;

/// Reads the first line, without its line end, and warns when others on this computer may read it too.
pub(crate) fn read(path: &Path) -> Result<SecretString, Failure> {
    let shown = path.display();
    let said = |sentence: String| Failure::said("passphrase_file", sentence);
    let unreadable = |error: std::io::Error| {
        said(format!(
            "The passphrase file {shown} cannot be read: {error}. Check its path and permissions."
        ))
    };
    let file = File::open(path).map_err(unreadable)?;
    if readable_by_others(&file) {
        note(&format!(
            "Warning: others on this computer may read {shown}. Protect the passphrase with: chmod 600 {shown}"
        ));
    }
    let mut text = String::new();
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    // From here on the buffer is wiped when it is dropped.
    let text = SecretString::from(text);
    read.map_err(unreadable)?;
    let line = text.expose_secret().lines().next().unwrap_or_default();
    if line.is_empty() || text.expose_secret().len() as u64 > LONGEST {
        return Err(said(format!(
            "{shown} does not hold a passphrase. Put the passphrase alone on its first line."
        )));
    }
    Ok(SecretString::from(line))
}

/// As [`read`], where no file means no passphrase.
pub(crate) fn read_if_named(path: Option<&Path>) -> Result<Option<SecretString>, Failure> {
    path.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_blanks_and_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        let read_text = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read(&path).map(|passphrase| passphrase.expose_secret().to_owned())
        };
        assert_eq!(
            read_text(" correct horse \r\nbattery\n").unwrap(),
            " correct horse "
        );
        assert!(read_text("").is_err() && read_text("\nx").is_err());
        assert!(read_text(&"x".repeat(5000)).is_err());
        assert!(read(&folder.path().join("missing")).is_err());
    }
}
