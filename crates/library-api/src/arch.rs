//! Architecture names, spelled as Go spells them (the library's `arch` parameter and `archTags` keys).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An architecture a SIF can name. The order is that of the SIF header codes `01` to `13`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each variant is the architecture it is named after"
)]
pub enum Arch {
    I386,
    Amd64,
    Arm,
    Arm64,
    Ppc64,
    Ppc64le,
    Mips,
    Mipsle,
    Mips64,
    Mips64le,
    S390x,
    Riscv64,
    Loong64,
}

/// A text is none of the architecture names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown architecture {0:?}")]
pub struct UnknownArch(String);

impl Arch {
    /// Every architecture, in the order of the SIF header codes.
    pub const ALL: [Self; 13] = [
        Self::I386,
        Self::Amd64,
        Self::Arm,
        Self::Arm64,
        Self::Ppc64,
        Self::Ppc64le,
        Self::Mips,
        Self::Mipsle,
        Self::Mips64,
        Self::Mips64le,
        Self::S390x,
        Self::Riscv64,
        Self::Loong64,
    ];

    /// The Go name, as it travels on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::I386 => "386",
            Self::Amd64 => "amd64",
            Self::Arm => "arm",
            Self::Arm64 => "arm64",
            Self::Ppc64 => "ppc64",
            Self::Ppc64le => "ppc64le",
            Self::Mips => "mips",
            Self::Mipsle => "mipsle",
            Self::Mips64 => "mips64",
            Self::Mips64le => "mips64le",
            Self::S390x => "s390x",
            Self::Riscv64 => "riscv64",
            Self::Loong64 => "loong64",
        }
    }

    /// The architecture this program was built for: what a pull without `--arch` asks for.
    /// `None` on a machine no SIF can name.
    #[must_use]
    pub fn of_this_machine() -> Option<Self> {
        Some(match std::env::consts::ARCH {
            "x86" => Self::I386,
            "x86_64" => Self::Amd64,
            "arm" => Self::Arm,
            "aarch64" => Self::Arm64,
            "powerpc64" if cfg!(target_endian = "little") => Self::Ppc64le,
            "powerpc64" => Self::Ppc64,
            "s390x" => Self::S390x,
            "riscv64" => Self::Riscv64,
            "loongarch64" => Self::Loong64,
            _ => return None,
        })
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Arch {
    type Err = UnknownArch;

    fn from_str(text: &str) -> Result<Self, UnknownArch> {
        Self::ALL
            .into_iter()
            .find(|arch| arch.as_str() == text)
            .ok_or_else(|| UnknownArch(text.chars().take(32).collect()))
    }
}

impl Serialize for Arch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Arch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for arch in Arch::ALL {
            assert_eq!(arch.as_str().parse(), Ok(arch));
        }
        assert!("x86_64".parse::<Arch>().is_err());
        assert!("AMD64".parse::<Arch>().is_err());
    }
}
