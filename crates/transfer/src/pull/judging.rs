//! What the caller says about a download before it gets its name.

use std::path::Path;

use super::Pull;
use crate::file_name::FileName;
use crate::files::{self, PartFile, blocking};
use crate::journal::Work;
use crate::judge::{Download, Judgement};
use crate::run::Stop;
use crate::view::{Notice, Phase};

impl Pull<'_> {
    /// Asks whether the file may be used.
    pub(super) async fn judge(&self, file: &Path, name: &FileName) -> Judgement {
        let Some(judge) = &self.run.options().judge else {
            return Judgement {
                admit: true,
                remark: self.run.checkpoint().remark,
            };
        };
        self.run.live.enter(Phase::Verifying);
        let download = Download {
            file: file.to_owned(),
            name: name.as_str().to_owned(),
            server: self.request.server.clone(),
        };
        judge.judge(&download).await
    }

    /// Keeps a file that must not be used where no program opens it, and notes that. What has the name that it
    /// was to get, if anything, stays as it is.
    pub(super) async fn quarantine(
        &self,
        part_file: PartFile,
        name: &FileName,
        remark: Option<String>,
    ) -> Result<(), Stop> {
        let synced = blocking(move || {
            part_file.file.sync_all()?;
            Ok(part_file.is_in_place().then_some(part_file.identity.path))
        });
        let part = match synced.await {
            Ok(Some(part)) => part,
            Ok(None) => return Err(Stop::StartOver(Notice::PartialFileChanged)),
            Err(error) => return Err(self.disk_failed(error).await.into()),
        };
        let (folder, name) = (self.request.folder.clone(), name.clone());
        let mut checkpoint = self.run.checkpoint();
        let note = self.run.note();
        let moved = self.run.step(move |journal| {
            let path = files::quarantine(&part, &folder, &name)
                .map_err(|error| files::disk_failure(&error))?;
            files::sync_folder(&folder);
            checkpoint.file = Some(path);
            checkpoint.quarantined = true;
            checkpoint.work = Work::NotBegun;
            checkpoint.remark = remark;
            note.without_parts(journal, checkpoint)?;
            Ok(())
        });
        moved.await?;
        self.show_all_done();
        Ok(())
    }
}
