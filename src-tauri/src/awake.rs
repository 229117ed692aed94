//! Keeps the computer from falling asleep by itself.

use std::sync::mpsc;
use std::thread;

use sifter_app_core::StayAwake;

use crate::words;

/// Holds the computer awake until the answer is dropped; `None` where the system does not offer it. `id` is
/// the app's name among all others.
///
/// A thread of its own holds on: Windows counts who wants to stay awake by threads.
pub(crate) fn hold(id: String) -> Option<StayAwake> {
    let (tell, told) = mpsc::channel();
    let (hold, held) = mpsc::channel::<()>();
    let work = move || match ask(id) {
        Ok(awake) => {
            let _ = tell.send(true);
            // Ends when the other side is dropped.
            let _ = held.recv();
            drop(awake);
        }
        Err(error) => {
            tracing::info!(%error, "the system cannot be kept awake");
            let _ = tell.send(false);
        }
    };
    thread::Builder::new()
        .name("stay-awake".to_owned())
        .spawn(work)
        .ok()?;
    match told.recv() {
        Ok(true) => Some(Box::new(hold)),
        _ => None,
    }
}

/// Against falling asleep by itself only: the screen may go dark, and a closed lid means sleep.
fn ask(id: String) -> Result<keepawake::KeepAwake, keepawake::Error> {
    keepawake::Builder::default()
        .display(false)
        .idle(true)
        .sleep(false)
        .reason(words::STAYS_AWAKE)
        .app_name(words::APP)
        .app_reverse_domain(id)
        .create()
}
