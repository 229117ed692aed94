//! The library's side of uploads in one row.

use futures_util::StreamExt;
use sifter_transfer::remote::{Body, ChunkUpload, PushSession, UploadPosition};
use sifter_transfer::{RemoteError, RemoteErrorKind};

use super::storing::{answer, refuse};
use super::{Event, Fake, Fault, Op, State, id_of};

const TRANSIENT: RemoteErrorKind = RemoteErrorKind::Transient { retry_after: None };

impl State {
    /// What the engine's journal says the library acknowledged of the one upload there is.
    fn recorded_row(&self) -> u64 {
        let Some(journal) = &self.journal else {
            return 0;
        };
        let sent =
            "SELECT max(coalesce(json_extract(checkpoint, '$.work.sent'), 0)) FROM transfers";
        journal
            .query_row(sent, [], |row| row.get::<_, i64>(0))
            .map(|sent| u64::try_from(sent).unwrap())
            .unwrap()
    }

    fn position(&self, id: &str) -> Result<UploadPosition, RemoteError> {
        let upload = self.uploads.get(id);
        let upload = upload.ok_or(RemoteErrorKind::SessionForgotten)?;
        let offset = upload.row.len() as u64;
        let resume = format!("{id}@{offset}");
        Ok(UploadPosition { offset, resume })
    }
}

impl Fake {
    pub(super) async fn store_chunk(
        &self,
        session: &PushSession,
        chunk: ChunkUpload,
        body: Body,
    ) -> Result<UploadPosition, RemoteError> {
        let id = id_of(session);
        {
            let mut state = self.state();
            let acknowledged = state.acknowledged_rows.get(&id).copied().unwrap_or(0);
            let recorded = state.recorded_row();
            if chunk.offset < acknowledged.max(recorded) {
                let row = format!("{acknowledged}, recorded {recorded}");
                let text = format!("{chunk:?} of {id} was sent again: acknowledged {row}");
                state.violations.push(text);
            }
            if session.resume != format!("{id}@{}", chunk.offset) {
                let text = format!("{chunk:?} was sent with {}", session.resume);
                state.violations.push(text);
            }
        }
        let _under_way = self.under_way().await;
        let fault = self.meet(Op::Chunk).await;
        refuse(fault.as_ref())?;
        if self.state().position(&id)?.offset != chunk.offset {
            return Err(RemoteErrorKind::Garbled.into());
        }
        self.take(&id, &body, fault.as_ref()).await?;
        let mut state = self.state();
        let position = state.position(&id)?;
        state.log.push(Event::Chunk(id.clone(), chunk.offset));
        if !matches!(fault, Some(Fault::AnswerLost(_))) {
            state.acknowledged_rows.insert(id, position.offset);
        }
        drop(state);
        answer(fault, position)
    }

    /// Takes what arrives. Of what breaks off, the library keeps as much as it is told to.
    async fn take(&self, id: &str, body: &Body, fault: Option<&Fault>) -> Result<(), RemoteError> {
        let mut received = Vec::new();
        let mut stream = body.stream();
        let mut broken = false;
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| RemoteError::new(TRANSIENT, error))?;
            received.extend_from_slice(&bytes);
            if let Some(Fault::CutAfter(limit) | Fault::EndAfter(limit)) = fault
                && received.len() >= *limit
            {
                received.truncate(*limit);
                broken = true;
                break;
            }
        }
        if let (Some(Fault::WrongByte), Some(byte)) = (fault, received.first_mut()) {
            *byte ^= 1;
        }
        let mut state = self.state();
        let keeps = !broken || state.keeps_broken_chunks;
        let Some(upload) = state.uploads.get_mut(id) else {
            return Err(RemoteErrorKind::SessionForgotten.into());
        };
        if keeps {
            upload.row.extend_from_slice(&received);
        }
        if broken {
            Err(TRANSIENT.into())
        } else {
            Ok(())
        }
    }

    pub(super) async fn tell_position(
        &self,
        session: &PushSession,
    ) -> Result<UploadPosition, RemoteError> {
        let fault = self.meet(Op::Position).await;
        refuse(fault.as_ref())?;
        let id = id_of(session);
        self.log(Event::Asked);
        let mut position = self.state().position(&id)?;
        if let Some(lost) = self.state().loses {
            position.offset = position.offset.saturating_sub(lost);
        }
        answer(fault, position)
    }
}
