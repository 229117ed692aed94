//! What a library can do, found out by the cheapest safe calls and remembered by the caller.

use semver::Version;
use sifter_library_api::search::SearchResults;
use sifter_library_api::service::{CurrentUser, VersionInfo};
use url::Url;

use crate::client::{ApiLevel, LibraryClient, TokenVerdict, below};
use crate::error::Error;
use crate::http::{IDLE_TIMEOUT, body, pace};

/// Three letters that match as little as possible: the answer is not looked at.
const SEARCH_PROBE: &str = "zzz";

/// Whether a server has a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Support {
    /// It has.
    Yes,
    /// It has not.
    No,
    /// It asks for a sign-in first.
    AfterSignIn,
    /// It could not be found out now.
    Unknown,
}

impl Support {
    fn of<T>(answer: &Result<T, Error>) -> Self {
        match answer {
            Ok(_) => Self::Yes,
            Err(
                Error::Unauthorized
                | Error::Forbidden(_)
                | Error::ScopeMissing { .. }
                | Error::Token(_),
            ) => Self::AfterSignIn,
            Err(error) if error.is_unsupported() => Self::No,
            Err(_) => Self::Unknown,
        }
    }
}

/// What a library can do. Three things can only be seen at work: whether it takes uploads in parts
/// ([`LibraryClient::begin_multipart`] says no without harm), whether it sends ranges
/// ([`DownloadLocation::ranges`](crate::DownloadLocation::ranges)), and whether it keeps images in a registry that its
/// description does not name ([`LibraryClient::oci_repository`] is asked by container).
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// The server's own version, for people.
    pub version: String,
    /// The version of its API, where it says one.
    pub api_version: Option<Version>,
    /// What that version says.
    pub level: ApiLevel,
    /// Whether it lists its entities.
    pub listing: Support,
    /// Whether it searches.
    pub search: Support,
    /// Whether it can check tokens, and what it says about the account's.
    pub token: Option<TokenVerdict>,
    /// The account's user, where the library says.
    pub user: Option<CurrentUser>,
    /// Whether it is an OAuth authorization server (RFC 8414), so that people sign in with a browser.
    pub oauth: Support,
    /// Whether people make and end access tokens there.
    pub access_tokens: Support,
}

impl LibraryClient {
    /// Finds out what the library can do, all questions at once.
    ///
    /// # Errors
    /// [`Error::NotALibrary`] when the version call is answered by something else; any [`Error`] that
    /// keeps the version from being read. The other questions never fail the probe.
    pub async fn probe(&self) -> Result<Capabilities, Error> {
        let (version, listing, search, token, user, oauth, access_tokens) = tokio::join!(
            self.version(),
            self.entities(),
            self.search_probe(),
            self.token_status(),
            self.current_user(),
            self.oauth_probe(),
            self.access_tokens(),
        );
        let (lists, searches) = (Support::of(&listing), Support::of(&search));
        let version = match version {
            Ok(version) => version,
            // Libraries of before 2019 have no such call; what only a library answers tells one from any other
            // server.
            Err(error) if error.is_unsupported() && [lists, searches].contains(&Support::Yes) => {
                VersionInfo::default()
            }
            Err(Error::NotFound | Error::InvalidAnswer { .. } | Error::TooLarge { .. }) => {
                return Err(Error::NotALibrary(self.endpoints().library.to_string()));
            }
            Err(error) => return Err(error),
        };
        Ok(Capabilities {
            level: ApiLevel::of(&version),
            api_version: version.api(),
            version: version.version,
            listing: lists,
            search: searches,
            token: token.unwrap_or_else(|error| {
                tracing::debug!(%error, "the token service does not answer");
                None
            }),
            user: user.unwrap_or_else(|error| {
                tracing::debug!(%error, "the library does not say who the user is");
                None
            }),
            oauth: Support::of(&oauth),
            access_tokens: match access_tokens {
                Ok(None) => Support::No,
                answer => Support::of(&answer),
            },
        })
    }

    async fn search_probe(&self) -> Result<SearchResults, Error> {
        self.get("v1/search", &[("value", SEARCH_PROBE)]).await
    }

    /// Looks for authorization server metadata at the web address, else at the library's origin.
    /// Whether it may be trusted is for the sign-in to check; no token is sent.
    async fn oauth_probe(&self) -> Result<(), Error> {
        let endpoints = self.endpoints();
        let mut issuer: Url = endpoints
            .web
            .clone()
            .unwrap_or_else(|| endpoints.library.clone());
        issuer.set_path("");
        let url = below(&issuer, ".well-known/oauth-authorization-server", &[]);
        let response =
            pace::answer(self.http().reading(&url).await?.get(url), IDLE_TIMEOUT).await?;
        if !response.status().is_success() {
            return Err(body::failure(response).await);
        }
        let bytes = body::read_bounded(response, body::MAX_JSON).await?;
        // A web application answers every path with its page.
        let metadata: Result<serde_json::Value, Error> = body::parse(&bytes);
        match metadata {
            Ok(metadata)
                if metadata
                    .get("issuer")
                    .is_some_and(serde_json::Value::is_string) =>
            {
                Ok(())
            }
            _ => Err(Error::NotFound),
        }
    }
}
