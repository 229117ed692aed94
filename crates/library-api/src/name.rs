//! Names of entities, collections and containers, and tags: one grammar, four types.
//!
//! A name is runs of lower-case letters and digits joined by single `.`, `_` or `-`
//! (`[a-z0-9]+([._-][a-z0-9]+)*`), the grammar the command line checks references with. A name that
//! holds can be put into a path or a URL as it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hash::ImageHash;

/// The longest name or tag that is accepted, in bytes. The API states no limit; this is the one OCI
/// registries set for tags, which every library backed by a registry inherits.
pub const MAX_NAME_LEN: usize = 128;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing was given.
    #[error("a name must not be empty")]
    Empty,
    /// More than [`MAX_NAME_LEN`] bytes.
    #[error("a name has at most {MAX_NAME_LEN} characters, this one has {0}")]
    TooLong(usize),
    /// A character outside the grammar; capital letters are the usual case.
    #[error("{0:?} is not allowed in a name: use lower-case letters, digits and single . _ -")]
    Character(char),
    /// A separator at either end, or two in a row.
    #[error("a name must not begin or end with . _ - nor have two of them in a row")]
    Separator,
    /// A tag spelled like an image hash would make references ambiguous.
    #[error("a tag must not look like an image hash")]
    LooksLikeHash,
}

/// Checks `text` against the component grammar.
fn check(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > MAX_NAME_LEN {
        return Err(NameError::TooLong(text.len()));
    }
    let mut after_separator = true;
    for character in text.chars() {
        after_separator = match character {
            'a'..='z' | '0'..='9' => false,
            '.' | '_' | '-' if after_separator => return Err(NameError::Separator),
            '.' | '_' | '-' => true,
            other => return Err(NameError::Character(other)),
        };
    }
    if after_separator {
        Err(NameError::Separator)
    } else {
        Ok(())
    }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $type:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Checks and keeps a name.
            ///
            /// # Errors
            /// [`NameError`] names the rule that the text breaks.
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                let check: fn(&str) -> Result<(), NameError> = $check;
                check(&text)?;
                Ok(Self(text))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
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

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = NameError;

            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

name_type! {
    /// The first component of a full reference: a user or a group.
    EntityName, check
}
name_type! {
    /// The second component of a full reference.
    CollectionName, check
}
name_type! {
    /// The last component of a reference: what holds images and tags.
    ContainerName, check
}
name_type! {
    /// A tag such as `latest` or `22.04`. Never spelled like an image hash.
    Tag, |text| {
        check(text)?;
        if text.parse::<ImageHash>().is_ok() { Err(NameError::LooksLikeHash) } else { Ok(()) }
    }
}

impl Tag {
    /// The tag that a reference without one means.
    pub const LATEST: &'static str = "latest";

    /// The tag `latest`.
    #[must_use]
    pub fn latest() -> Self {
        Self(Self::LATEST.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_grammar_are_accepted() {
        for name in ["abc123", "abc-123", "abc_123", "abc.123", "0", "a-b_c.d"] {
            assert_eq!(
                ContainerName::new(name).map(String::from),
                Ok(name.to_owned())
            );
        }
    }

    #[test]
    fn names_outside_the_grammar_say_what_is_wrong() {
        let cases = [
            ("", NameError::Empty),
            ("abc,123", NameError::Character(',')),
            ("Abc123", NameError::Character('A')),
            ("a/b", NameError::Character('/')),
            ("a\nb", NameError::Character('\n')),
            ("é", NameError::Character('é')),
            ("-abc123", NameError::Separator),
            ("abc.", NameError::Separator),
            ("a..b", NameError::Separator),
            ("..", NameError::Separator),
        ];
        for (text, error) in cases {
            assert_eq!(EntityName::new(text), Err(error), "{text:?}");
        }
        assert_eq!(
            EntityName::new("a".repeat(129)),
            Err(NameError::TooLong(129))
        );
        assert!(EntityName::new("a".repeat(128)).is_ok());
    }

    #[test]
    fn a_tag_never_looks_like_a_hash() {
        let hash = format!("sha256.{}", "ab".repeat(32));
        assert_eq!(Tag::new(hash.clone()), Err(NameError::LooksLikeHash));
        assert!(Tag::new(&hash[..hash.len() - 1]).is_ok());
    }
}
