//! What a handle asks the engine's own task to do.

use tokio::sync::oneshot;

use crate::error::Error;
use crate::journal::Request;
use crate::request::{ClashPolicy, TransferId};

/// Where an answer goes. Whoever asked may have stopped waiting, which is no error.
pub(super) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// One request to the engine's task. Each is a method of [`Engine`](super::Engine).
pub(super) enum Command {
    Add(Box<Request>, Option<u64>, Reply<TransferId>),
    Pause(TransferId, Reply<()>),
    Resume(TransferId, Reply<()>),
    Cancel(TransferId, Reply<()>),
    Retry(TransferId, Option<ClashPolicy>, Reply<()>),
    Remove(TransferId, Reply<()>),
    Reorder(TransferId, Option<TransferId>, Reply<()>),
    PauseAll(Reply<()>),
    ResumeAll(Reply<()>),
    ClearDone(Reply<()>),
    Remark(TransferId, String, Reply<()>),
    SetLargeLane(usize, Reply<()>),
    ShutDown(Reply<()>),
}
