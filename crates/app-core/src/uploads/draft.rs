//! Upload sheets: the files dropped or chosen together. Their paths stay here; the window gets ids.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sifter_contract::{DraftFile, DraftSheet};
use uuid::Uuid;

use crate::names;
use crate::uploads::facts::read_facts;

/// Sheets that are kept; older ones were forgotten by the window.
const MOST_SHEETS: usize = 32;
/// Files that one sheet takes.
const MOST_FILES: usize = 100;

/// One file of a sheet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    /// The architecture that holds when the image does not name one.
    pub(crate) arch: Option<String>,
}

#[derive(Debug, Default)]
struct Kept {
    sheets: HashMap<String, Vec<Draft>>,
    order: VecDeque<String>,
}

/// The sheets of this session.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Mutex<Kept>);

impl Drafts {
    /// Remembers files under new ids, in the order they came, each once.
    pub(crate) fn add(&self, paths: Vec<PathBuf>) -> (String, Vec<Draft>) {
        let mut drafts: Vec<Draft> = Vec::with_capacity(paths.len().min(MOST_FILES));
        for path in paths.into_iter().take(MOST_FILES) {
            if !drafts.iter().any(|draft| draft.path == path) {
                drafts.push(Draft {
                    id: Uuid::new_v4().to_string(),
                    path,
                    arch: None,
                });
            }
        }
        let sheet_id = Uuid::new_v4().to_string();
        let mut kept = self.kept();
        kept.sheets.insert(sheet_id.clone(), drafts.clone());
        kept.order.push_back(sheet_id.clone());
        while kept.order.len() > MOST_SHEETS {
            if let Some(oldest) = kept.order.pop_front() {
                kept.sheets.remove(&oldest);
            }
        }
        (sheet_id, drafts)
    }

    /// Names the architecture of those images of a sheet that do not name one.
    pub(crate) fn declare_arch(&self, sheet_id: &str, arch: &str) {
        for draft in self.kept().sheets.get_mut(sheet_id).into_iter().flatten() {
            draft.arch = Some(arch.to_owned());
        }
    }

    /// The files of a sheet.
    pub(crate) fn get(&self, sheet_id: &str) -> Option<Vec<Draft>> {
        self.kept().sheets.get(sheet_id).cloned()
    }

    /// Forgets a sheet.
    pub(crate) fn discard(&self, sheet_id: &str) {
        let mut kept = self.kept();
        kept.sheets.remove(sheet_id);
        kept.order.retain(|id| id != sheet_id);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the files of a sheet for the window, on a thread where the disk may take its time.
pub(crate) async fn describe(sheet_id: String, drafts: Vec<Draft>) -> DraftSheet {
    let files = tokio::task::spawn_blocking(move || drafts.iter().map(describe_file).collect());
    // The task ends early only when the program does.
    DraftSheet {
        id: sheet_id,
        files: files.await.unwrap_or_default(),
    }
}

fn describe_file(draft: &Draft) -> DraftFile {
    let name = file_name(&draft.path);
    let suggestion = names::suggest(&name);
    let (facts, problem) = match read_facts(&draft.path) {
        Ok(facts) => (Some(facts), None),
        Err(problem) => (None, Some(problem)),
    };
    DraftFile {
        id: draft.id.clone(),
        facts,
        problem,
        suggested_container: suggestion.container,
        suggested_tags: suggestion.tags,
        name,
    }
}

/// The last component of a path, as text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_dropped_twice_is_one_row() {
        let drafts = Drafts::default();
        let (id, files) = drafts.add(vec!["/a.sif".into(), "/b.sif".into(), "/a.sif".into()]);
        assert_eq!(files.len(), 2);
        assert_eq!(drafts.get(&id).unwrap().len(), 2);
        drafts.discard(&id);
        assert!(drafts.get(&id).is_none());
    }

    #[test]
    fn forgotten_sheets_do_not_pile_up() {
        let drafts = Drafts::default();
        let (first, _) = drafts.add(vec!["/a.sif".into()]);
        for _ in 0..MOST_SHEETS {
            drafts.add(vec!["/a.sif".into()]);
        }
        assert!(drafts.get(&first).is_none());
    }
}
