//! Asking a library whether a registry stands behind it, and for the token to use there.

use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sifter_library_api::{ApiError, LibraryRef};
use tokio::sync::Mutex;
use url::Url;

use super::repository::OciRepository;
use crate::client::{Call, LibraryClient};
use crate::discovery::Endpoints;
use crate::error::Error;
use crate::http::body;
use crate::location;
use crate::origin::Origin;
use crate::token::{BoxFuture, TokenError, TokenSource};

/// The longest repository name that is used (OCI distribution specification, pulling manifests).
const MAX_NAME_LEN: usize = 255;
/// The longest token that is used, in bytes: it has to fit into a header.
const MAX_TOKEN_LEN: usize = 16 << 10;

/// What a registry is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OciAccess {
    /// Reading.
    Pull,
    /// Reading and writing.
    Push,
}

impl OciAccess {
    const fn types(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "pull,push",
        }
    }
}

/// What a library answers: where the images of a container are, and the token for them.
struct Grant {
    base: Url,
    name: String,
    token: SecretString,
}

impl LibraryClient {
    /// Where the registry keeps the container of `reference`; `None` for a library without one, as
    /// most are.
    ///
    /// A refusal that says nothing about the account (404, 405, 501 and the other 4xx), and the page
    /// that a web application shows for every address, mean "without one". Failures that may pass are
    /// failures: what was begun in the registry must not go on elsewhere because of one.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] and [`Error::Forbidden`] as the library says; [`Error::Address`] for a
    /// registry that may not be used; any other [`Error`].
    pub async fn oci_repository(
        &self,
        reference: &LibraryRef,
        access: OciAccess,
    ) -> Result<Option<OciRepository>, Error> {
        let namespace = reference.path();
        let Some(grant) = self.grant(&namespace, access).await? else {
            return Ok(None);
        };
        let Grant { base, name, token } = grant;
        let tokens = RegistryTokens {
            library: self.clone(),
            namespace,
            access,
            base: base.clone(),
            name: name.clone(),
            token: Mutex::new(token),
        };
        let endpoints = Endpoints::of_library(base);
        let registry = Self::new(self.http().clone(), endpoints, Arc::new(tokens))?;
        Ok(Some(OciRepository::new(registry, name)))
    }

    async fn grant(&self, namespace: &str, access: OciAccess) -> Result<Option<Grant>, Error> {
        let query = [
            ("accessTypes", access.types()),
            ("mapped", "1"),
            ("namespace", namespace),
        ];
        let url = self.url("v1/oci-redirect", &query);
        let response = self.send(Call::get(url)).await?;
        if response.status() != StatusCode::OK {
            return not_offered(body::failure(response).await);
        }
        let bytes = body::read_bounded(response, body::MAX_JSON).await?;
        // Read by hand: an error of the parser would quote the token.
        let Ok(Value::Object(answer)) = serde_json::from_slice(&bytes) else {
            return Ok(None);
        };
        if answer.contains_key("error") {
            let code = ApiError::find_in(&bytes).map_or(0, |error| error.code);
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::NOT_FOUND);
            return not_offered(Error::from_answer(status, None, &bytes));
        }
        let text = |key| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = match text("name") {
            "" => namespace,
            name => name,
        };
        if !is_repository(name) {
            return Err(Error::invalid(
                "the registry's repository has no usable name",
            ));
        }
        let token = text("token");
        if token.len() > MAX_TOKEN_LEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid("the registry's token cannot be used"));
        }
        Ok(Some(Grant {
            base: self.registry_base(text("url"))?,
            name: name.to_owned(),
            token: SecretString::from(token),
        }))
    }
}

impl LibraryClient {
    /// Where the registry is: where a person says, else where the library does.
    fn registry_base(&self, named: &str) -> Result<Url, Error> {
        let mut base = match &self.registry_at {
            Some(entered) => Url::clone(entered),
            // Relative to nothing: a registry has an address of its own.
            None if Url::parse(named).is_err() => {
                return Err(Error::invalid("the registry has no usable address"));
            }
            None => location::onward(self.http(), &self.endpoints().library, named)?,
        };
        base.set_query(None);
        Ok(base)
    }
}

/// What a refusal means: no registry, or a failure.
fn not_offered(error: Error) -> Result<Option<Grant>, Error> {
    match error {
        error if error.is_unsupported() => Ok(None),
        Error::Rejected { .. }
        | Error::Conflict(_)
        | Error::QuotaExceeded(_)
        | Error::DamagedOnArrival(_)
        | Error::OciImageInstead => Ok(None),
        other => Err(other),
    }
}

/// Whether a name can be put into a path as it is.
fn is_repository(name: &str) -> bool {
    let is_segment = |segment: &str| {
        !segment.is_empty()
            && segment != "."
            && segment != ".."
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    name.len() <= MAX_NAME_LEN && name.split('/').all(is_segment)
}

/// The token of one repository. Another one is asked for when it is refused.
struct RegistryTokens {
    library: LibraryClient,
    namespace: String,
    access: OciAccess,
    base: Url,
    name: String,
    token: Mutex<SecretString>,
}

/// A registry that is another one all of a sudden, or gone.
#[derive(Debug, thiserror::Error)]
#[error("the library does not name this registry any more")]
struct Moved;

impl RegistryTokens {
    fn is_own(&self, origin: &Origin) -> bool {
        Origin::of(&self.base).as_ref() == Some(origin)
    }

    async fn renew(&self) -> Result<SecretString, TokenError> {
        match self.library.grant(&self.namespace, self.access).await {
            Ok(Some(grant)) if grant.base == self.base && grant.name == self.name => {
                Ok(grant.token)
            }
            Ok(_) => Err(TokenError::Unavailable(Moved.into())),
            Err(Error::Unauthorized | Error::ScopeMissing { .. }) => Err(TokenError::SignInNeeded),
            Err(Error::Token(error)) => Err(error),
            Err(error) => Err(TokenError::Unavailable(error.into())),
        }
    }
}

impl TokenSource for RegistryTokens {
    fn bearer<'a>(
        &'a self,
        origin: &'a Origin,
        _life: Duration,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async move {
            let token = self.token.lock().await;
            let known = self.is_own(origin) && !token.expose_secret().is_empty();
            Ok(known.then(|| token.clone()))
        })
    }

    fn refresh_after_401<'a>(
        &'a self,
        origin: &'a Origin,
        rejected: &'a SecretString,
    ) -> BoxFuture<'a, Result<Option<SecretString>, TokenError>> {
        Box::pin(async move {
            if !self.is_own(origin) {
                return Ok(None);
            }
            // Held while asking, so that requests that are refused together ask once.
            let mut token = self.token.lock().await;
            if token.expose_secret() == rejected.expose_secret() {
                *token = self.renew().await?;
            }
            let another = token.expose_secret() != rejected.expose_secret();
            Ok(another.then(|| token.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_a_plain_path() {
        for good in ["a", "library/default/alpine", "u/c/img_1.2-x"] {
            assert!(is_repository(good), "{good}");
        }
        let long = "a".repeat(256);
        for bad in [
            "", "/a", "a/", "a//b", "a/../b", ".", "a?b", "a#b", "a:b", "ä", "a b", &long,
        ] {
            assert!(!is_repository(bad), "{bad}");
        }
    }
}
