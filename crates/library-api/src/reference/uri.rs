//! The other grammar: references as URIs (RFC 3986), as the official library package and its build
//! client read them. Names are not checked here. Used where a reference comes from that side of the
//! field (build requests, conformance tests); everywhere else [`LibraryRef`](super::LibraryRef).

use std::fmt;

use super::{MAX_REF_LEN, RefError};
use crate::host::Host;

/// A reference split by the URI grammar. No tag means no tag: there is no default.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UriRef {
    /// The host after `//`, if any.
    pub host: Option<Host>,
    /// The path without its first `/`; never empty.
    pub path: String,
    /// The tags, in order, possibly none.
    pub tags: Vec<String>,
}

pub(super) fn check_characters(text: &str) -> Result<(), RefError> {
    if text.len() > MAX_REF_LEN {
        return Err(RefError::TooLong);
    }
    if text
        .chars()
        .any(|character| character.is_control() || character.is_whitespace())
    {
        return Err(RefError::Malformed);
    }
    Ok(())
}

/// Refuses what a URI may have and a reference may not. Fragment before query before user, the order
/// in which a URI is taken apart.
pub(super) fn check_no_extras(text: &str) -> Result<(), RefError> {
    if text.contains('#') {
        return Err(RefError::Fragment);
    }
    if text.contains('?') {
        return Err(RefError::Query);
    }
    if text.contains('@') {
        return Err(RefError::User);
    }
    Ok(())
}

impl UriRef {
    /// Reads a reference by the strict grammar.
    ///
    /// # Errors
    /// The [`RefError`] of the first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, RefError> {
        check_characters(text)?;
        if text.starts_with(':') {
            return Err(RefError::Malformed);
        }
        let rest = text.strip_prefix("library:").ok_or(RefError::Scheme)?;
        check_no_extras(rest)?;
        let (host, path) = match rest.strip_prefix("//") {
            None => (None, rest),
            Some(rest) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = match host {
                    "" => None,
                    host => Some(host.parse().map_err(|_| RefError::Host)?),
                };
                (host, path)
            }
        };
        // With an authority the path's own first slash is gone already.
        let path = if rest.starts_with("//") {
            path
        } else {
            path.strip_prefix('/').unwrap_or(path)
        };
        if path.matches(':').count() > 1 {
            return Err(RefError::Path);
        }
        let (path, tags) = match path.split_once(':') {
            Some((path, tags)) => (path, tags.split(',').map(str::to_owned).collect()),
            None => (path, Vec::new()),
        };
        if path.is_empty() {
            return Err(RefError::Path);
        }
        if tags.iter().any(String::is_empty) {
            return Err(RefError::Tags);
        }
        Ok(Self {
            host,
            path: path.to_owned(),
            tags,
        })
    }

    /// Reads a reference whose `library://` may be followed by a path at once: exactly one or three
    /// components have no host.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_ambiguous(text: &str) -> Result<Self, RefError> {
        match text.strip_prefix("library://") {
            Some(rest) if !rest.starts_with('/') && matches!(rest.matches('/').count(), 0 | 2) => {
                Self::parse(&format!("library:///{rest}"))
            }
            _ => Self::parse(text),
        }
    }
}

impl fmt::Display for UriRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Some(host) => write!(f, "library://{host}/{}", self.path)?,
            None => write!(f, "library:{}", self.path)?,
        }
        if self.tags.is_empty() {
            Ok(())
        } else {
            write!(f, ":{}", self.tags.join(","))
        }
    }
}
