//! A copy that shares its blocks with the original until one of them is changed.

use std::fs::File;
use std::io;

/// Makes `to` hold the bytes of `from` without copying them, where the file system can. Blocks.
#[cfg(target_os = "linux")]
pub(crate) fn clone_file(from: &File, to: &File) -> io::Result<()> {
    Ok(rustix::fs::ioctl_ficlone(to, from)?)
}

/// Other systems clone only into files that are not there yet, and are left with copying.
#[cfg(not(target_os = "linux"))]
pub(crate) fn clone_file(_from: &File, _to: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
