//! Verifying the signatures of an image.

mod coverage;
mod legacy;
mod modern;

use std::collections::HashMap;
use std::ops::ControlFlow;

use sifter_sif::{DataType, Descriptor, Image, Link, Source};

use crate::dsse::{Envelope, Outcome, PublicKey};
use crate::error::Error;
use crate::failure::{Failure, KeyKind, NotValid, Target};
use crate::hashing::{DataDigests, NoDigest, unreadable};
use crate::metadata::is_legacy;
use crate::openpgp::{Fingerprint, Issuer, KeySource, Message, SignedBy, Time};
use crate::report::{Check, Contents, Report, SignatureForm, SignatureReport, Signer};
use crate::selection::{Form, Selection, object};

/// The largest signature object read, in bytes. Real ones have 0.8 to 3 kilobytes.
pub const SIGNATURE_LIMIT: u64 = 1 << 20;

/// How many signatures are read to learn who signed.
const MOST_ASKED: usize = 64;

/// Verifies images: what of them, with which keys, as of which time.
#[derive(Default)]
pub struct Verifier<'k> {
    selection: Selection,
    sources: Vec<&'k dyn KeySource>,
    keys: Vec<PublicKey>,
    now: Option<Time>,
    contents: Contents,
}

impl<'k> Verifier<'k> {
    /// A verifier of every group that has no keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Verifies this part of images.
    #[must_use]
    pub fn select(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }

    /// Looks for OpenPGP keys here as well, after the sources named before. The first that knows a key decides.
    #[must_use]
    pub fn source(mut self, source: &'k dyn KeySource) -> Self {
        self.sources.push(source);
        self
    }

    /// Tries this key on DSSE envelopes.
    #[must_use]
    pub fn key(mut self, key: PublicKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Judges keys as of `now` instead of the time of this machine.
    #[must_use]
    pub fn at(mut self, now: Time) -> Self {
        self.now = Some(now);
        self
    }

    /// Leaves the data of objects unread, for an image that is still far away: signatures, header and descriptors are
    /// looked at, and that every object lies within the image. What is found to be wrong is wrong; that nothing is found
    /// says nothing about the data, and [`Report::contents`] says so.
    #[must_use]
    pub fn without_data(mut self) -> Self {
        self.contents = Contents::Unread;
        self
    }

    /// Verifies `image`. Object data is streamed; each object is read once per hash.
    pub fn verify<S: Source>(&self, image: &Image<S>) -> Report {
        let mut never = |_| ControlFlow::Continue(());
        match self.verify_watched(image, &mut never) {
            Ok(report) => report,
            // The watch above never stops.
            Err(_) => Report {
                failure: None,
                checks: Vec::new(),
                contents: self.contents,
            },
        }
    }

    /// As [`Verifier::verify`]; `watch` is told how many more bytes were hashed, and may break to stop.
    ///
    /// # Errors
    /// [`Error::Stopped`] when `watch` broke.
    pub fn verify_watched<S: Source>(
        &self,
        image: &Image<S>,
        watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Report, Error> {
        let selection = match self.selection.clone().or_primary(image) {
            Ok(selection) => selection,
            Err(failure) => return Ok(Report::failed(failure, self.contents)),
        };
        let targets = match selection.targets(image) {
            Ok(targets) => targets,
            Err(failure) => return Ok(Report::failed(failure, self.contents)),
        };
        let mut run = Run {
            image,
            form: selection.form,
            signatures: signature_objects(image).collect(),
            groups: image
                .descriptors()
                .map(|object| (object.id(), object.group()))
                .collect(),
            sources: &self.sources,
            keys: &self.keys,
            now: self.now.unwrap_or_else(Time::now),
            contents: self.contents,
            digests: DataDigests::new(image, watch),
        };
        let mut report = Report {
            failure: ungrouped(image),
            checks: Vec::new(),
            contents: self.contents,
        };
        for target in &targets {
            report.checks.push(run.check(*target)?);
        }
        Ok(report)
    }
}

/// Who claims to have signed `image`, so that missing keys can be fetched before it is verified. Reads
/// nothing but the first signatures; images have one or two.
pub fn issuers<S: Source>(image: &Image<S>) -> Vec<Issuer> {
    let data =
        signature_objects(image).filter_map(|object| image.read(object, SIGNATURE_LIMIT).ok());
    let mut issuers: Vec<Issuer> = Vec::new();
    for issuer in data
        .take(MOST_ASKED)
        .filter_map(|data| Message::parse(&data))
        .flat_map(|message| message.issuers())
    {
        if !issuers.contains(&issuer) {
            issuers.push(issuer);
        }
    }
    issuers
}

/// The signature objects of `image`, in the order of their slots.
fn signature_objects<S: Source>(image: &Image<S>) -> impl Iterator<Item = &Descriptor> {
    let objects = image.descriptors();
    objects.filter(|object| object.data_type() == DataType::Signature)
}

/// An object in no group cannot be covered, and only signatures may be so.
fn ungrouped<S: Source>(image: &Image<S>) -> Option<Failure> {
    let is_signature = |object: &Descriptor| object.data_type() == DataType::Signature;
    let stray = image
        .descriptors()
        .find(|object| object.group().is_none() && !is_signature(object))?;
    Some(Failure::UngroupedObject {
        object: stray.id(),
        signed: image.descriptors().any(is_signature),
    })
}

/// One verification in progress.
struct Run<'r, 'i, 'w, S> {
    image: &'i Image<S>,
    form: Form,
    /// The signature objects, in the order of their slots.
    signatures: Vec<&'i Descriptor>,
    /// Which group each object is in.
    groups: HashMap<u32, Option<u32>>,
    sources: &'r [&'r dyn KeySource],
    keys: &'r [PublicKey],
    now: Time,
    contents: Contents,
    digests: DataDigests<'i, 'w, S>,
}

/// What a signature object holds.
enum Content {
    Message(Message),
    Envelope(Result<Envelope, Outcome>),
    Unknown,
}

/// Whether the signature itself is good, and who made it.
struct Authenticity {
    signer: Option<Signer>,
    result: Result<(), Failure>,
}

impl<'i, S: Source> Run<'_, 'i, '_, S> {
    fn check(&mut self, target: Target) -> Result<Check, Error> {
        let mut check = Check {
            target,
            failure: None,
            signatures: Vec::new(),
        };
        let link = match self.link(target) {
            Ok(link) => link,
            Err(failure) => {
                check.failure = Some(failure);
                return Ok(check);
            }
        };
        let mut other_form = false;
        // One after the other, since each may be a megabyte.
        for signature in self.signatures.clone() {
            if signature.link() != Some(link) {
                other_form |= self.speaks_otherwise(target, signature);
                continue;
            }
            match self.signature(target, signature) {
                Ok(Some(report)) => check.signatures.push(report),
                Ok(None) => other_form = true,
                Err(NoDigest::Stopped) => return Err(Error::Stopped),
                Err(NoDigest::Failed(failure)) => {
                    let mut report = blank(signature, SignatureForm::Unknown);
                    report.fail(failure);
                    check.signatures.push(report);
                }
            }
        }
        if check.signatures.is_empty() {
            check.failure = Some(Failure::SignatureNotFound { target, other_form });
        }
        Ok(check)
    }

    /// What the signatures that speak about `target` are linked to.
    fn link(&self, target: Target) -> Result<Link, Failure> {
        match target {
            Target::Group(group) => Ok(Link::Group(group)),
            Target::Object(id) if self.form != Form::Modern => Ok(Link::Object(id)),
            Target::Object(id) => {
                let group = object(self.image, id)?.group();
                Ok(Link::Group(group.ok_or(Failure::InvalidGroupId)?))
            }
        }
    }

    /// Checks one signature; `None` when it is of the form that is not looked for.
    fn signature(
        &mut self,
        target: Target,
        signature: &'i Descriptor,
    ) -> Result<Option<SignatureReport>, NoDigest> {
        self.digests.pause()?;
        let data = self.image.read(signature, SIGNATURE_LIMIT);
        let content = classify(&data.map_err(|cause| unreadable(signature, cause))?);
        let legacy = self.form != Form::Modern;
        // Whatever is linked to an object is taken for a legacy signature of it.
        let by_object = matches!(signature.link(), Some(Link::Object(_)));
        if (form(&content) == SignatureForm::Legacy) != legacy && !by_object {
            return Ok(None);
        }
        let report = if legacy {
            self.legacy(target, signature, &content)?
        } else {
            self.modern(target, signature, &content)?
        };
        Ok(Some(report))
    }

    /// Whether a signature with another link covers `target` in the form that is not looked for.
    fn speaks_otherwise(&self, target: Target, signature: &Descriptor) -> bool {
        let group_of = |id: u32| self.groups.get(&id).copied().flatten();
        match (target, signature.link()) {
            (Target::Group(group), Some(Link::Object(id))) => group_of(id) == Some(group),
            (Target::Object(object), Some(Link::Object(id))) => object == id,
            (Target::Object(object), Some(Link::Group(group))) => group_of(object) == Some(group),
            _ => false,
        }
    }

    /// Checks a clear-signed message with the OpenPGP keys.
    fn authenticate_message(&self, signature: &Descriptor, message: &Message) -> Authenticity {
        if self.sources.is_empty() {
            let kind = KeyKind::OpenPgp;
            return Authenticity {
                signer: None,
                result: Err(Failure::NoKeyMaterial { kind }),
            };
        }
        let (by, result) = message.verify(self.sources, self.now);
        Authenticity {
            signer: by.map(signer),
            result: result.map_err(|cause| not_valid(signature, cause)),
        }
    }

    /// Makes sure that the key which signed is the one that the descriptor names.
    fn claim_holds(&self, signature: &Descriptor, signer: Option<&Signer>) -> Result<(), Failure> {
        let claimed = signature
            .signature()
            .ok()
            .and_then(|claim| claim.fingerprint);
        match signer {
            Some(Signer::OpenPgp { fingerprint, .. }) if fingerprint.v4() != claimed => {
                Err(Failure::FingerprintMismatch)
            }
            _ => Ok(()),
        }
    }
}

fn classify(data: &[u8]) -> Content {
    if let Some(envelope) = Envelope::parse(data) {
        return Content::Envelope(envelope);
    }
    Message::parse(data).map_or(Content::Unknown, Content::Message)
}

fn form(content: &Content) -> SignatureForm {
    match content {
        Content::Message(message) if is_legacy(&message.text()) => SignatureForm::Legacy,
        Content::Message(_) => SignatureForm::OpenPgp,
        Content::Envelope(_) => SignatureForm::Dsse,
        Content::Unknown => SignatureForm::Unknown,
    }
}

/// A report that says nothing yet.
fn blank(signature: &Descriptor, form: SignatureForm) -> SignatureReport {
    let claim = signature
        .signature()
        .ok()
        .and_then(|claim| claim.fingerprint);
    SignatureReport {
        object: signature.id(),
        form,
        claimed: claim.map(Fingerprint::from),
        signer: None,
        verified: Vec::new(),
        unread: Vec::new(),
        altered: Vec::new(),
        failure: None,
    }
}

fn not_valid(signature: &Descriptor, cause: NotValid) -> Failure {
    Failure::NotValid {
        object: signature.id(),
        cause,
    }
}

fn signer(by: SignedBy) -> Signer {
    Signer::OpenPgp {
        fingerprint: by.certificate.fingerprint(),
        name: by.certificate.name().map(str::to_owned),
        algorithm: by.certificate.algorithm(),
        origin: by.origin,
        made: by.made,
        hash: by.hash,
    }
}
