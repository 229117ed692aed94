//! Whether each service that a server names answers as that service.

use std::sync::Arc;

use sifter_account::AccountState;
use sifter_contract::{CheckKind, CheckOutcome, ErrorCode, Seen, SkipReason, UiError};
use sifter_library_client::http::Knock;
use sifter_library_client::{Anonymous, Endpoints, Http, LibraryClient, TokenVerdict};
use url::Url;

use super::Target;
use crate::errors::{self, Place};
use crate::servers::Servers;

/// The longest version that is shown, in characters.
const LONGEST_VERSION: usize = 40;

/// A service to be asked.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) kind: CheckKind,
    pub(super) base: Url,
}

/// The services that a server names, and its sign-in. `known`: it is a connected server, with accounts.
pub(super) fn services_of(endpoints: &Endpoints, known: bool) -> Vec<Asked> {
    let issuer = super::web_of(endpoints);
    let token = endpoints.token.as_ref().unwrap_or(&endpoints.library);
    let all = [
        (CheckKind::Library, Some(&endpoints.library)),
        (CheckKind::Keys, endpoints.keystore.as_ref()),
        (CheckKind::Builder, endpoints.builder.as_ref()),
        (CheckKind::Registry, endpoints.registry.as_ref()),
        (CheckKind::SignIn, Some(&issuer)),
        (CheckKind::Account, known.then_some(token)),
    ];
    all.into_iter()
        .filter_map(|(kind, base)| base.map(|base| (kind, base.clone())))
        .map(|(kind, base)| Asked { kind, base })
        .collect()
}

/// How many services a description names.
pub(super) fn count(endpoints: &Endpoints) -> u32 {
    let others = [
        &endpoints.keystore,
        &endpoints.token,
        &endpoints.builder,
        &endpoints.registry,
    ];
    1 + others.iter().filter(|service| service.is_some()).count() as u32
}

impl Servers {
    pub(super) async fn ask(
        self: &Arc<Self>,
        target: &Target,
        endpoints: &Endpoints,
        asked: &Asked,
    ) -> CheckOutcome {
        let place = Place::of(&target.subject, false);
        let found = match asked.kind {
            CheckKind::Library => library(target, endpoints, &place).await,
            CheckKind::Keys => keys(&target.http, &asked.base, &place).await,
            CheckKind::Builder => builder(&target.http, &asked.base, &place).await,
            CheckKind::Registry => registry(&target.http, &asked.base, &place).await,
            CheckKind::SignIn => return self.sign_in_page(&asked.base, &place).await,
            _ => return self.account_of(target).await,
        };
        match found {
            Ok(seen) => CheckOutcome::Good { seen },
            Err(error) => CheckOutcome::Bad { error },
        }
    }

    /// Whether the server describes its sign-in page, as a sign-in would want it.
    async fn sign_in_page(&self, base: &Url, place: &Place) -> CheckOutcome {
        let mut issuer = base.clone();
        issuer.set_path("");
        match self.accounts.providers(&issuer).await {
            Ok(providers) => CheckOutcome::Good {
                seen: Seen::SignInPage {
                    providers: u32::try_from(providers.len()).unwrap_or(u32::MAX),
                },
            },
            Err(sifter_account::Error::NoSignIn) => skipped(SkipReason::NoSignInPage),
            Err(error) => CheckOutcome::Bad {
                error: errors::account(&error, place),
            },
        }
    }

    /// Whether the token of the account in use is good.
    async fn account_of(self: &Arc<Self>, target: &Target) -> CheckOutcome {
        let Some(server) = &target.server else {
            return skipped(SkipReason::SignedOut);
        };
        let place = Place::of(&server.name, true);
        let account = match self.account_on(&server.id).await {
            Ok(Some(account)) => account,
            Ok(None) => return skipped(SkipReason::SignedOut),
            Err(error) => return CheckOutcome::Bad { error },
        };
        if account.state != AccountState::SignedIn {
            return CheckOutcome::Bad {
                error: errors::sign_in_needed(&place),
            };
        }
        let client = match self.client(server, Some(&account)) {
            Ok(client) => client,
            Err(error) => {
                return CheckOutcome::Bad {
                    error: errors::client(&error, &place),
                };
            }
        };
        match client.token_status().await {
            Ok(Some(TokenVerdict::Valid(_))) => CheckOutcome::Good {
                seen: Seen::SignedIn {
                    login: account.login,
                },
            },
            Ok(Some(TokenVerdict::Invalid)) => CheckOutcome::Bad {
                error: UiError::new(ErrorCode::TokenRefused).with("server", server.name.as_str()),
            },
            Ok(None) => skipped(SkipReason::NoTokenService),
            Err(error) => CheckOutcome::Bad {
                error: errors::client(&error, &place),
            },
        }
    }
}

fn skipped(why: SkipReason) -> CheckOutcome {
    CheckOutcome::Skipped { why }
}

async fn library(target: &Target, endpoints: &Endpoints, place: &Place) -> Result<Seen, UiError> {
    let client = LibraryClient::new(target.http.clone(), endpoints.clone(), Arc::new(Anonymous));
    let client = client.map_err(|error| errors::client(&error, place))?;
    let found = client.probe().await;
    let found = found.map_err(|error| errors::client(&error, place))?;
    Ok(version(found.version))
}

/// A key server of the Cloud Library has a version; any other one has the lookup of HKP, which knows no key of
/// zeros.
pub(crate) async fn keys(http: &Http, base: &Url, place: &Place) -> Result<Seen, UiError> {
    if let Some(seen) = told_version(&knock(http, base, "version", place).await?) {
        return Ok(seen);
    }
    let path = "pks/lookup?op=index&options=mr&search=0x0000000000000000";
    let knock = knock(http, base, path, place).await?;
    let speaks = matches!(knock.status, 200 | 404) && knock.media_type != "text/html";
    if speaks {
        return Ok(Seen::Answers);
    }
    Err(strange(&knock, place))
}

pub(in crate::servers) async fn builder(
    http: &Http,
    base: &Url,
    place: &Place,
) -> Result<Seen, UiError> {
    let knock = knock(http, base, "version", place).await?;
    match told_version(&knock) {
        Some(seen) => Ok(seen),
        None if matches!(knock.status, 401 | 403) => Ok(Seen::Answers),
        None => Err(strange(&knock, place)),
    }
}

/// A registry answers its root, most often with a request to sign in (OCI distribution specification, end-1).
pub(in crate::servers) async fn registry(
    http: &Http,
    base: &Url,
    place: &Place,
) -> Result<Seen, UiError> {
    let knock = knock(http, base, "v2/", place).await?;
    let html = knock.media_type == "text/html";
    match knock.status {
        200 if !html => Ok(Seen::Answers),
        401 if knock.challenges => Ok(Seen::Answers),
        _ => Err(strange(&knock, place)),
    }
}

async fn knock(http: &Http, base: &Url, path: &str, place: &Place) -> Result<Knock, UiError> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url.set_query(Some(query).filter(|query| !query.is_empty()));
    let knocked = http.knock(&url).await;
    knocked.map_err(|error| errors::client(&error, place))
}

/// An answer of something else than what was expected.
fn strange(knock: &Knock, place: &Place) -> UiError {
    let code = if knock.status >= 500 {
        ErrorCode::ServerFault
    } else {
        ErrorCode::InvalidAnswer
    };
    UiError::new(code)
        .with("server", place.server.as_str())
        .with("status", u64::from(knock.status))
        .details(format!(
            "HTTP status {}, {}",
            knock.status, knock.media_type
        ))
}

/// The version in an answer of a service (Cloud Library API, version).
fn told_version(knock: &Knock) -> Option<Seen> {
    if knock.status != 200 {
        return None;
    }
    let answer: serde_json::Value = serde_json::from_slice(&knock.body).ok()?;
    let told = answer.get("data")?.get("version")?.as_str()?;
    Some(version(told.to_owned()))
}

fn version(told: String) -> Seen {
    let visible = told.chars().filter(|c| !c.is_control());
    let version: String = visible.take(LONGEST_VERSION).collect();
    if version.is_empty() {
        Seen::Answers
    } else {
        Seen::Version { version }
    }
}
