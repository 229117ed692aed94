//! Ids that a library gives to its rows. Opaque: Sylabs Cloud uses 24 hexadecimal digits, Hinkskalle
//! small numbers, the local library UUIDs.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::lenient;

/// The longest id that is put into a request, in bytes.
pub const MAX_ID_LEN: usize = 128;

macro_rules! id_type {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        ///
        /// Empty in the body of a create request. Text from the network: ask
        /// [`is_usable`](Self::is_usable) before putting it into a path.
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            /// Keeps an id as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the row has no id yet.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// Whether the id can be one segment of a path: not empty, at most [`MAX_ID_LEN`] bytes,
            /// only letters, digits and `-` `_` `.`, and not made of dots alone.
            #[must_use]
            pub fn is_usable(&self) -> bool {
                is_usable(&self.0)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({:?})"), self.0)
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::text_or_number(deserializer).map(Self)
            }
        }
    };
}

id_type! {
    /// The id of an entity.
    EntityId
}
id_type! {
    /// The id of a collection.
    CollectionId
}
id_type! {
    /// The id of a container.
    ContainerId
}
id_type! {
    /// The id of an image row (not its content: that is an [`ImageHash`](crate::ImageHash)).
    ImageId
}

fn is_usable(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MAX_ID_LEN
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && id.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_change_a_path_are_not_usable() {
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a?b",
            "a b",
            "a%2fb",
            "ä",
            &"a".repeat(129),
        ] {
            assert!(!ImageId::from(bad).is_usable(), "{bad:?}");
        }
        for good in [
            "5d0f7b0c9f0b1a0001c0ffee",
            "17",
            "0192f2b4-aaaa-7000-8000-000000000000",
        ] {
            assert!(ImageId::from(good).is_usable(), "{good:?}");
        }
    }

    #[test]
    fn numbers_and_null_are_read_as_ids() {
        assert_eq!(
            serde_json::from_str::<ImageId>("17").unwrap(),
            ImageId::from("17")
        );
        assert_eq!(
            serde_json::from_str::<ImageId>("null").unwrap(),
            ImageId::default()
        );
        assert!(serde_json::from_str::<ImageId>("{}").is_err());
    }
}
