//! The numbers SIF stores for types and formats, and the words siftool prints for them.

use std::fmt;

/// Declares an enumeration over a stored `i32`, which keeps numbers it does not know.
macro_rules! coded {
    (
        $(#[$outer:meta])*
        $name:ident else $unknown:literal {
            $($(#[$inner:meta])* $variant:ident = $code:literal => $word:literal,)+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$inner])* $variant,)+
            /// A number this crate has no name for.
            Other(i32),
        }

        impl $name {
            /// Reads the stored number.
            pub fn from_code(code: i32) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    other => Self::Other(other),
                }
            }

            /// The stored number.
            pub fn code(self) -> i32 {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Other(code) => code,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $word,)+
                    Self::Other(_) => $unknown,
                })
            }
        }
    };
}

coded! {
    /// What a data object holds.
    DataType else "Unknown" {
        /// The definition file the image was built from.
        Definition = 0x4001 => "Def.FILE",
        /// Environment variables; no current tool writes them.
        Environment = 0x4002 => "Env.Vars",
        /// Labels; no current tool writes them.
        Labels = 0x4003 => "JSON.Labels",
        /// A file system.
        Partition = 0x4004 => "FS",
        /// A signature over other objects.
        Signature = 0x4005 => "Signature",
        /// A JSON document, known by its name.
        GenericJson = 0x4006 => "JSON.Generic",
        /// Anything.
        Generic = 0x4007 => "Generic/Raw",
        /// A wrapped volume key and the like.
        CryptoMessage = 0x4008 => "Cryptographic Message",
        /// A bill of materials.
        Sbom = 0x4009 => "SBOM",
        /// The OCI index that makes the image an OCI-SIF.
        OciRootIndex = 0x400A => "OCI.RootIndex",
        /// An OCI manifest, configuration or layer.
        OciBlob = 0x400B => "OCI.Blob",
    }
}

coded! {
    /// The file system in a partition.
    FsType else "Unknown" {
        /// Squashfs, the read-only root file system of nearly every image.
        Squashfs = 1 => "Squashfs",
        /// Ext3, writable, today only for overlays.
        Ext3 = 2 => "Ext3",
        /// An archive of immutable objects.
        Archive = 3 => "Archive",
        /// Unstructured bytes.
        Raw = 4 => "Raw",
        /// A LUKS2 volume that holds squashfs.
        EncryptedSquashfs = 5 => "Encrypted squashfs",
        /// Apptainer's encryption without root: gocryptfs over squashfs.
        GocryptfsSquashfs = 6 => "Gocryptfs squashfs",
    }
}

impl FsType {
    /// Whether the content needs a key to be read.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::EncryptedSquashfs | Self::GocryptfsSquashfs)
    }
}

coded! {
    /// What a partition is for.
    PartitionType else "Unknown" {
        /// A root file system.
        System = 1 => "System",
        /// The root file system that runs; an image has at most one.
        PrimarySystem = 2 => "*System",
        /// Data to bind into a container.
        Data = 3 => "Data",
        /// A writable layer.
        Overlay = 4 => "Overlay",
    }
}

coded! {
    /// The hash named in the metadata of a signature.
    HashType else "Unknown" {
        /// SHA-256.
        Sha256 = 1 => "SHA-256",
        /// SHA-384.
        Sha384 = 2 => "SHA-384",
        /// SHA-512.
        Sha512 = 3 => "SHA-512",
        /// BLAKE2s-256.
        Blake2s256 = 4 => "BLAKE2s-256",
        /// BLAKE2b-256.
        Blake2b256 = 5 => "BLAKE2b-256",
    }
}

coded! {
    /// The family of a cryptographic message.
    CryptoFormat else "Unknown" {
        /// OpenPGP.
        OpenPgp = 1 => "OpenPGP",
        /// PEM.
        Pem = 2 => "PEM",
    }
}

coded! {
    /// What a cryptographic message is.
    CryptoMessageType else "Unknown" {
        /// An OpenPGP clear signature.
        ClearSignature = 0x100 => "Clear Signature",
        /// A volume key encrypted with RSA-OAEP.
        RsaOaep = 0x200 => "RSA-OAEP",
    }
}

coded! {
    /// The format of a bill of materials.
    SbomFormat else "unknown" {
        /// CycloneDX, JSON.
        CycloneDxJson = 1 => "cyclonedx-json",
        /// CycloneDX, XML.
        CycloneDxXml = 2 => "cyclonedx-xml",
        /// GitHub dependency snapshot.
        GithubJson = 3 => "github-json",
        /// SPDX, JSON.
        SpdxJson = 4 => "spdx-json",
        /// SPDX, RDF.
        SpdxRdf = 5 => "spdx-rdf",
        /// SPDX, tag and value.
        SpdxTagValue = 6 => "spdx-tag-value",
        /// SPDX, YAML.
        SpdxYaml = 7 => "spdx-yaml",
        /// Syft's own JSON.
        SyftJson = 8 => "syft-json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_name_survive_and_print_as_unknown() {
        let strange = DataType::from_code(0x4123);
        assert_eq!(strange, DataType::Other(0x4123));
        assert_eq!(strange.code(), 0x4123);
        assert_eq!(strange.to_string(), "Unknown");
        assert_eq!(SbomFormat::from_code(-1).to_string(), "unknown");
    }

    #[test]
    fn every_data_type_survives_its_code() {
        for code in 0x4001..=0x400B {
            let known = DataType::from_code(code);
            assert!(!matches!(known, DataType::Other(_)));
            assert_eq!(known.code(), code);
        }
    }
}
