//! The library as the transfer engine sees it: its [`Remote`] over the library's client.

mod oci;
mod offers;
mod open_uploads;
mod pull;
mod push;
mod sorted;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use sifter_account::AccountState;
use sifter_library_client::LibraryClient;
use sifter_library_client::oci::OciAccess;
use sifter_transfer::remote::{
    Body, ByteStream, ChunkUpload, CompletedPart, Completion, HashPlan, ImageReference,
    PartReceipt, PartUpload, PullSpec, PullTarget, PushSession, PushSpec, RemoteResult,
    UploadPosition, WholeUpload,
};
use sifter_transfer::{
    AccountKey, Remote, RemoteError, RemoteErrorKind, RemoteFactory, ServerKey, Sha256Digest,
};

use crate::servers::Servers;
use offers::{Offers, Repositories};
pub(crate) use open_uploads::OpenUploads;

/// Opens libraries for the engine.
pub(crate) struct Remotes {
    servers: Arc<Servers>,
    open_uploads: Arc<OpenUploads>,
    offers: Arc<Offers>,
    multipart_above: u64,
    chunk_size: u64,
}

impl Remotes {
    pub(crate) fn new(servers: Arc<Servers>, multipart_above: u64, chunk_size: u64) -> Self {
        Self {
            servers,
            open_uploads: Arc::default(),
            offers: Arc::default(),
            multipart_above,
            chunk_size,
        }
    }

    /// The uploads under way.
    pub(crate) fn open_uploads(&self) -> Arc<OpenUploads> {
        Arc::clone(&self.open_uploads)
    }

    async fn open_library(
        &self,
        server: &ServerKey,
        account: Option<&AccountKey>,
    ) -> Result<Arc<dyn Remote>, RemoteError> {
        let server = self
            .servers
            .reach(server.as_str())
            .await
            .map_err(|error| RemoteError::new(RemoteErrorKind::NotFound, error))?;
        let account = match account {
            None => None,
            Some(wanted) => {
                // Not only the one in use: a transfer stays with the account that began it.
                let known = self.servers.accounts_on(&server.id).await;
                let known = known
                    .map_err(|error| RemoteError::new(RemoteErrorKind::Unauthorized, error))?;
                let own = known.into_iter().find(|known| {
                    known.id.to_string() == wanted.as_str() && known.state == AccountState::SignedIn
                });
                Some(own.ok_or(RemoteErrorKind::Unauthorized)?)
            }
        };
        let client = self
            .servers
            .client(&server, account.as_ref())
            .map_err(sorted::sort)?;
        Ok(Arc::new(LibraryRemote {
            client,
            servers: Arc::clone(&self.servers),
            server_id: server.id,
            open_uploads: self.open_uploads(),
            offers: Arc::clone(&self.offers),
            repositories: Mutex::default(),
            multipart_above: self.multipart_above,
            chunk_size: self.chunk_size,
            places: Mutex::default(),
        }))
    }
}

impl RemoteFactory for Remotes {
    fn open<'a>(
        &'a self,
        server: &'a ServerKey,
        account: Option<&'a AccountKey>,
    ) -> RemoteResult<'a, Arc<dyn Remote>> {
        Box::pin(self.open_library(server, account))
    }
}

/// One library, spoken to as one account.
struct LibraryRemote {
    client: LibraryClient,
    servers: Arc<Servers>,
    server_id: String,
    open_uploads: Arc<OpenUploads>,
    offers: Arc<Offers>,
    repositories: Repositories,
    /// Longer files go up in parts.
    multipart_above: u64,
    /// Bytes of a chunk on the way into a registry.
    chunk_size: u64,
    /// Where the bytes of images being downloaded are. Signed addresses are secrets, so they are kept here
    /// and never handed to the engine.
    places: Mutex<HashMap<String, pull::Place>>,
}

impl LibraryRemote {
    /// Takes note when the server has forgotten an upload: nothing is left there to be given back.
    fn noted<T>(
        &self,
        session: &PushSession,
        result: Result<T, RemoteError>,
    ) -> Result<T, RemoteError> {
        if let Err(error) = &result
            && *error.kind() == RemoteErrorKind::SessionForgotten
        {
            self.open_uploads.ended(session);
        }
        result
    }
}

impl Remote for LibraryRemote {
    fn hash_plan(&self, size: u64) -> HashPlan {
        // Large files go up in parts of a size that the server chooses.
        HashPlan {
            md5: size <= self.multipart_above,
            part_size: None,
        }
    }

    fn begin_push<'a>(&'a self, spec: &'a PushSpec) -> RemoteResult<'a, PushSession> {
        Box::pin(async move {
            let reference = pull::parse(&spec.path)?;
            let session = match self.offered(&reference, OciAccess::Push).await? {
                Some(repository) => {
                    if spec.private {
                        push::private_container(&self.client, spec).await?;
                    }
                    oci::begin(&repository, spec, self.chunk_size).await?
                }
                None => push::begin(&self.client, spec, self.multipart_above).await?,
            };
            self.open_uploads.begun(&session);
            let seen = push::seen(&session);
            self.servers.learn(&self.server_id, seen).await;
            Ok(session)
        })
    }

    fn put_part<'a>(
        &'a self,
        session: &'a PushSession,
        part: PartUpload,
        body: Body,
    ) -> RemoteResult<'a, PartReceipt> {
        Box::pin(async move {
            let put = push::put_part(&self.client, session, part, body).await;
            self.noted(session, put)
        })
    }

    fn put_whole<'a>(
        &'a self,
        session: &'a PushSession,
        whole: WholeUpload,
        body: Body,
    ) -> RemoteResult<'a, ()> {
        Box::pin(push::put_whole(&self.client, session, whole, body))
    }

    fn put_chunk<'a>(
        &'a self,
        session: &'a PushSession,
        chunk: ChunkUpload,
        body: Body,
    ) -> RemoteResult<'a, UploadPosition> {
        Box::pin(async move {
            let resume = oci::Resume::of(session).ok_or(RemoteErrorKind::SessionForgotten)?;
            let repository = self.needed(&resume.reference()?).await?;
            let put = oci::put_chunk(&repository, resume, chunk, body).await;
            self.noted(session, put)
        })
    }

    fn position<'a>(&'a self, session: &'a PushSession) -> RemoteResult<'a, UploadPosition> {
        Box::pin(async move {
            let resume = oci::Resume::of(session).ok_or(RemoteErrorKind::SessionForgotten)?;
            let repository = self.needed(&resume.reference()?).await?;
            let position = oci::position(&repository, resume).await;
            self.noted(session, position)
        })
    }

    fn complete<'a>(
        &'a self,
        session: &'a PushSession,
        parts: &'a [CompletedPart],
    ) -> RemoteResult<'a, Completion> {
        Box::pin(async move {
            let done = match oci::Resume::of(session) {
                Some(resume) => {
                    let repository = self.needed(&resume.reference()?).await?;
                    oci::complete(&repository, &resume).await
                }
                None => push::complete(&self.client, session, parts).await,
            };
            let done = self.noted(session, done)?;
            self.open_uploads.ended(session);
            Ok(done)
        })
    }

    fn abort<'a>(&'a self, session: &'a PushSession) -> RemoteResult<'a, ()> {
        Box::pin(async move {
            match oci::Resume::of(session) {
                Some(resume) => match self.needed(&resume.reference()?).await {
                    Ok(repository) => oci::abort(&repository, &resume).await?,
                    // There is no registry any more to be told.
                    Err(error) if *error.kind() == RemoteErrorKind::SessionForgotten => {}
                    Err(error) => return Err(error),
                },
                None => push::abort(&self.client, session).await?,
            }
            self.open_uploads.ended(session);
            Ok(())
        })
    }

    fn set_tags<'a>(
        &'a self,
        session: &'a PushSession,
        spec: &'a PushSpec,
    ) -> RemoteResult<'a, ()> {
        Box::pin(async move {
            match oci::Resume::of(session) {
                Some(resume) => {
                    let repository = self.needed(&resume.reference()?).await?;
                    oci::set_tags(&repository, &resume, spec).await
                }
                None => push::set_tags(&self.client, session, spec).await,
            }
        })
    }

    fn confirm<'a>(
        &'a self,
        session: &'a PushSession,
        reference: &'a ImageReference,
    ) -> RemoteResult<'a, Option<Sha256Digest>> {
        Box::pin(async move {
            match oci::Resume::of(session) {
                Some(resume) => {
                    let repository = self.needed(&resume.reference()?).await?;
                    oci::confirm(&repository, reference).await
                }
                None => pull::confirm(&self.client, reference).await,
            }
        })
    }

    fn resolve_pull<'a>(&'a self, spec: &'a PullSpec) -> RemoteResult<'a, PullTarget> {
        Box::pin(self.resolve(spec))
    }

    fn read_range<'a>(
        &'a self,
        target: &'a PullTarget,
        range: std::ops::Range<u64>,
    ) -> RemoteResult<'a, ByteStream> {
        Box::pin(self.range(target, range))
    }

    fn read_whole<'a>(&'a self, target: &'a PullTarget) -> RemoteResult<'a, ByteStream> {
        Box::pin(self.whole(target))
    }
}
