//! Signing in by a code that the person enters on another device (RFC 8628): for computers without a browser.

mod waiting;

#[cfg(test)]
mod tests;

use std::time::Duration;

use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sifter_openid::ProviderKind as Whose;
use tokio::time::Instant;
use url::Url;

use crate::error::{Error, refusal};
use crate::grants::CLIENT_ID;
use crate::metadata::Metadata;
use crate::transport::{Http, is_allowed};

/// How long to wait between two questions when the server does not say, and what `slow_down` adds.
const INTERVAL: Duration = Duration::from_secs(5);
/// What a server may ask for: less would be a flood, more would look like a standstill.
const INTERVALS: std::ops::RangeInclusive<u64> = 1..=60;
/// Longest life of a code that is believed.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);
/// Longest code that a person could type.
const LONGEST_CODE: usize = 32;

/// What the person is shown: a code, and where to enter it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCode {
    /// Eight or so letters.
    pub code: String,
    /// The page, at the server itself.
    pub page: Url,
}

/// A code that waits for its person.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) shown: UserCode,
    /// The page with the code filled in; the page alone where the server's is not to be trusted.
    pub(crate) link: Url,
    pub(crate) until: Instant,
    secret: SecretString,
    interval: Duration,
}

#[derive(Deserialize)]
struct Started {
    device_code: SecretString,
    user_code: String,
    verification_uri: Url,
    #[serde(default)]
    verification_uri_complete: Option<Url>,
    expires_in: u64,
    #[serde(default)]
    interval: Option<u64>,
}

/// Asks for a code.
pub(crate) async fn begin(
    http: &Http,
    metadata: &Metadata,
    scopes: &[String],
) -> Result<Pending, Error> {
    let address = metadata.device.as_ref().ok_or(Error::NoCode)?;
    let started = start(http, address, CLIENT_ID, &scopes.join(" ")).await?;
    check(started, |page| metadata.is_home(page))
}

/// Asks a provider for a code. An empty scope is all that is asked of it.
pub(crate) async fn begin_at(
    http: &Http,
    kind: &Whose,
    device: &Url,
    client_id: &str,
) -> Result<Pending, Error> {
    let started = start(http, device, client_id, "").await?;
    check(started, |page| is_allowed(page) && kind.owns(page))
}

async fn start(http: &Http, address: &Url, client_id: &str, scope: &str) -> Result<Started, Error> {
    let mut form = vec![("client_id", client_id)];
    if !scope.is_empty() {
        form.push(("scope", scope));
    }
    // Straightened: GitHub refuses with status 200.
    let answer = http.token_answer(address, &form).await?;
    if answer.status != StatusCode::OK {
        return Err(Error::ServerRejected {
            reason: refusal(&answer.body),
        });
    }
    serde_json::from_slice(&answer.body).map_err(|_| Error::BadResponse {
        what: "the code to enter",
    })
}

/// People are sent to the server's own pages only.
fn check(started: Started, is_home: impl Fn(&Url) -> bool) -> Result<Pending, Error> {
    let bad = |what| Err(Error::BadResponse { what });
    let Started {
        user_code: code,
        verification_uri: page,
        ..
    } = started;
    let typeable = code.bytes().all(|byte| byte.is_ascii_graphic());
    if !typeable || !(1..=LONGEST_CODE).contains(&code.len()) {
        return bad("the code to enter");
    }
    if !is_home(&page) {
        return Err(Error::UnsafeServer {
            what: "the page for the code is elsewhere",
        });
    }
    if started.device_code.expose_secret().is_empty() || started.expires_in == 0 {
        return bad("the code of this device");
    }
    let filled = (started.verification_uri_complete)
        .filter(|link| link.origin() == page.origin() && is_home(link));
    let life = Duration::from_secs(started.expires_in).min(LONGEST_LIFE);
    let interval = started.interval.unwrap_or(INTERVAL.as_secs());
    Ok(Pending {
        link: filled.unwrap_or_else(|| page.clone()),
        shown: UserCode { code, page },
        until: Instant::now() + life,
        secret: started.device_code,
        interval: Duration::from_secs(interval.clamp(*INTERVALS.start(), *INTERVALS.end())),
    })
}
