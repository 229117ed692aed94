//! What a handle asks the engine's own task to do.

use tokio::sync::oneshot;

use crate::error::Error;
use crate::request::{ClashPolicy, PullRequest, PushRequest, TransferId};

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// One request to the engine's task. Each is a method of [`Engine`](super::Engine).
pub(crate) enum Command {
    Push(Box<PushRequest>, Reply<TransferId>),
    Pull(Box<PullRequest>, Reply<TransferId>),
    Pause(TransferId, Reply<()>),
    Resume(TransferId, Reply<()>),
    Cancel(TransferId, Reply<()>),
    Retry(TransferId, Option<ClashPolicy>, Reply<()>),
    Remove(TransferId, Reply<()>),
    Reorder(TransferId, Option<TransferId>, Reply<()>),
    PauseAll(Reply<()>),
    ResumeAll(Reply<()>),
    ClearDone(Reply<()>),
    ShutDown(Reply<()>),
}
