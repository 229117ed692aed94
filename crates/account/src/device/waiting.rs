//! Asking whether the person has entered the code, as often as the server wants it.

use std::time::Duration;

use http::StatusCode;
use secrecy::ExposeSecret as _;
use sifter_openid::{ProviderTokens, token_answer};
use url::Url;

use super::{INTERVAL, Pending};
use crate::error::{Error, refusal};
use crate::grants::{CLIENT_ID, first_grant};
use crate::metadata::Metadata;
use crate::secret::Grant;
use crate::transport::{Answer, Http, HttpError};

/// Longest wait after connections that failed.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a question brought.
pub(super) enum Told<T> {
    Wait,
    SlowDown,
    Granted(T),
}

impl Pending {
    /// Asks until the person has decided or the code has expired.
    pub(crate) async fn wait(&self, http: &Http, metadata: &Metadata) -> Result<Grant, Error> {
        self.ask(http, &metadata.token, CLIENT_ID, first_grant)
            .await
    }

    /// The same at a provider.
    pub(crate) async fn wait_at(
        &self,
        http: &Http,
        token: &Url,
        client_id: &str,
    ) -> Result<ProviderTokens, Error> {
        let read = |body: &[u8]| {
            token_answer(true, body).map_err(|_| Error::BadResponse {
                what: "the token answer",
            })
        };
        self.ask(http, token, client_id, read).await
    }

    /// Asks the token endpoint `token`; `read` makes something of the body that grants.
    async fn ask<T>(
        &self,
        http: &Http,
        token: &Url,
        client_id: &str,
        read: impl Fn(&[u8]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let form = [
            ("grant_type", GRANT_TYPE),
            ("device_code", self.secret.expose_secret()),
            ("client_id", client_id),
        ];
        let ask = || async {
            let answer = http.token_answer(token, &form).await;
            answer.map(|answer| understand(&answer, &read))
        };
        self.wait_for(ask).await
    }

    pub(super) async fn wait_for<T, F>(&self, ask: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<Result<Told<T>, Error>, HttpError>>,
    {
        let mut interval = self.interval;
        let mut pause = interval;
        loop {
            if tokio::time::timeout_at(self.until, tokio::time::sleep(pause))
                .await
                .is_err()
            {
                return Err(Error::TimedOut);
            }
            let asked = tokio::time::timeout_at(self.until, ask()).await;
            match asked.map_err(|_| Error::TimedOut)? {
                Ok(Ok(Told::Granted(grant))) => return Ok(grant),
                Ok(Ok(Told::Wait)) => pause = interval,
                Ok(Ok(Told::SlowDown)) => {
                    interval += INTERVAL;
                    pause = interval;
                }
                Ok(Err(error)) => return Err(error),
                // The person may be about to decide; a broken connection must not end that.
                Err(HttpError::Transport(_) | HttpError::TimedOut) => {
                    pause = (pause * 2).min(LONGEST_WAIT.max(interval));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

pub(super) fn understand<T>(
    answer: &Answer,
    read: impl FnOnce(&[u8]) -> Result<T, Error>,
) -> Result<Told<T>, Error> {
    if answer.status == StatusCode::OK {
        return read(&answer.body).map(Told::Granted);
    }
    // A server that is being restarted has not decided anything.
    if answer.status.is_server_error() {
        return Ok(Told::Wait);
    }
    match refusal(&answer.body).as_str() {
        "authorization_pending" => Ok(Told::Wait),
        "slow_down" => Ok(Told::SlowDown),
        "expired_token" => Err(Error::TimedOut),
        reason @ "access_denied" => Err(Error::Denied {
            reason: reason.to_owned(),
        }),
        reason => Err(Error::ServerRejected {
            reason: reason.to_owned(),
        }),
    }
}
