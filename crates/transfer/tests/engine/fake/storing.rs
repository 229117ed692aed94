//! The library's side of uploads.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use sifter_transfer::remote::{
    Body, CompletedPart, Completion, Feature, ImageReference, PartReceipt, PartUpload, PushSession,
    PushShape, PushSpec, WholeUpload,
};
use sifter_transfer::{RemoteError, RemoteErrorKind, Sha256Digest};

use super::{Event, Fake, Fault, Op, Upload, digest_of, id_of};

const TRANSIENT: RemoteErrorKind = RemoteErrorKind::Transient { retry_after: None };

/// Turns a fault that comes before the deed into its error.
pub(super) fn refuse(fault: Option<&Fault>) -> Result<(), RemoteError> {
    match fault {
        Some(Fault::Error(kind)) => Err(kind.clone().into()),
        _ => Ok(()),
    }
}

/// Turns a fault that comes after the deed into its error.
pub(super) fn answer<T>(fault: Option<Fault>, value: T) -> Result<T, RemoteError> {
    match fault {
        Some(Fault::AnswerLost(kind)) => Err(kind.into()),
        _ => Ok(value),
    }
}

impl Fake {
    pub(super) async fn begin(&self, spec: &PushSpec) -> Result<PushSession, RemoteError> {
        let fault = self.meet(Op::Begin).await;
        refuse(fault.as_ref())?;
        self.log(Event::Began);
        let mut state = self.state();
        let wants_parts =
            !state.chunked && spec.size > state.multipart_above && spec.allow_multipart;
        if wants_parts && !state.multipart {
            return Err(RemoteErrorKind::Unsupported(Feature::Multipart).into());
        }
        if spec.md5.is_some() != (state.md5 && spec.size <= state.multipart_above) {
            state
                .violations
                .push("MD5 belongs to single uploads that ask for it".to_owned());
        }
        let shape = if state.images.contains_key(&spec.digest) {
            PushShape::AlreadyThere
        } else if state.chunked {
            PushShape::Chunked {
                upload_id: "row".to_owned(),
                chunk_size: state.part_size,
            }
        } else if wants_parts {
            PushShape::Multipart {
                upload_id: "upload".to_owned(),
                part_size: state.part_size,
                total_parts: u32::try_from(spec.size.div_ceil(state.part_size)).unwrap(),
                part_digest_needed: state.part_digests,
            }
        } else {
            PushShape::Single
        };
        state.next_upload += 1;
        let id = format!("upload-{}", state.next_upload);
        let resume = match shape {
            PushShape::Chunked { .. } => format!("{id}@0"),
            _ => id.clone(),
        };
        let upload = Upload {
            digest: spec.digest,
            size: spec.size,
            parts: BTreeMap::new(),
            row: Vec::new(),
        };
        if shape != PushShape::AlreadyThere {
            state.uploads.insert(id, upload);
        }
        drop(state);
        answer(
            fault,
            PushSession {
                shape,
                resume,
                without: Vec::new(),
            },
        )
    }

    pub(super) async fn store_part(
        &self,
        session: &PushSession,
        part: PartUpload,
        body: Body,
    ) -> Result<PartReceipt, RemoteError> {
        self.state().sent_again(&session.resume, part.number);
        let _under_way = self.under_way().await;
        self.try_store_part(session, part, body).await
    }

    async fn try_store_part(
        &self,
        session: &PushSession,
        part: PartUpload,
        body: Body,
    ) -> Result<PartReceipt, RemoteError> {
        let fault = self.meet(Op::Part).await;
        refuse(fault.as_ref())?;
        let bytes = self.receive(&body, fault.as_ref()).await?;
        let mut state = self.state();
        let needed = state.part_digests;
        if part.sha256.is_some() != needed {
            state
                .violations
                .push("part digests go with uploads that ask for them".to_owned());
        }
        if part
            .sha256
            .is_some_and(|digest| digest != digest_of(&bytes))
        {
            return Err(RemoteErrorKind::Integrity.into());
        }
        let Some(upload) = state.uploads.get_mut(&session.resume) else {
            return Err(RemoteErrorKind::SessionForgotten.into());
        };
        upload.parts.insert(part.number, bytes);
        let receipt = PartReceipt {
            etag: format!("\"{}-{}\"", session.resume, part.number),
        };
        state
            .log
            .push(Event::Part(session.resume.clone(), part.number));
        if !matches!(fault, Some(Fault::AnswerLost(_))) {
            state
                .acknowledged
                .insert((session.resume.clone(), part.number));
        }
        drop(state);
        answer(fault, receipt)
    }

    pub(super) async fn store_whole(
        &self,
        session: &PushSession,
        whole: WholeUpload,
        body: Body,
    ) -> Result<(), RemoteError> {
        self.state().sent_again(&session.resume, 1);
        let fault = self.meet(Op::Whole).await;
        refuse(fault.as_ref())?;
        let bytes = self.receive(&body, fault.as_ref()).await?;
        if whole.sha256 != digest_of(&bytes) {
            return Err(RemoteErrorKind::Integrity.into());
        }
        let mut state = self.state();
        let Some(upload) = state.uploads.get_mut(&session.resume) else {
            return Err(RemoteErrorKind::SessionForgotten.into());
        };
        upload.parts.insert(1, bytes);
        state.log.push(Event::Whole);
        if !matches!(fault, Some(Fault::AnswerLost(_))) {
            state.acknowledged.insert((session.resume.clone(), 1));
        }
        drop(state);
        answer(fault, ())
    }

    pub(super) async fn finish_upload(
        &self,
        session: &PushSession,
        parts: &[CompletedPart],
    ) -> Result<Completion, RemoteError> {
        let fault = self.meet(Op::Complete).await;
        refuse(fault.as_ref())?;
        let mut state = self.state();
        let Some(upload) = state.uploads.remove(&id_of(session)) else {
            return Err(RemoteErrorKind::SessionForgotten.into());
        };
        let expected: Vec<CompletedPart> = match session.shape {
            PushShape::Multipart { .. } => upload
                .parts
                .keys()
                .map(|number| CompletedPart {
                    number: *number,
                    etag: format!("\"{}-{number}\"", session.resume),
                })
                .collect(),
            _ => Vec::new(),
        };
        if parts != expected {
            state
                .violations
                .push(format!("completed with {parts:?} instead of {expected:?}"));
        }
        let bytes: Vec<u8> = match session.shape {
            PushShape::Chunked { .. } => upload.row,
            _ => upload.parts.into_values().flatten().collect(),
        };
        if bytes.len() as u64 != upload.size || digest_of(&bytes) != upload.digest {
            return Err(RemoteErrorKind::Integrity.into());
        }
        state.images.insert(upload.digest, bytes);
        state.log.push(Event::Completed);
        drop(state);
        answer(
            fault,
            Completion {
                container_url: Some("/library/e/c/x".to_owned()),
            },
        )
    }

    pub(super) async fn tag(&self, spec: &PushSpec) -> Result<(), RemoteError> {
        let fault = self.meet(Op::Tag).await;
        refuse(fault.as_ref())?;
        let mut state = self.state();
        for tag in spec
            .tags
            .iter()
            .filter(|_| !state.frozen_tags)
            .collect::<Vec<_>>()
        {
            state.tags.insert(tag.clone(), spec.digest);
        }
        state.log.push(Event::Tagged);
        drop(state);
        answer(fault, ())
    }

    pub(super) async fn show(
        &self,
        reference: &ImageReference,
    ) -> Result<Option<Sha256Digest>, RemoteError> {
        let fault = self.meet(Op::Confirm).await;
        refuse(fault.as_ref())?;
        let mut state = self.state();
        let found = match &reference.tag {
            Some(tag) => state.tags.get(tag).copied(),
            None => Some(reference.digest),
        };
        let found = found.filter(|digest| state.images.contains_key(digest));
        if !matches!(fault, Some(Fault::AnswerLost(_))) {
            state
                .log
                .push(Event::Confirmed(reference.tag.clone(), found));
        }
        drop(state);
        answer(fault, found)
    }

    /// Reads a body, with what can happen on the way.
    async fn receive(&self, body: &Body, fault: Option<&Fault>) -> Result<Vec<u8>, RemoteError> {
        let mut received = Vec::new();
        let mut stream = body.stream();
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| RemoteError::new(TRANSIENT, error))?;
            let mut state = self.state();
            state.largest_buffer = state.largest_buffer.max(bytes.len());
            drop(state);
            received.extend_from_slice(&bytes);
            if let Some(Fault::CutAfter(limit) | Fault::EndAfter(limit)) = fault
                && received.len() >= *limit
            {
                return Err(TRANSIENT.into());
            }
        }
        assert_eq!(
            received.len() as u64,
            body.length(),
            "a body is as long as it says"
        );
        if let (Some(Fault::WrongByte), Some(byte)) = (fault, received.first_mut()) {
            *byte ^= 1;
        }
        Ok(received)
    }
}
