//! `logout`.

use serde::Serialize;
use sifter_contract::Api as _;
use sifter_contract::requests::AccountRef;

use super::Call;
use crate::failure::Failure;
use crate::session::usage;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedOut {
    server: String,
    /// Who was signed in; nobody is as good.
    login: Option<String>,
}

pub(super) async fn run(call: &Call<'_>) -> Result<(), Failure> {
    if call.options.token_file.is_some() {
        return Err(usage(
            "a token file is not signed in, so there is nothing to sign out of",
        ));
    }
    let done = call
        .with(None, async |session| {
            let account = session.server.account.clone();
            if let Some(account) = &account {
                let account_id = account.id.clone();
                session
                    .core()
                    .account_sign_out(AccountRef { account_id })
                    .await?;
            }
            Ok(SignedOut {
                server: session.server.host.clone(),
                login: account.map(|account| account.login),
            })
        })
        .await?;
    call.output.result(&done, || match &done.login {
        Some(login) => format!("{login} is signed out of {}", done.server),
        None => format!("Nobody was signed in to {}", done.server),
    })
}
