//! Reading an access token from a file. The token goes from here into memory and into requests, nowhere else.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::failure::Failure;
use crate::output::note;

/// Bytes that a token file holds at most.
const LONGEST: u64 = 16 << 10;

/// Reads a token, and warns when others on this computer may read it too.
pub(crate) fn read(path: &Path) -> Result<SecretString, Failure> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    if readable_by_others(&file) {
        note(&format!(
            "Warning: others on this computer may read {shown}. Protect the token with: chmod 600 {shown}"
        ));
    }
    let mut text = String::new();
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    // From here on the buffer is wiped when it is dropped.
    let text = SecretString::from(text);
    read.map_err(|error| unreadable(path, &error))?;
    let token = text.expose_secret().trim();
    let is_token = !token.is_empty()
        && token.len() as u64 <= LONGEST
        && token.chars().all(|c| c.is_ascii_graphic());
    if !is_token {
        return Err(Failure::said(
            "token_file",
            format!("{shown} does not hold a token. Put the token alone on its first line."),
        ));
    }
    Ok(SecretString::from(token))
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure::said(
        "token_file",
        match error.kind() {
            io::ErrorKind::NotFound => {
                format!("The token file {shown} is not there. Check the path.")
            }
            io::ErrorKind::PermissionDenied => {
                format!("The token file {shown} may not be read by you. Check its permissions.")
            }
            io::ErrorKind::InvalidData => {
                format!(
                    "The token file {shown} is not text. Put the token alone on its first line."
                )
            }
            _ => format!("The token file {shown} cannot be read: {error}."),
        },
    )
}

/// Whether others on this computer may read a file.
#[cfg(unix)]
pub(crate) fn readable_by_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // Pipes such as `<(…)` have no readers to fear.
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0)
}

/// Whether others on this computer may read a file; not asked here.
#[cfg(not(unix))]
pub(crate) fn readable_by_others(_file: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        read(&path)
            .map(|token| token.expose_secret().to_owned())
            .map_err(|failure| failure.sentence())
    }

    #[test]
    fn a_token_is_trimmed_and_bounded() {
        assert_eq!(read_text(b"  abc.def-1 \r\n").unwrap(), "abc.def-1");
        for wrong in [
            &b""[..],
            b"\n",
            b"two words",
            b"one\ntwo",
            b"\xff\xfe",
            &[b'x'; 20_000],
        ] {
            let sentence = read_text(wrong).unwrap_err();
            assert!(!sentence.contains("two"), "{sentence}");
        }
    }
}
