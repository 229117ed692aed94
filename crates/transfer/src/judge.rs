//! Who looks at a download before it gets its name.

use std::fmt::Debug;
use std::path::PathBuf;

use futures_util::future::BoxFuture;

use crate::request::ServerKey;

/// A download whose bytes are all there and have the promised hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The file as it is now: still a partial one, unless it was here before.
    pub file: PathBuf,
    /// The name it is to get.
    pub name: String,
    /// Where it is from.
    pub server: ServerKey,
}

/// What a judge says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the file gets its name. If not it is put into quarantine: under a name that no program knows,
    /// and where the system has permissions, with none.
    pub admit: bool,
    /// A line that is kept with the transfer, as [`Engine::remark`](crate::Engine::remark) keeps one. No secrets.
    pub remark: Option<String>,
}

/// Looks at downloads. What it asks may take as long as it needs: the person can stop the transfer
/// meanwhile, which drops the future, and the question is asked again when the transfer goes on.
pub trait Judge: Debug + Send + Sync {
    /// Says whether a download may be used.
    fn judge<'a>(&'a self, download: &'a Download) -> BoxFuture<'a, Judgement>;
}
