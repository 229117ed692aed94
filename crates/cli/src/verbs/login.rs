//! `login`: through the browser, or with the token of a file.

use secrecy::SecretString;
use serde::Serialize;
use sifter_app_core::AppCore;
use sifter_contract::requests::{AccountRef, SignInStart};
use sifter_contract::{
    AccountView, Api as _, AppEvent, ErrorCode, KeychainState, Nothing, ServerView, SignInCode,
    SignInHow, SignInPhase, SignInView, Storage, UiError, VaultState,
};

use super::Call;
use crate::failure::Failure;
use crate::output::note;
use crate::session::{DEFAULT_ADDRESS, Engine, known, token_of_whom};
use crate::token_file;
use crate::vault;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    server: String,
    login: String,
    display: String,
    /// What people call the keychain that holds the sign-in; `vault` for the vault file.
    keychain: String,
    expires: Option<String>,
}

/// `vault` says whether a vault may be made.
pub(super) async fn run(call: &Call<'_>, vault: bool) -> Result<(), Failure> {
    let token = match (&call.options.token_file, &call.options.server) {
        (Some(_), None) => return Err(token_of_whom()),
        (Some(path), Some(_)) => Some(token_file::read(path)?),
        (None, _) => None,
    };
    let engine = Engine::of_this_person(call.options).await?;
    let done = call.stop.or(sign_in(call, &engine, token, vault)).await;
    // Ends a sign-in under way too.
    engine.close().await;
    let done = done?;
    call.output.result(&done, || {
        format!("{} is signed in to {}", done.login, done.server)
    })
}

async fn sign_in(
    call: &Call<'_>,
    engine: &Engine,
    token: Option<SecretString>,
    vault: bool,
) -> Result<SignedIn, Failure> {
    let core = &engine.core;
    // A sign-in that ends with this command is no sign-in; better said before a browser opens.
    let here = core.app_state(Nothing {}).await?;
    match (here.keychain, here.vault) {
        (KeychainState::Absent, VaultState::None) if vault => {
            vault::make(core, call.options).await?;
        }
        (KeychainState::Absent, VaultState::None) => return Err(no_keychain()),
        (KeychainState::Absent, _) => vault::open(core, call.options).await?,
        _ => {}
    }
    let servers = core.server_list(Nothing {}).await?;
    let server = match known(&servers, call.options.server.as_deref()) {
        Some(server) => server,
        None => {
            let address = call.options.server.as_deref().unwrap_or(DEFAULT_ADDRESS);
            engine.connect(address).await?
        }
    };
    let server = match token {
        Some(token) => core.accept_token(&server.id, token).await?,
        None => through_the_browser(core, &server).await?,
    };
    let account = server
        .account
        .ok_or_else(|| UiError::new(ErrorCode::Internal))?;
    match account.storage {
        storage @ (Storage::Keychain { .. } | Storage::Vault) => Ok(SignedIn {
            server: server.host,
            login: account.login,
            display: account.display,
            keychain: match storage {
                Storage::Keychain { name } => name,
                _ => "vault".to_owned(),
            },
            expires: account.expires,
        }),
        Storage::SessionOnly => {
            forget(core, &account).await;
            Err(no_keychain())
        }
    }
}

/// Runs a sign-in to its end; the person acts in the browser meanwhile.
async fn through_the_browser(core: &AppCore, server: &ServerView) -> Result<ServerView, Failure> {
    let mut events = core.watch();
    let start = SignInStart {
        server_id: server.id.clone(),
        how: SignInHow::Browser,
        another: false,
        provider: None,
        scopes: None,
    };
    let started = core.sign_in_start(start).await?;
    let mut now = Some(started.clone());
    let mut told = false;
    loop {
        if let Some(view) = now.take().filter(|view| view.id == started.id) {
            match view.phase {
                SignInPhase::Done => break,
                SignInPhase::Failed => {
                    let error = view
                        .error
                        .unwrap_or_else(|| UiError::new(ErrorCode::Internal));
                    return Err(error.into());
                }
                SignInPhase::Cancelled => return Err(UiError::new(ErrorCode::Cancelled).into()),
                _ => told |= tell(&view, told),
            }
        }
        now = match events.next().await {
            Some(AppEvent::SignIn { sign_in }) => Some(sign_in),
            Some(_) => None,
            None => return Err(UiError::new(ErrorCode::Internal).into()),
        };
    }
    let servers = core.server_list(Nothing {}).await?;
    let signed_in = servers.into_iter().find(|other| other.id == server.id);
    Ok(signed_in.ok_or_else(|| UiError::new(ErrorCode::Internal))?)
}

/// Says once what to do without a browser; the link was printed when one was tried.
fn tell(view: &SignInView, told: bool) -> bool {
    let missing = !told && !view.browser_opened && view.phase == SignInPhase::WaitingForBrowser;
    if let Some(SignInCode { code, page }) = view.code.as_ref().filter(|_| missing) {
        note(&format!(
            "Or open {page} on any device and enter this code there:\n  {code}"
        ));
        return true;
    }
    false
}

async fn forget(core: &AppCore, account: &AccountView) {
    let account_id = account.id.clone();
    // It lies in memory only, and ends with this command in any case.
    let _ = core.account_sign_out(AccountRef { account_id }).await;
}

fn no_keychain() -> Failure {
    Failure::said(
        "no_keychain",
        "This computer has no keychain to keep a sign-in in, and Sifter writes no secret to a plain file. Run \
         \"sifter-cli login --vault\" to keep it in a file that is encrypted with a passphrase, or name a token with \
         --token-file in every call.",
    )
}
