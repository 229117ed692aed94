//! Disks that are full or read-only, folders that go away, files that are moved and changed under a transfer.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sifter_contract::{ErrorCode, Phase};
use sifter_test_support::{BuiltSif, Fault, Rule};

use crate::report::{Row, conclude};
use crate::stage::{GIVES, Mode, PARALLEL, PART, Stage, TAKES, hash, moved, told, tuning};

/// Bytes a second, so that there is a middle.
const LINE: u64 = 3 << 20;
/// What lies at the target before.
const OLD: &[u8] = b"an older image";

/// A small file system of its own; gone when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where mounting is not permitted.
    fn mount(folder: PathBuf, mebibytes: u64) -> Option<Self> {
        std::fs::create_dir(&folder).unwrap();
        let disk = Self(folder);
        let size = format!("size={mebibytes}m");
        let mounted = disk.call("mount", &["-t", "tmpfs", "-o", &size, "tmpfs"]);
        if !mounted {
            eprintln!("skipped: mounting a small file system is not permitted here");
        }
        mounted.then_some(disk)
    }

    fn remount(&self, option: &str) {
        assert!(self.call("mount", &["-o", &format!("remount,{option}")]));
    }

    fn call(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(program);
        let command = command.args(arguments).arg(&self.0);
        command.output().is_ok_and(|done| done.status.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        self.call("umount", &["--lazy"]);
    }
}

/// A transfer that is disturbed, and what is known of it.
struct Trouble {
    stage: Stage,
    image: BuiltSif,
    before: usize,
}

impl Trouble {
    async fn pulling(seed: u64) -> Self {
        let stage = Stage::new(
            Mode::Parts,
            tuning(Mode::Parts, Duration::from_secs(5)),
            |_| (),
        )
        .await;
        let image = stage.image_there(seed).await;
        Self::slow(stage, image)
    }

    async fn pushing(seed: u64) -> Self {
        let stage = Stage::new(
            Mode::Parts,
            tuning(Mode::Parts, Duration::from_secs(5)),
            |_| (),
        )
        .await;
        let image = stage.image("image.sif", seed);
        Self::slow(stage, image)
    }

    fn slow(stage: Stage, image: BuiltSif) -> Self {
        for bytes in [TAKES, GIVES] {
            stage.proxy.inject(Rule::new(bytes, Fault::Bandwidth(LINE)));
        }
        let before = stage.proxy.exchanges().len();
        Self {
            stage,
            image,
            before,
        }
    }

    /// Waits until more than a part is through.
    async fn middle(&self) {
        let before = self.before;
        self.stage
            .proxy
            .wait_until(|exchanges| moved(&exchanges[before..]) > PART + PART / 2)
            .await
            .unwrap();
    }

    async fn stopped_by(&self, id: &str, code: ErrorCode) -> Option<String> {
        let phase = self.stage.end(id).await;
        let right = matches!(&phase, Phase::NeedsAttention { error } if error.code == code);
        let named = matches!(&phase, Phase::NeedsAttention { error }
            if error.params.get("folder") != Some(&"".into()));
        (!right || !named).then(|| format!("expected {code:?} with a folder, not {phase:?}"))
    }

    /// Tries again, or goes on, to the end. `most` bytes may cross the line twice.
    async fn row(
        self,
        fault: &str,
        way: &'static str,
        id: &str,
        stopped: Option<Option<String>>,
        check: impl AsyncFnOnce(&Self) -> Option<String>,
        most: u64,
    ) -> Row {
        let was_stopped = stopped.is_some();
        if was_stopped {
            self.stage.retry(id).await;
        }
        let phase = self.stage.end(id).await;
        let seen = self.stage.proxy.exchanges();
        let again = moved(&seen[self.before..]).saturating_sub(self.image.size);
        let mut wrong: Vec<String> = stopped.flatten().into_iter().collect();
        if matches!(phase, Phase::Done { .. }) {
            wrong.extend(check(&self).await);
        } else {
            wrong.push(format!("{phase:?}"));
        }
        if again > most {
            wrong.push(format!("more than {most} again"));
        }
        let outcome = if was_stopped {
            format!("stopped, then {}", told(&phase))
        } else {
            told(&phase)
        };
        self.stage.close().await;
        Row {
            fault: fault.to_owned(),
            way,
            mode: "parts",
            outcome,
            again,
            wrong: (!wrong.is_empty()).then(|| wrong.join("; ")),
        }
    }
}

fn differs(found: &str, promised: &str) -> Option<String> {
    (found != promised).then(|| format!("arrived as {found}"))
}

fn touched(file: &Path) -> Option<String> {
    let kept = std::fs::read(file).is_ok_and(|found| found == OLD);
    (!kept).then(|| "the old file was touched".to_owned())
}

/// What crosses the line again when the ranges in flight are lost.
const IN_FLIGHT: u64 = PARALLEL as u64 * PART;

async fn too_small() -> Option<Row> {
    let trouble = Trouble::pulling(1).await;
    let disk = SmallDisk::mount(trouble.stage.path("disk"), 2)?;
    let file = disk.0.join("image.sif");
    std::fs::write(&file, OLD).unwrap();
    let refused = trouble.stage.pull(&file).await;
    let code = refused.err().map(|error| error.code);
    let wrong = (code != Some(ErrorCode::DiskFull)).then(|| format!("answered {code:?}"));
    let wrong = wrong.or(touched(&file));
    disk.remount("size=16m");
    let id = trouble.stage.pull(&file).await.unwrap();
    let check = async |trouble: &Trouble| wrong.or(differs(&hash(&file), &trouble.image.sha256));
    let row = trouble.row("disk too small, then larger", "pull", &id, None, check, 0);
    Some(row.await)
}

async fn filled() -> Option<Row> {
    let trouble = Trouble::pulling(2).await;
    let disk = SmallDisk::mount(trouble.stage.path("disk"), 8)?;
    let file = disk.0.join("image.sif");
    std::fs::write(&file, OLD).unwrap();
    let id = trouble.stage.pull(&file).await.unwrap();
    trouble.middle().await;
    let junk = disk.0.join("junk");
    let mut filler = std::fs::File::create(&junk).unwrap();
    while filler.write_all(&[7; 4096]).is_ok() {}
    let stopped = trouble.stopped_by(&id, ErrorCode::DiskFull).await;
    let stopped = stopped.or(touched(&file));
    drop(filler);
    std::fs::remove_file(junk).unwrap();
    let check = async |trouble: &Trouble| differs(&hash(&file), &trouble.image.sha256);
    let name = "disk filled in the middle";
    let row = trouble.row(name, "pull", &id, Some(stopped), check, IN_FLIGHT);
    Some(row.await)
}

async fn read_only() -> Option<Row> {
    let trouble = Trouble::pulling(3).await;
    let disk = SmallDisk::mount(trouble.stage.path("disk"), 16)?;
    let file = disk.0.join("image.sif");
    std::fs::write(&file, OLD).unwrap();
    disk.remount("ro");
    let id = trouble.stage.pull(&file).await.unwrap();
    let stopped = trouble.stopped_by(&id, ErrorCode::FolderUnwritable).await;
    let stopped = stopped.or(touched(&file));
    disk.remount("rw");
    let check = async |trouble: &Trouble| differs(&hash(&file), &trouble.image.sha256);
    let name = "read-only target";
    let row = trouble.row(name, "pull", &id, Some(stopped), check, 0);
    Some(row.await)
}

async fn folder_removed() -> Row {
    let trouble = Trouble::pulling(4).await;
    let folder = trouble.stage.path("images");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("image.sif");
    let id = trouble.stage.pull(&file).await.unwrap();
    trouble.middle().await;
    std::fs::remove_dir_all(&folder).unwrap();
    let stopped = trouble.stopped_by(&id, ErrorCode::FolderUnwritable).await;
    std::fs::create_dir(&folder).unwrap();
    let check = async |trouble: &Trouble| differs(&hash(&file), &trouble.image.sha256);
    let (name, whole) = ("target folder removed", trouble.image.size);
    trouble
        .row(name, "pull", &id, Some(stopped), check, whole)
        .await
}

async fn partial_file_renamed() -> Row {
    let trouble = Trouble::pulling(5).await;
    let folder = trouble.stage.path("images");
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("image.sif");
    std::fs::write(&file, OLD).unwrap();
    let id = trouble.stage.pull(&file).await.unwrap();
    trouble.middle().await;
    let moved_to = folder.join("kept.part");
    std::fs::rename(folder.join("image.sif.part"), &moved_to).unwrap();
    let check = async |trouble: &Trouble| differs(&hash(&file), &trouble.image.sha256);
    let (name, whole) = ("partial file renamed", trouble.image.size);
    trouble.row(name, "pull", &id, None, check, whole).await
}

async fn source(fault: &str, seed: u64, most: u64, disturb: impl FnOnce(&Path) -> String) -> Row {
    let trouble = Trouble::pushing(seed).await;
    let id = trouble.stage.push(&trouble.image.path).await;
    trouble.middle().await;
    let promised = disturb(&trouble.image.path);
    let promised = if promised.is_empty() {
        trouble.image.sha256.clone()
    } else {
        promised
    };
    let check = async |trouble: &Trouble| {
        let found = trouble.stage.hash_there().await.unwrap();
        differs(&found, &promised)
    };
    trouble.row(fault, "push", &id, None, check, most).await
}

/// The same length and another content, with the time of the change.
fn overwrite(file: &Path) -> String {
    let mut content = std::fs::read(file).unwrap();
    *content.last_mut().unwrap() ^= 0xff;
    std::fs::write(file, content).unwrap();
    hash(file)
}

fn replace(file: &Path) -> String {
    let new = file.with_extension("new");
    std::fs::copy(file, &new).unwrap();
    overwrite(&new);
    std::fs::rename(new, file).unwrap();
    hash(file)
}

#[tokio::test(flavor = "multi_thread")]
async fn a29_files_that_move_under_a_transfer_are_survived() {
    let size = 5 * PART;
    let rows = vec![
        folder_removed().await,
        partial_file_renamed().await,
        source("source renamed", 6, 0, |file| {
            std::fs::rename(file, file.with_extension("moved")).unwrap();
            String::new()
        })
        .await,
        source("source removed", 7, 0, |file| {
            std::fs::remove_file(file).unwrap();
            String::new()
        })
        .await,
        source("source changed in place", 8, size, overwrite).await,
        source("another file in its place", 9, size, replace).await,
    ];
    conclude("Files and folders", &rows);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "mounts small file systems"]
async fn a29_disks_that_fail_are_survived() {
    let rows = [too_small().await, filled().await, read_only().await];
    let rows: Vec<Row> = rows.into_iter().flatten().collect();
    if !rows.is_empty() {
        conclude("Disks", &rows);
    }
}
