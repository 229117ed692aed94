//! Tokens that people make on a server for scripts and command lines. The text of a new one stays here: the
//! window gets its name, the clipboard its text.

use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret as _, SecretString};
use sifter_account::AccountKind;
use sifter_account::command_line::CommandLine;
use sifter_contract::requests::TokenMake;
use sifter_contract::{ErrorCode, TokenList, TokenRow, UiError};
use sifter_library_api::{AccessTokenInfo, NewAccessToken, WireTime};
use time::{Duration, OffsetDateTime};

use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::errors;
use crate::reminders::ending;
use crate::servers::Session;

/// What a token may do that only fetches.
const READ: &str = "library:read";
/// New tokens whose text is kept at a time; the oldest is forgotten first.
const MOST_KEPT: usize = 8;
/// The longest life that can be asked for, in days: ten years.
const LONGEST: u32 = 3660;
/// A beginning shorter than this would be no proof that two tokens are one.
pub(crate) const SHORTEST_PREFIX: usize = 8;

/// The texts of tokens that were made a moment ago.
#[derive(Debug, Default)]
pub(crate) struct NewTokens(Mutex<Vec<Kept>>);

#[derive(Debug)]
struct Kept {
    server_id: String,
    token_id: String,
    text: SecretString,
}

impl NewTokens {
    fn keep(&self, kept: Kept) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(kept);
        if all.len() > MOST_KEPT {
            all.remove(0);
        }
    }

    fn text(&self, server_id: &str, token_id: &str) -> Option<SecretString> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all
            .iter()
            .find(|kept| kept.server_id == server_id && kept.token_id == token_id);
        found.map(|kept| kept.text.clone())
    }

    fn forget(&self, server_id: &str, token_id: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.server_id != server_id || kept.token_id != token_id);
    }
}

/// What of this computer uses tokens: Sifter itself, and the command lines.
struct Here {
    own: Option<SecretString>,
    command_line: CommandLine,
}

impl Here {
    fn uses(&self, prefix: &str) -> bool {
        let own = self.own.as_ref();
        prefix.len() >= SHORTEST_PREFIX
            && (own.is_some_and(|own| own.expose_secret().starts_with(prefix))
                || self.command_line.has_token_beginning(prefix))
    }
}

impl AppCore {
    /// The tokens of the account in use on a server.
    pub(crate) async fn tokens(&self, server_id: &str) -> Result<TokenList, UiError> {
        let session = self.signed_in_session(server_id).await?;
        let listed = session.client.access_tokens().await;
        let listed = listed
            .map_err(|error| errors::client(&error, &session.place("")))?
            .ok_or_else(|| not_offered(&session))?;
        let here = Here {
            own: self.own_token(&session).await,
            command_line: self.command_line.clone(),
        };
        let can_make = is_sign_in(&session);
        let now = OffsetDateTime::now_utc();
        let rows = move || {
            let rows = listed
                .iter()
                .map(|info| row(info, here.uses(&info.prefix), now));
            rows.collect()
        };
        // The files of the command lines are looked into.
        let tokens = tokio::task::spawn_blocking(rows).await;
        let tokens =
            tokens.map_err(|error| UiError::new(ErrorCode::Internal).details(error.to_string()))?;
        Ok(TokenList { tokens, can_make })
    }

    /// Makes a token and keeps its text until it has been seen to.
    pub(crate) async fn make_token(&self, wanted: TokenMake) -> Result<TokenRow, UiError> {
        let session = self.signed_in_session(&wanted.server_id).await?;
        let name = wanted.name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            let reason = "a token needs a name of 1 to 100 characters";
            return Err(errors::invalid_text("token", name, reason));
        }
        if wanted
            .days
            .is_some_and(|days| !(1..=LONGEST).contains(&days))
        {
            return Err(errors::invalid("a token lives for a day to ten years"));
        }
        let now = OffsetDateTime::now_utc();
        let request = NewAccessToken {
            name: name.to_owned(),
            scopes: wanted
                .read_only
                .then(|| READ.to_owned())
                .into_iter()
                .collect(),
            expires_at: WireTime::from(wanted.days.map(|days| now + Duration::days(days.into()))),
        };
        let made = session.client.make_access_token(&request).await;
        let made = made.map_err(|error| errors::client(&error, &session.place("")))?;
        let row = row(&made.info, false, now);
        self.new_tokens.keep(Kept {
            server_id: wanted.server_id,
            token_id: made.info.id,
            text: made.token,
        });
        Ok(row)
    }

    /// Puts the text of a new token on the clipboard.
    pub(crate) fn copy_token(&self, server_id: &str, token_id: &str) -> Result<(), UiError> {
        let text = self.new_tokens.text(server_id, token_id);
        let text = text.ok_or_else(|| errors::invalid("the text of this token is not kept"))?;
        self.lend_to_clipboard(text)
    }

    /// Forgets the text of a new token.
    pub(crate) fn forget_token(&self, server_id: &str, token_id: &str) {
        self.new_tokens.forget(server_id, token_id);
    }

    /// Ends a token.
    pub(crate) async fn revoke_token(
        &self,
        server_id: &str,
        token_id: &str,
    ) -> Result<(), UiError> {
        let session = self.signed_in_session(server_id).await?;
        let ended = session.client.end_access_token(token_id).await;
        ended.map_err(|error| errors::client(&error, &session.place("")))?;
        self.new_tokens.forget(server_id, token_id);
        Ok(())
    }

    /// A session that has an account.
    pub(crate) async fn signed_in_session(&self, server_id: &str) -> Result<Session, UiError> {
        let session = self.servers.session(server_id).await?;
        if session.account.is_none() {
            return Err(errors::sign_in_needed(&session.place("")));
        }
        Ok(session)
    }

    /// The text of the token that the account itself is, where it is one.
    async fn own_token(&self, session: &Session) -> Option<SecretString> {
        let account = session.account.as_ref()?;
        if account.kind != AccountKind::Token {
            return None;
        }
        self.accounts
            .access_token(account.id, std::time::Duration::ZERO)
            .await
            .ok()
    }
}

pub(crate) fn not_offered(session: &Session) -> UiError {
    UiError::new(ErrorCode::NotOffered)
        .with("server", session.server.name.as_str())
        .with("what", "tokens")
}

fn is_sign_in(session: &Session) -> bool {
    let account = session.account.as_ref();
    account.is_some_and(|account| account.kind == AccountKind::SignIn)
}

fn row(info: &AccessTokenInfo, here: bool, now: OffsetDateTime) -> TokenRow {
    let time = |time: WireTime| time.get().and_then(rfc3339);
    TokenRow {
        id: info.id.clone(),
        name: info.name.chars().take(200).collect(),
        prefix: info.prefix.chars().take(32).collect(),
        read_only: info.scopes.iter().all(|scope| scope == READ) && !info.scopes.is_empty(),
        created: time(info.created_at),
        last_used: time(info.last_used_at),
        expires: time(info.expires_at),
        ending: info.expires_at.get().and_then(|end| ending(end, now)),
        here,
    }
}
