//! `whoami`.

use serde::Serialize;
use sifter_contract::{Quota, Storage};

use super::Call;
use crate::failure::Failure;
use crate::format::size;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    server: String,
    library_url: String,
    login: String,
    display: String,
    /// In the keychain, or only for this call.
    stored: bool,
    expires: Option<String>,
    quota: Option<Quota>,
}

pub(super) async fn run(call: &Call<'_>) -> Result<(), Failure> {
    let person = call
        .with(None, async |session| {
            // The space used is asked for anew.
            let server = session.refreshed().await?;
            let account = server.account.filter(|account| account.signed_in);
            let account = account.ok_or_else(|| {
                Failure::said(
                    "sign_in_needed",
                    format!(
                        "Nobody is signed in to {}. Run \"sifter-cli login\", or name a token with --token-file.",
                        server.host
                    ),
                )
            })?;
            Ok(Person {
                server: server.host,
                library_url: server.library_url,
                login: account.login,
                display: account.display,
                stored: call.options.token_file.is_none()
                    && account.storage != Storage::SessionOnly,
                expires: account.expires,
                quota: server.quota,
            })
        })
        .await?;
    call.output.result(&person, || {
        let mut text = format!("{} on {}", person.login, person.server);
        match person.quota {
            Some(Quota { used, total: 0 }) => text.push_str(&format!(", {} used", size(used))),
            Some(Quota { used, total }) => {
                text.push_str(&format!(", {} of {} used", size(used), size(total)));
            }
            None => {}
        }
        text
    })
}
