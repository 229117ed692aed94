//! Paths that name a container or an image, checked before anything looks at them.
//!
//! Names follow the grammar of the library, so what passes here holds no `..`, no slash and nothing a
//! file system or SQL could mistake for something else.

use http::request::Parts;
use http::{HeaderMap, header};
use sifter_library_api::{CollectionName, ContainerName, EntityName, NameError, Tag};

use crate::catalog::containers::Address;
use crate::catalog::images::Target;
use crate::fault::Fault;
use crate::state::AppState;

/// A path `[[entity/]collection/]container:tag-or-hash`; without a colon the tag is `latest`.
pub(crate) fn image(path: &str) -> Result<(Address, Target), Fault> {
    let (path, target) = path.split_once(':').unwrap_or((path, Tag::LATEST));
    let target = match target.parse() {
        Ok(hash) => Target::Hash(hash),
        Err(_) => Target::Tag(name("tag", Tag::new(target))?),
    };
    Ok((container(path)?, target))
}

/// A path of one to three names.
pub(crate) fn container(path: &str) -> Result<Address, Fault> {
    let mut names = path.rsplit('/');
    let last = names.next().unwrap_or_default();
    let container = name("container", ContainerName::new(last))?.into();
    let collection = names
        .next()
        .map(|text| name("collection", CollectionName::new(text)).map(String::from))
        .transpose()?;
    let entity = names
        .next()
        .map(|text| name("entity", EntityName::new(text)).map(String::from))
        .transpose()?;
    if names.next().is_some() {
        return Err(Fault::Invalid("a path has one to three names"));
    }
    Ok(Address {
        entity,
        collection,
        container,
    })
}

fn name<T>(what: &'static str, name: Result<T, NameError>) -> Result<T, Fault> {
    name.map_err(|why| Fault::InvalidName { what, why })
}

/// The address under which this caller reaches the library, without a trailing slash.
///
/// Addresses handed out must have the scheme and host the client used: official clients compare them.
#[derive(Debug, Clone)]
pub(crate) struct Origin(String);

impl Origin {
    /// An absolute address for a path of this server.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl axum::extract::FromRequestParts<AppState> for Origin {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        if let Some(url) = &state.config().public_url {
            return Ok(Self(url.as_str().trim_end_matches('/').to_owned()));
        }
        match host(&parts.headers) {
            Some(host) => Ok(Self(format!("http://{host}"))),
            None => Ok(Self(format!("http://{}", state.local_address()))),
        }
    }
}

/// The `Host` header, when it is a name or address with an optional port and nothing else.
pub(crate) fn host(headers: &HeaderMap) -> Option<http::uri::Authority> {
    let host: http::uri::Authority = headers.get(header::HOST)?.to_str().ok()?.parse().ok()?;
    (!host.as_str().contains('@')).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_three_names_and_a_tag_or_hash() {
        let (address, target) = image("ann/tools/samtools:1.20").unwrap();
        assert_eq!(address.entity.as_deref(), Some("ann"));
        assert_eq!(address.collection.as_deref(), Some("tools"));
        assert_eq!(address.container, "samtools");
        assert!(matches!(target, Target::Tag(tag) if tag.as_str() == "1.20"));
        let (address, target) = image("alpine").unwrap();
        assert_eq!((address.entity, address.collection), (None, None));
        assert!(matches!(target, Target::Tag(tag) if tag.as_str() == "latest"));
        let (_, target) = image(&format!("a/b:sha256.{}", "0a".repeat(32))).unwrap();
        assert!(matches!(target, Target::Hash(_)));
    }

    #[test]
    fn paths_that_leave_the_grammar_are_refused() {
        for path in [
            "",
            "../b/c:t",
            "a/../c:t",
            "a/b/..",
            "a//c",
            "a/b/c/d:t",
            "A/b/c",
            "a/b/c:",
            "a/b/c:..",
            "a/b/c:x/../y",
            "a/b/c:t:u",
            "/a/b",
            "a/b/%2e%2e",
            "a\\b",
            "a/b/c\0",
            "a/b/c:sha256.zz/",
        ] {
            assert!(image(path).is_err(), "{path:?}");
        }
    }
}
