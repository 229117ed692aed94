//! The transfer engine: a queue of pushes and pulls that survives crashes, restarts and bad networks.
//!
//! The engine moves bytes for any [`Remote`], a trait that whoever speaks a wire protocol implements.
//! It knows nothing about HTTP, accounts or image formats: it hashes, keeps a journal of every part a
//! server acknowledged, retries what failed, verifies what arrived, and says "done" only when the
//! library confirmed the hash.
//!
//! Start with [`Engine::open`].

mod budget;
mod digest;
mod engine;
mod error;
mod file_name;
mod files;
mod journal;
mod judge;
mod live;
mod options;
mod pull;
mod push;
pub mod remote;
mod request;
mod run;
mod view;

pub use budget::Limits;
pub use digest::{DigestError, Md5Digest, Sha256Digest};
pub use engine::Engine;
pub use error::{Error, Failure, TransferError};
pub use file_name::{FileNameError, is_device};
pub use judge::{Download, Judge, Judgement};
pub use options::EngineOptions;
pub use remote::{Remote, RemoteError, RemoteErrorKind, RemoteFactory};
pub use request::{AccountKey, ClashPolicy, PullRequest, PushRequest, ServerKey, TransferId};
pub use view::{
    Direction, Lane, Notice, Outcome, PartSpan, PartState, PartSummary, Phase, Snapshot,
    TransferView,
};
