//! Importing the accounts of the command lines, one by one: the token is checked by its server before it is kept,
//! and the file it comes from stays as it is.

use sifter_account::command_line::{FoundItem, Program, Source};
use sifter_contract::{ImportItem, ImportList, ImportSource, ImportTrouble, ServerView, UiError};

use super::apart;
use crate::app::AppCore;

impl AppCore {
    /// What can be imported.
    pub(crate) async fn find_imports(&self) -> Result<ImportList, UiError> {
        let files = self.command_line.clone();
        let found = apart(move || files.found()).await?;
        let servers = self.servers.views().await;
        let signed_in = |item: &FoundItem| {
            let host = item.address.split('/').next().unwrap_or_default();
            servers.iter().any(|server| {
                let account = server.account.as_ref();
                server.host == host && account.is_some_and(|account| account.signed_in)
            })
        };
        let items = found.items.iter().map(|item| ImportItem {
            id: item.id.as_str().to_owned(),
            source: source(item.source),
            path: self.shown_path(&item.path),
            name: short(&item.name),
            host: short(&item.address),
            login: item.login.as_deref().map(short),
            has_token: item.has_secret,
            helper: item.helper.as_deref().map(short),
            plain_http: item.insecure,
            signed_in: signed_in(item),
        });
        let troubles = found.problems.iter().map(|error| ImportTrouble {
            path: self.shown_path(&error.path),
            error: self.file_error(error),
        });
        Ok(ImportList {
            items: items.collect(),
            troubles: troubles.collect(),
        })
    }

    /// Connects the server of an item and takes its token.
    pub(crate) async fn take_import(
        &self,
        item_id: &str,
        allow_http: bool,
    ) -> Result<ServerView, UiError> {
        let credential = self.command_line.credential(item_id).await;
        let credential = credential.map_err(|error| self.command_line_error(&error))?;
        let scheme = if credential.insecure { "http" } else { "https" };
        let address = format!("{scheme}://{}", credential.address);
        // Whatever answers there has to be a library before it hears of the token.
        let server_id = self
            .servers
            .connect(&address, allow_http && credential.insecure)
            .await?;
        match credential.secret {
            Some(token) => self.accept_token(&server_id, token).await,
            None => self.server_view(&server_id).await,
        }
    }
}

fn source(source: Source) -> ImportSource {
    match source {
        Source::Program(Program::Singularity) => ImportSource::Singularity,
        Source::Program(Program::Apptainer) => ImportSource::Apptainer,
        Source::Program(Program::TokenFile) => ImportSource::TokenFile,
        Source::Docker => ImportSource::Docker,
    }
}

/// What a file says, fit for a row.
fn short(text: &str) -> String {
    let visible = text.chars().filter(|letter| !letter.is_control());
    visible.take(120).collect()
}
