//! Offline bundles from the window: where they are made, how far they are, stopping them.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sifter_contract::{
    AppEvent, BundlePhase, BundlePlace, BundleStart, BundleView, ErrorCode, UiError,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::AppCore;
use crate::errors;
use crate::events::Hub;
use crate::settings::free_space;
use crate::signatures::{Bundle, BundleRequest, BundleStep};
use crate::uploads::file_name;

/// Bundles that are remembered, those under way included.
const MOST_KEPT: usize = 16;
/// The longest name of a folder, in bytes.
const LONGEST_NAME: usize = 200;
/// The shortest time between two reports about one bundle.
const PACE: Duration = Duration::from_millis(100);

/// The bundles of this session.
#[derive(Debug, Default)]
pub(crate) struct Bundles {
    /// The folder that the person has chosen.
    parent: Mutex<Option<PathBuf>>,
    all: Mutex<VecDeque<Arc<Job>>>,
}

/// One bundle.
#[derive(Debug)]
struct Job {
    id: String,
    folder: PathBuf,
    hub: Arc<Hub>,
    stop: CancellationToken,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    view: BundleView,
    told: Instant,
}

impl Bundles {
    fn add(&self, job: Arc<Job>) {
        let mut all = self.all();
        all.push_back(job);
        if all.len() > MOST_KEPT {
            all.pop_front();
        }
    }

    fn find(&self, id: &str) -> Option<Arc<Job>> {
        let all = self.all();
        let found = all.iter().find(|job| job.id == id);
        found.cloned()
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Job>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parent(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.parent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn view(&self) -> BundleView {
        self.progress().view.clone()
    }

    fn step(&self, step: BundleStep) {
        let mut progress = self.progress();
        match step {
            BundleStep::Copied(bytes) => progress.view.bytes_done = bytes,
            BundleStep::Verifying => progress.view.phase = BundlePhase::Verifying,
        }
        let copying = matches!(step, BundleStep::Copied(_));
        if copying && progress.told.elapsed() < PACE {
            return;
        }
        progress.told = Instant::now();
        self.tell(&progress.view);
    }

    fn end(&self, result: Result<Bundle, UiError>) {
        let mut progress = self.progress();
        let view = &mut progress.view;
        match result {
            Ok(bundle) => {
                view.phase = BundlePhase::Done;
                view.bytes_done = view.bytes_total;
                view.files = bundle.files;
                view.verdict = Some(bundle.verdict);
                view.keys = bundle.keys;
                view.missing = bundle.missing;
            }
            Err(error) if error.code == ErrorCode::Cancelled => view.phase = BundlePhase::Cancelled,
            Err(error) => {
                view.phase = BundlePhase::Failed;
                view.error = Some(error);
            }
        }
        self.tell(&progress.view);
    }

    fn tell(&self, view: &BundleView) {
        self.hub.moment(AppEvent::Bundle {
            bundle: view.clone(),
        });
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AppCore {
    /// Where a bundle of an opened image would be made: beside the image, until another folder was chosen.
    pub(crate) fn bundle_place_of(&self, file_id: &str) -> Result<BundlePlace, UiError> {
        let image = self.usable(file_id)?;
        let parent = self.bundle_parent(&image);
        Ok(BundlePlace {
            name: suggested(&image, &parent),
            folder: self.shown_path(&parent),
            free: free_space(&parent),
            needs: size_of(&image)?,
        })
    }

    /// Lets the person choose the folder. Nothing changes when they change their mind.
    pub(crate) async fn choose_bundle_folder(&self, file_id: &str) -> Result<BundlePlace, UiError> {
        let image = self.usable(file_id)?;
        let start = self.bundle_parent(&image);
        if let Some(folder) = self.host.choose_folder(&start).await {
            *self.bundles.parent() = Some(folder);
        }
        self.bundle_place_of(file_id)
    }

    /// Begins to make a bundle; the events tell how it goes on.
    pub(crate) async fn start_bundle(&self, request: BundleStart) -> Result<BundleView, UiError> {
        let image = self.usable(&request.file_id)?;
        let name = request.name.trim();
        check_name(name)?;
        let parent = self.bundle_parent(&image);
        let folder = parent.join(name);
        let needs = size_of(&image)?;
        if let Some(free) = free_space(&parent).filter(|free| *free < needs) {
            return Err(UiError::new(ErrorCode::DiskFull)
                .with("needs", needs)
                .with("free", free)
                .with("folder", self.shown_path(&parent)));
        }
        let library_key_server = self.key_server_of(&image).await;
        let bundle = BundleRequest {
            name: file_name(&image),
            image,
            folder: folder.clone(),
            pems: Vec::new(),
            offline: false,
            library_key_server,
            key_servers: Vec::new(),
        };
        // What cannot work is said at once, in the sheet where the name is typed.
        bundle.check()?;
        let id = Uuid::new_v4().to_string();
        let view = BundleView {
            id: id.clone(),
            file_id: request.file_id,
            name: name.to_owned(),
            folder: self.shown_path(&parent),
            phase: BundlePhase::Copying,
            bytes_done: 0,
            bytes_total: needs,
            files: Vec::new(),
            verdict: None,
            keys: Vec::new(),
            missing: Vec::new(),
            error: None,
        };
        let job = Arc::new(Job {
            id,
            folder,
            hub: Arc::clone(&self.hub),
            stop: self.stop.child_token(),
            progress: Mutex::new(Progress {
                view: view.clone(),
                told: Instant::now(),
            }),
        });
        self.bundles.add(Arc::clone(&job));
        let signatures = self.signatures.clone();
        self.tasks.spawn(async move {
            let told = Arc::clone(&job);
            // Dropped when no thread works for the bundle any more.
            let (working, ended) = oneshot::channel::<()>();
            let watch = move |step| {
                let _working = &working;
                told.step(step);
            };
            let made = tokio::select! {
                biased;
                () = job.stop.cancelled() => Err(UiError::new(ErrorCode::Cancelled)),
                made = signatures.bundle_watched(bundle, watch) => made,
            };
            // Only then it is true that nothing is left.
            let _ = ended.await;
            job.end(made);
        });
        Ok(view)
    }

    /// Stops making a bundle. One that has ended is not touched.
    pub(crate) fn cancel_bundle(&self, id: &str) {
        if let Some(job) = self.bundles.find(id) {
            job.stop.cancel();
        }
    }

    /// Shows a finished bundle in the file manager.
    pub(crate) fn reveal_bundle(&self, id: &str) -> Result<(), UiError> {
        let job = self.bundles.find(id);
        let job = job.filter(|job| job.view().phase == BundlePhase::Done);
        let job = job.ok_or_else(|| errors::invalid("there is no such bundle"))?;
        if !job.folder.exists() {
            return Err(errors::file_missing(&file_name(&job.folder)));
        }
        let revealed = self.host.reveal(&job.folder);
        revealed.map_err(|error| errors::reveal(&error))
    }

    fn bundle_parent(&self, image: &Path) -> PathBuf {
        let chosen = self.bundles.parent().clone();
        let beside = || image.parent().map(Path::to_owned);
        chosen
            .filter(|folder| folder.is_dir())
            .or_else(beside)
            .unwrap_or_else(|| self.settings.download_folder())
    }
}

fn size_of(image: &Path) -> Result<u64, UiError> {
    let facts = image.metadata();
    let facts = facts.map_err(|_| errors::file_missing(&file_name(image)))?;
    Ok(facts.len())
}

/// The image's name without its ending, and a number where that is taken.
fn suggested(image: &Path, parent: &Path) -> String {
    let stem = image.file_stem().map(|stem| stem.to_string_lossy());
    let stem = stem.unwrap_or_default().trim_start_matches('.').to_owned();
    let stem = if stem.is_empty() { "image" } else { &stem };
    let name = format!("{stem}-offline");
    let numbered = (2..100).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone())
        .chain(numbered)
        .find(|name| !parent.join(name).exists())
        .unwrap_or(name)
}

/// One folder, not a way to another one, and none that hides.
fn check_name(name: &str) -> Result<(), UiError> {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':');
    if name.is_empty() || name.len() > LONGEST_NAME || name.starts_with('.') || name.contains(odd) {
        return Err(errors::invalid_text(
            "folder",
            name,
            "not a name for a folder",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_after_its_image_and_never_after_one_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let name = |image: &str| suggested(Path::new(image), folder.path());
        assert_eq!(name("/x/samtools_1.22.sif"), "samtools_1.22-offline");
        assert_eq!(name("/"), "image-offline");
        std::fs::create_dir(folder.path().join("x-offline")).unwrap();
        assert_eq!(name("x.sif"), "x-offline-2");
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(check_name("samtools offline").is_ok());
        for name in [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a\\b",
            "C:x",
            "a\nb",
            &"x".repeat(201),
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }
}
