//! Processor architectures: the two-digit codes SIF stores and the names libraries use.

use std::fmt;
use std::str::FromStr;

/// A processor architecture that SIF has a code for.
///
/// Its name is the Go name (`amd64`, `arm64`, …), which is also what the Cloud Library calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Arch {
    /// 32-bit x86.
    I386,
    /// 64-bit x86.
    Amd64,
    /// 32-bit ARM.
    Arm,
    /// 64-bit ARM.
    Arm64,
    /// 64-bit PowerPC, big-endian.
    Ppc64,
    /// 64-bit PowerPC, little-endian.
    Ppc64le,
    /// 32-bit MIPS, big-endian.
    Mips,
    /// 32-bit MIPS, little-endian.
    Mipsle,
    /// 64-bit MIPS, big-endian.
    Mips64,
    /// 64-bit MIPS, little-endian.
    Mips64le,
    /// IBM Z.
    S390x,
    /// 64-bit RISC-V.
    Riscv64,
    /// 64-bit LoongArch.
    Loong64,
}

/// What the three bytes hold when there is no primary partition.
pub(crate) const NO_ARCH: [u8; 3] = *b"00\0";

const TABLE: [(Arch, [u8; 3], &str); 13] = [
    (Arch::I386, *b"01\0", "386"),
    (Arch::Amd64, *b"02\0", "amd64"),
    (Arch::Arm, *b"03\0", "arm"),
    (Arch::Arm64, *b"04\0", "arm64"),
    (Arch::Ppc64, *b"05\0", "ppc64"),
    (Arch::Ppc64le, *b"06\0", "ppc64le"),
    (Arch::Mips, *b"07\0", "mips"),
    (Arch::Mipsle, *b"08\0", "mipsle"),
    (Arch::Mips64, *b"09\0", "mips64"),
    (Arch::Mips64le, *b"10\0", "mips64le"),
    (Arch::S390x, *b"11\0", "s390x"),
    (Arch::Riscv64, *b"12\0", "riscv64"),
    (Arch::Loong64, *b"13\0", "loong64"),
];

impl Arch {
    /// Every architecture SIF has a code for.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(arch, ..)| *arch)
    }

    /// Reads the three bytes stored in a header or a partition; `None` for any unknown code.
    pub fn from_code(code: [u8; 3]) -> Option<Self> {
        TABLE
            .iter()
            .find(|(_, stored, _)| *stored == code)
            .map(|(arch, ..)| *arch)
    }

    /// The three bytes stored in a header or a partition.
    pub fn code(self) -> [u8; 3] {
        self.row().1
    }

    /// The name a library, Go and OCI use, such as `amd64`.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Self, [u8; 3], &'static str) {
        // The table has one row per variant, in the order of the variants.
        TABLE[self as usize]
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that SIF has no architecture code for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("SIF has no code for this architecture")]
pub struct UnknownArch;

impl FromStr for Arch {
    type Err = UnknownArch;

    fn from_str(name: &str) -> Result<Self, UnknownArch> {
        TABLE
            .iter()
            .find(|(_, _, known)| *known == name)
            .map(|(arch, ..)| *arch)
            .ok_or(UnknownArch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_architecture_survives_its_code_and_its_name() {
        assert_eq!(Arch::all().count(), 13);
        for arch in Arch::all() {
            assert_eq!(Arch::from_code(arch.code()), Some(arch));
            assert_eq!(arch.name().parse(), Ok(arch));
            assert_eq!(
                arch.row().0,
                arch,
                "the table follows the order of the variants"
            );
        }
    }

    #[test]
    fn any_other_code_is_unknown() {
        for code in [NO_ARCH, *b"14\0", *b"02 ", *b"\xff\xff\xff", [0; 3]] {
            assert_eq!(Arch::from_code(code), None);
        }
        assert_eq!("x86_64".parse::<Arch>(), Err(UnknownArch));
    }
}
