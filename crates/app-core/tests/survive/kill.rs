//! A process that is killed in the middle, again and again, and goes on each time.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sifter_contract::{Api as _, Nothing, Phase, TransferList};
use sifter_test_support::{
    BuiltSif, Fault, FaultProxy, OciFront, Rule, SifBuilder, spawn_library_with,
};
use tokio::process::{Child, Command};

use crate::cases::Way;
use crate::report::{Row, conclude};
use crate::stage::{
    self, FILLING, GIVES, Mode, PART, REGISTRY_GIVES, REGISTRY_TAKES, TAKES, hash, moved, tuning,
};

/// Kills in each transfer.
const KILLS: u64 = 5;
/// Bytes a second, so that there is a middle to kill in.
const LINE: u64 = 6 << 20;
/// How long silence may last.
const SILENCE: Duration = Duration::from_secs(10);
/// Tells the process what to do.
const ORDERS: &str = "SURVIVE_ORDERS";
/// How often each way is gone, when that is not once.
const ROUNDS: &str = "SURVIVE_ROUNDS";

/// What the process that is killed shall do.
#[derive(Serialize, Deserialize)]
struct Orders {
    home: PathBuf,
    keys: PathBuf,
    server_id: String,
    push: bool,
    file: PathBuf,
    /// Where it writes how its transfer ended.
    result: PathBuf,
}

fn engine() -> sifter_app_core::Tuning {
    let mut tuning = tuning(Mode::Parts, SILENCE);
    // One at a time: then a kill costs one part, and no more.
    tuning.engine.parallel_parts = 1;
    tuning.engine.most_parallel_parts = 1;
    tuning
}

/// The process that is killed. Without orders there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the tests that kill it"]
async fn process() {
    let Ok(orders) = std::env::var(ORDERS) else {
        return;
    };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    let core = stage::start(&orders.home, engine(), Some(&orders.keys)).await;
    let TransferList {
        active,
        queued,
        attention,
        history,
        ..
    } = core.transfer_list(Nothing {}).await.unwrap();
    // Others that came before, in this home, have ended well.
    let open = [active, queued, attention].concat();
    let known = open.first().or(history
        .first()
        .filter(|done| orders.file.ends_with(&done.file_name)));
    let id = match known {
        Some(transfer) => transfer.id.clone(),
        None if orders.push => stage::push(&core, &orders.server_id, &orders.file).await,
        None => stage::pull(&core, &orders.server_id, &orders.file)
            .await
            .unwrap(),
    };
    let phase = stage::end(&core, &id).await;
    std::fs::write(&orders.result, serde_json::to_vec(&phase).unwrap()).unwrap();
    core.shutdown().await;
}

fn start(orders: &Orders) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::process", "--exact", "--ignored"])
        .env(ORDERS, serde_json::to_string(orders).unwrap())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Kills the process each time another share of the bytes is through. Answers where.
async fn kill_on_the_way(orders: &Orders, proxy: &FaultProxy, before: usize, size: u64) -> String {
    let mut places: Vec<u64> = (0..KILLS).map(|_| rand::random_range(1..size)).collect();
    places.sort_unstable();
    for place in &places {
        let mut child = start(orders);
        proxy
            .wait_until(|exchanges| moved(&exchanges[before..]) >= *place)
            .await
            .unwrap();
        child.kill().await.unwrap();
        // What it sent has arrived or never will.
        proxy
            .wait_until(|exchanges| exchanges.iter().all(|exchange| exchange.finished))
            .await
            .unwrap();
    }
    let places: Vec<String> = places.iter().map(|at| (at >> 10).to_string()).collect();
    format!("kill -9 at {} KiB", places.join(" "))
}

async fn round(way: Way, mode: Mode, seed: u64) -> Row {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let library = spawn_library_with(|config| {
        config.uploads.part_size = Some(PART);
        config.uploads.smallest_multipart = PART;
    })
    .await
    .unwrap();
    let front = stage::registry_before(&library, mode).await;
    let address = front.as_ref().map_or(library.address(), OciFront::address);
    let proxy = FaultProxy::start(address).await.unwrap();
    let builder = SifBuilder::new().filled(FILLING, seed);
    let image: BuiltSif = builder.build(path("image.sif")).unwrap();
    let server_id = prepare(&path("home"), &path("keys"), &proxy, library.token()).await;
    let mut orders = Orders {
        home: path("home"),
        keys: path("keys"),
        server_id,
        push: way == Way::Push,
        file: image.path.clone(),
        result: path("result"),
    };
    if way == Way::Pull {
        seed_library(&path("seeder"), &proxy, library.token(), &image.path).await;
        orders.file = path("pulled.sif");
    }
    let before = proxy.exchanges().len();
    for bytes in [TAKES, GIVES, REGISTRY_TAKES, REGISTRY_GIVES] {
        proxy.inject(Rule::new(bytes, Fault::Bandwidth(LINE)));
    }
    let fault = kill_on_the_way(&orders, &proxy, before, image.size).await;
    let status = start(&orders).wait().await.unwrap();
    let again = moved(&proxy.exchanges()[before..]).saturating_sub(image.size);
    proxy.clear();

    let result = std::fs::read(&orders.result).unwrap_or_default();
    let phase = serde_json::from_slice::<Phase>(&result);
    let done = status.success() && matches!(phase, Ok(Phase::Done { .. }));
    let found = match way {
        Way::Push => fetched(&path("checker"), &proxy, library.token()).await,
        Way::Pull => hash(&orders.file),
    };
    let most = KILLS * PART;
    let wrong = if !done {
        Some(format!("{status}, {phase:?}"))
    } else if found != image.sha256 {
        Some(format!("arrived as {found}"))
    } else {
        (again > most).then(|| format!("more than {most} again"))
    };
    library.shutdown().await;
    Row {
        fault,
        way: if way == Way::Push { "push" } else { "pull" },
        mode: mode.name(),
        outcome: phase.map_or_else(|error| error.to_string(), |phase| stage::told(&phase)),
        again,
        wrong,
    }
}

/// A home that is signed in.
async fn prepare(home: &Path, keys: &Path, proxy: &FaultProxy, token: &str) -> String {
    let core = stage::start(home, engine(), Some(keys)).await;
    let server_id = stage::sign_in(&core, &proxy.base_url(), token).await;
    core.shutdown().await;
    server_id
}

/// Puts the image into the library, and takes it off this computer.
async fn seed_library(home: &Path, proxy: &FaultProxy, token: &str, file: &Path) {
    let core = stage::start(home, engine(), None).await;
    let server_id = stage::sign_in(&core, &proxy.base_url(), token).await;
    let id = stage::push(&core, &server_id, file).await;
    let phase = stage::end(&core, &id).await;
    assert!(matches!(phase, Phase::Done { .. }), "{phase:?}");
    core.shutdown().await;
    std::fs::remove_file(file).unwrap();
}

/// The hash of what another Sifter gets from the library.
async fn fetched(home: &Path, proxy: &FaultProxy, token: &str) -> String {
    let core = stage::start(home, engine(), None).await;
    let server_id = stage::sign_in(&core, &proxy.base_url(), token).await;
    let file = home.join("check.sif");
    let id = stage::pull(&core, &server_id, &file).await.unwrap();
    stage::end(&core, &id).await;
    core.shutdown().await;
    hash(&file)
}

/// Those that a killed transfer is played in here.
fn modes() -> impl Iterator<Item = Mode> {
    let modes = [Mode::Parts, Mode::Oci];
    modes.into_iter().filter(|mode| mode.is_possible())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_goes_on() {
    let mut rows = Vec::new();
    for mode in modes() {
        rows.push(round(Way::Push, mode, 1).await);
        rows.push(round(Way::Pull, mode, 2).await);
    }
    conclude("Killed five times each way", &rows);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_process_that_is_killed_goes_on_every_time() {
    let rounds = std::env::var(ROUNDS).map_or(1, |rounds| rounds.parse().unwrap());
    let mut rows = Vec::new();
    for seed in 0..rounds {
        for way in [Way::Push, Way::Pull] {
            for mode in modes() {
                rows.push(round(way, mode, seed).await);
            }
        }
    }
    conclude("Killed five times each way", &rows);
}
