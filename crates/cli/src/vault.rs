//! The vault of a computer without a keychain, opened for one command: with the passphrase of a file, or with one that
//! is asked for on the terminal.

use secrecy::{ExposeSecret as _, SecretString};
use sifter_app_core::AppCore;
use sifter_contract::{Api as _, ErrorCode, Nothing, VaultState};

use crate::args::Options;
use crate::failure::Failure;
use crate::output::note;
use crate::passphrase;
use crate::terminal;

/// How often a person may mistype a passphrase.
const TRIES: u32 = 3;

/// Opens the vault file. One that is open, or not there, is left as it is.
pub(crate) async fn open(core: &AppCore, options: &Options) -> Result<(), Failure> {
    if core.app_state(Nothing {}).await?.vault != VaultState::Closed {
        return Ok(());
    }
    if let Some(path) = &options.vault_passphrase_file {
        core.open_vault(passphrase::read(path)?).await?;
        return Ok(());
    }
    let mut tries = 1;
    loop {
        let typed = ask("Passphrase of Sifter's vault: ").await?;
        match core.open_vault(typed).await {
            Err(error) if error.code == ErrorCode::VaultPassphraseWrong && tries < TRIES => {
                note("This is not the passphrase of the vault. Try again.");
                tries += 1;
            }
            opened => return Ok(opened.map(drop)?),
        }
    }
}

/// Makes the vault file, with a passphrase that is typed twice.
pub(crate) async fn make(core: &AppCore, options: &Options) -> Result<(), Failure> {
    let passphrase = match &options.vault_passphrase_file {
        Some(path) => passphrase::read(path)?,
        None => {
            note(
                "This computer has no keychain, so the sign-in is kept in a vault: a file that is encrypted with a \
                 passphrase of yours. Nobody can restore it.",
            );
            let first = ask("New passphrase, at least eight characters: ").await?;
            let again = ask("The same once more: ").await?;
            if first.expose_secret() != again.expose_secret() {
                return Err(Failure::said(
                    "vault_passphrase_differs",
                    "The two passphrases are not the same. Nothing was made; run the command again.",
                ));
            }
            first
        }
    };
    core.create_vault(passphrase).await?;
    Ok(())
}

async fn ask(prompt: &'static str) -> Result<SecretString, Failure> {
    terminal::ask_hidden(prompt).await.map_err(|error| {
        Failure::said(
            "vault_closed",
            format!(
                "The passphrase of Sifter's vault could not be asked for on a terminal ({error}). Name a file that holds \
                 it with --vault-passphrase-file, or a token with --token-file."
            ),
        )
    })
}
