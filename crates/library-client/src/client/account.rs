//! Who the account is on this library, and how much it may store.

use secrecy::{ExposeSecret, SecretString};
use sifter_library_api::EntityName;
use sifter_library_api::service::{CurrentUser, TokenStatus, VersionInfo};
use sifter_library_api::upload::{API_VERSION_ARCH_TAGS, API_VERSION_UPLOAD_V2, Quota};
use url::Url;

use super::{Call, LibraryClient, below, open_envelope};
use crate::error::Error;
use crate::http::{Http, IDLE_TIMEOUT, body, pace};

/// What a library says about a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenVerdict {
    /// It is good. Some servers say whose it is.
    Valid(TokenStatus),
    /// It is not, or not any more.
    Invalid,
}

/// Asks a token service about a token that is not stored yet: a pasted one, say. The token goes to
/// `service` (the `token` of [`Endpoints`](crate::Endpoints)) and nowhere else.
///
/// # Errors
/// Any [`Error`] but the ones that mean the token is not good.
pub async fn verify_token(
    http: &Http,
    service: &Url,
    token: &SecretString,
) -> Result<TokenVerdict, Error> {
    http.check(service)?;
    let url = below(service, "v1/token-status", &[]);
    let request = http
        .reading(&url)
        .await?
        .get(url)
        .bearer_auth(token.expose_secret());
    let response = pace::answer(request, IDLE_TIMEOUT).await?;
    if !response.status().is_success() {
        return match body::failure(response).await {
            // 404 is what the command lines understand as "bad token"; others answer as usual.
            Error::NotFound
            | Error::Unauthorized
            | Error::Forbidden(_)
            | Error::ScopeMissing { .. } => Ok(TokenVerdict::Invalid),
            error => Err(error),
        };
    }
    // The Cloud Library's body is not specified, so whatever is no status says nothing.
    let bytes = body::read_bounded(response, body::MAX_JSON).await?;
    let status = body::parse::<sifter_library_api::Envelope<TokenStatus>>(&bytes);
    Ok(TokenVerdict::Valid(
        status
            .ok()
            .and_then(|answer| answer.data)
            .unwrap_or_default(),
    ))
}

/// What the version of a library's API says that it can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ApiLevel {
    /// Whether uploads go to addresses that the library hands out.
    pub upload_v2: bool,
    /// Whether tags belong to an architecture. Where not, setting one moves it for all.
    pub arch_tags: bool,
}

impl ApiLevel {
    pub(crate) fn of(version: &VersionInfo) -> Self {
        Self {
            upload_v2: version.api_at_least(API_VERSION_UPLOAD_V2),
            arch_tags: version.api_at_least(API_VERSION_ARCH_TAGS),
        }
    }
}

impl LibraryClient {
    /// What the library's API can do by its version. Libraries of before 2019 have no such call, and can do
    /// nothing of it (Cloud Library API, version).
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn api_level(&self) -> Result<ApiLevel, Error> {
        match self.version().await {
            Ok(version) => Ok(ApiLevel::of(&version)),
            Err(error) if error.is_unsupported() => Ok(ApiLevel::default()),
            Err(error) => Err(error),
        }
    }

    /// The versions of the library and its API.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn version(&self) -> Result<VersionInfo, Error> {
        self.get("version", &[]).await
    }

    /// Whether the account's token is good, asked of the server's token service. `None` when there is
    /// no token service on the library's own origin, or no token.
    ///
    /// # Errors
    /// Any [`Error`] but the ones that mean the token is not good.
    pub async fn token_status(&self) -> Result<Option<TokenVerdict>, Error> {
        let Some(service) = &self.endpoints.token else {
            return Ok(None);
        };
        let Some(origin) = crate::Origin::of(service) else {
            return Ok(None);
        };
        match self.tokens.bearer(&origin, super::TOKEN_LIFE).await? {
            Some(token) => verify_token(&self.http, service, &token).await.map(Some),
            None => Ok(None),
        }
    }

    /// The account's user on this library. `None` when the library has no such call (Hinkskalle) or
    /// nobody is signed in.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn current_user(&self) -> Result<Option<CurrentUser>, Error> {
        let url = self.url("v1/rbac/users/current", &[]);
        let response = self.send(Call::get(url)).await?;
        if !response.status().is_success() {
            return match body::failure(response).await {
                Error::Unauthorized => Ok(None),
                error if error.is_unsupported() => Ok(None),
                error => Err(error),
            };
        }
        let bytes = body::read_bounded(response, body::MAX_JSON).await?;
        // Raw JSON by the protocol, without an envelope.
        let user: CurrentUser = body::parse(&bytes)?;
        Ok((!user.username.is_empty()).then_some(user))
    }

    /// What an entity stores and may store.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn quota(&self, entity: &EntityName) -> Result<Quota, Error> {
        let entity = self.entity(entity).await?;
        Ok(Quota {
            quota_total: entity.quota,
            quota_usage: entity.size,
        })
    }
}

/// `GET /version` of a library that may be none, without a token.
pub(crate) async fn version_at(http: &Http, base: &Url) -> Result<VersionInfo, Error> {
    http.check(base)?;
    let url = below(base, "version", &[]);
    let response = pace::answer(http.reading(&url).await?.get(url), IDLE_TIMEOUT).await?;
    let info: Option<VersionInfo> = open_envelope(response).await?;
    info.filter(|info| !info.version.is_empty() || !info.api_version.is_empty())
        .ok_or_else(|| Error::invalid("the answer is empty"))
}
