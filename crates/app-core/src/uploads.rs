//! Uploads: sheets of files, what sending them would do, and sending them.

mod draft;
mod effects;
mod facts;
mod plan;
mod ways;

use std::path::PathBuf;

use sifter_contract::requests::{Destination, Upload};
use sifter_contract::{DraftSheet, ErrorCode, ImageFacts, UiError, UploadItem};
use sifter_library_api::{Arch, CollectionName, EntityName};
use sifter_library_client::Error;
use sifter_transfer::{AccountKey, PushRequest, ServerKey};

use crate::app::AppCore;
use crate::errors;
use crate::links::pasted_path;
use crate::servers::Session;
pub(crate) use draft::{Drafts, file_name};
pub(crate) use facts::{image_facts, read_facts};

/// Names offered to complete a destination.
const MOST_DESTINATIONS: usize = 20;

impl AppCore {
    /// Makes a sheet of files and reads them.
    pub async fn sheet_of(&self, paths: Vec<PathBuf>) -> DraftSheet {
        let (id, drafts) = self.drafts.add(paths);
        draft::describe(id, drafts).await
    }

    /// Makes a sheet of files; `arch` is the architecture of those images that do not name one.
    pub async fn sheet_for(&self, paths: Vec<PathBuf>, arch: Option<&str>) -> DraftSheet {
        let (id, drafts) = self.drafts.add(paths);
        if let Some(arch) = arch {
            self.drafts.declare_arch(&id, arch);
        }
        draft::describe(id, drafts).await
    }

    /// What the header of an image on this computer says.
    ///
    /// # Errors
    /// Why the file is no image: `file_missing`, `file_is_folder`, `file_unreadable`, `not_a_sif`,
    /// `sif_damaged`.
    pub async fn inspect_file(&self, path: PathBuf) -> Result<ImageFacts, UiError> {
        let read = tokio::task::spawn_blocking(move || read_facts(&path));
        read.await
            .unwrap_or_else(|error| Err(errors::storage(&error)))
    }

    /// Makes a sheet of a pasted path.
    pub(crate) async fn add_path(&self, text: &str) -> Result<DraftSheet, UiError> {
        let path = pasted_path(text).ok_or_else(|| {
            UiError::new(ErrorCode::FileMissing)
                .with("name", text.trim().chars().take(200).collect::<String>())
        })?;
        Ok(self.sheet_of(vec![path]).await)
    }

    /// A sheet's files, read anew.
    pub(crate) async fn sheet(&self, sheet_id: &str) -> Result<DraftSheet, UiError> {
        let drafts = self.drafts.get(sheet_id).ok_or_else(no_sheet)?;
        Ok(draft::describe(sheet_id.to_owned(), drafts).await)
    }

    /// Where a file of a sheet is.
    pub(crate) fn draft_path(&self, sheet_id: &str, file_id: &str) -> Result<PathBuf, UiError> {
        let drafts = self.drafts.get(sheet_id).ok_or_else(no_sheet)?;
        let draft = drafts.into_iter().find(|draft| draft.id == file_id);
        draft
            .map(|draft| draft.path)
            .ok_or_else(|| errors::invalid("the sheet has no such file"))
    }

    /// The file of an item, with its facts.
    async fn item_file(
        &self,
        sheet_id: &str,
        item: &UploadItem,
    ) -> Result<(PathBuf, ImageFacts), UiError> {
        let drafts = self.drafts.get(sheet_id).ok_or_else(no_sheet)?;
        let draft = drafts
            .into_iter()
            .find(|draft| draft.id == item.file_id)
            .ok_or_else(|| errors::invalid("the sheet has no such file"))?;
        let mut facts = self.inspect_file(draft.path.clone()).await?;
        if let (None, Some(arch)) = (&facts.arch, &draft.arch) {
            let known: Arch = arch
                .parse()
                .map_err(|error| errors::name("arch", arch, &error))?;
            facts.arch = Some(known.to_string());
        }
        Ok((draft.path, facts))
    }

    /// Starts the uploads of a sheet; answers the transfers' ids in the order of the items. Nothing is
    /// started when anything stands in the way of any of them.
    pub(crate) async fn start_upload(&self, upload: Upload) -> Result<Vec<String>, UiError> {
        let plan = self.upload_plan(&upload).await?;
        let problems = plan.items.iter().map(|item| &item.problem);
        if let Some(problem) = [&plan.problem].into_iter().chain(problems).flatten().next() {
            return Err(problem.clone());
        }
        let account = self.servers.session(&upload.server_id).await?.account;
        let mut requests = Vec::with_capacity(upload.items.len());
        for (item, planned) in upload.items.iter().zip(&plan.items) {
            let (file, facts) = self.item_file(&upload.sheet_id, item).await?;
            requests.push(PushRequest {
                file,
                server: ServerKey::new(&upload.server_id),
                account: account
                    .as_ref()
                    .map(|account| AccountKey::new(account.id.to_string())),
                path: crate::library::full_path(&item.path)?.to_string(),
                tags: item.tags.clone(),
                arch: facts.arch.unwrap_or_default(),
                description: Some(item.description.trim().to_owned())
                    .filter(|text| !text.is_empty()),
                // A container that is there already stays as open as it is.
                private: item.private && !planned.public,
            });
        }
        // The person has said yes to this with the switch. Nothing is sent before everything is signed.
        if let Some(with) = upload.sign {
            for request in &requests {
                self.sign_once(&request.file, with.clone()).await?;
            }
        }
        let mut ids = Vec::with_capacity(requests.len());
        for request in requests {
            let id = self
                .engine
                .push(request)
                .await
                .map_err(|error| errors::engine(&error))?;
            ids.push(id.to_string());
        }
        self.drafts.discard(&upload.sheet_id);
        Ok(ids)
    }

    /// Completes `ada/gen` with what is on the server.
    pub(crate) async fn destinations(&self, request: &Destination) -> Result<Vec<String>, UiError> {
        let session = self.servers.session(&request.server_id).await?;
        let text = request.text.trim().to_lowercase();
        let (above, typed) = text.rsplit_once('/').unwrap_or(("", &text));
        let names = match below(&session, above).await {
            Ok(names) => names,
            // Something that is not there yet has nothing below it.
            Err(Error::NotFound) => Vec::new(),
            Err(error) if error.is_unsupported() => Vec::new(),
            Err(error) => return Err(errors::client(&error, &session.place(above))),
        };
        let mut found: Vec<String> = names
            .into_iter()
            .filter(|name| name.starts_with(typed))
            .collect();
        found.sort();
        found.truncate(MOST_DESTINATIONS);
        if !above.is_empty() {
            found = found
                .into_iter()
                .map(|name| format!("{above}/{name}"))
                .collect();
        }
        Ok(found)
    }
}

/// The names of the rows below `above`: nothing, an entity, or an entity and a collection.
async fn below(session: &Session, above: &str) -> Result<Vec<String>, Error> {
    let client = &session.client;
    let mut parts = above.split('/').filter(|part| !part.is_empty());
    let names = (
        parts.next().map(str::parse::<EntityName>),
        parts.next().map(str::parse::<CollectionName>),
    );
    Ok(match names {
        (None, _) => client
            .entities()
            .await?
            .into_iter()
            .map(|row| row.name)
            .collect(),
        (Some(Ok(entity)), None) => client
            .collections(&entity)
            .await?
            .into_iter()
            .map(|row| row.name)
            .collect(),
        (Some(Ok(entity)), Some(Ok(collection))) => client
            .containers(&entity, &collection)
            .await?
            .into_iter()
            .map(|row| row.name)
            .collect(),
        _ => Vec::new(),
    })
}

fn no_sheet() -> UiError {
    errors::invalid("there is no such sheet")
}
