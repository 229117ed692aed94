//! Signing an image in place: the signatures are added at its end, nothing else is copied unless the image has no slot
//! left for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use secrecy::SecretString;
use sifter_sif::{
    DeleteOptions, Descriptor, HashType, Image, Link, ObjectInput, Signature, Stamp, Writer,
};

use crate::digest::DigestAlgorithm;
use crate::dsse::{PrivateKey, seal};
use crate::error::Error;
use crate::failure::Failure;
use crate::hashing::{DataDigests, NoDigest};
use crate::integrity::{Bases, descriptor_stream, header_stream};
use crate::metadata::{ImageMetadata, ObjectMetadata};
use crate::openpgp::{SecretKey, Time};
use crate::selection::{Selection, object};

/// What signs an image.
#[derive(Debug, Clone, Copy)]
pub enum ImageSigner<'k> {
    /// The primary key of an OpenPGP key.
    OpenPgp {
        /// The key.
        key: &'k SecretKey,
        /// What opens it, if it is protected.
        passphrase: Option<&'k SecretString>,
    },
    /// PEM keys, all of which sign the same envelopes.
    Pem(&'k [PrivateKey]),
}

/// Signs the image at `path`: one signature per group, over all of the groups or objects selected. Returns
/// the ids of the signatures. `stamp` is the time given to the image; see [`Stamp`].
///
/// # Errors
/// As [`sign_watched`].
pub fn sign(
    path: impl AsRef<Path>,
    selection: &Selection,
    signer: ImageSigner<'_>,
    stamp: Stamp,
) -> Result<Vec<u32>, Error> {
    let mut never = |_| ControlFlow::Continue(());
    sign_watched(path, selection, signer, stamp, &mut never)
}

/// As [`sign`]; `watch` is told how many more bytes were hashed or copied, and may break to stop.
///
/// # Errors
/// [`Error::Stopped`] when `watch` broke, [`Error::Selection`] about what was to be signed,
/// [`Error::NotUsable`], [`Error::PassphraseNeeded`] and [`Error::WrongPassphrase`] about the key,
/// [`Error::NoSigningKey`], and [`Error::Image`] when the image cannot be changed, because it has no slot left and no
/// larger one can be written beside it for instance. The image keeps its objects in every case.
pub fn sign_watched(
    path: impl AsRef<Path>,
    selection: &Selection,
    signer: ImageSigner<'_>,
    stamp: Stamp,
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<u32>, Error> {
    let now = Time::now();
    signer.ensure_usable(now)?;
    let writer = Writer::open(path)?;
    let units = units(writer.image(), selection)?;
    // Everything is signed before anything is written.
    let signed = signed_texts(writer.image(), &units, signer, now, watch)?;
    let mut writer = match writer.with_room_for(signed.len(), watch) {
        Ok(writer) => writer,
        Err(sifter_sif::Error::Stopped) => return Err(Error::Stopped),
        Err(error) => return Err(error.into()),
    };
    let mut added = Vec::new();
    for (group, text) in signed {
        let input = ObjectInput::signature(text.as_bytes(), signer.metadata())
            .in_group(None)
            .linked_to(Link::Group(group));
        match writer.add(input, stamp) {
            Ok(id) => added.push(id),
            Err(error) => {
                take_back(&mut writer, &added, stamp);
                return Err(error.into());
            }
        }
    }
    writer.sync()?;
    Ok(added)
}

/// Leaves no half of the signatures behind.
fn take_back(writer: &mut Writer, added: &[u32], stamp: Stamp) {
    let options = DeleteOptions {
        zero: false,
        compact: true,
        stamp,
    };
    for id in added.iter().rev() {
        // The first error is the one to report.
        let _ = writer.delete(*id, options);
    }
}

/// The groups to be signed, each with the ids to be covered.
type Units = BTreeMap<u32, BTreeSet<u32>>;

fn units(image: &Image<File>, selection: &Selection) -> Result<Units, Failure> {
    let mut units = Units::new();
    for target in selection.targets(image)? {
        match target {
            crate::Target::Group(group) => {
                let members = image
                    .descriptors()
                    .filter(|object| object.group() == Some(group));
                units
                    .entry(group)
                    .or_default()
                    .extend(members.map(Descriptor::id));
            }
            crate::Target::Object(id) => {
                let group = object(image, id)?.group().ok_or(Failure::InvalidGroupId)?;
                units.entry(group).or_default().insert(id);
            }
        }
    }
    Ok(units)
}

fn signed_texts(
    image: &Image<File>,
    units: &Units,
    signer: ImageSigner<'_>,
    now: Time,
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<(u32, String)>, Error> {
    const HASH: DigestAlgorithm = DigestAlgorithm::Sha256;
    let bases = Bases::of(image.descriptors());
    let header = HASH.digest(&header_stream(image.header()));
    let mut digests = DataDigests::new(image, watch);
    let mut texts = Vec::new();
    for (group, ids) in units {
        let mut objects = Vec::new();
        for id in ids {
            let object = object(image, *id)?;
            let relative_id = bases.relative(object);
            objects.push(ObjectMetadata {
                relative_id,
                descriptor_digest: HASH.digest(&descriptor_stream(object, relative_id)),
                object_digest: digests.of(object, HASH).map_err(|no| match no {
                    NoDigest::Failed(failure) => Error::Selection(failure),
                    NoDigest::Stopped => Error::Stopped,
                })?,
            });
        }
        let metadata = ImageMetadata::new(header.clone(), objects);
        let text = metadata.to_text().map_err(Error::Metadata)?;
        texts.push((*group, signer.sign(&text, now)?));
    }
    Ok(texts)
}

impl ImageSigner<'_> {
    fn ensure_usable(self, now: Time) -> Result<(), Error> {
        match self {
            Self::OpenPgp { key, passphrase } => {
                key.ensure_usable(now)?;
                key.unlock(passphrase)
            }
            Self::Pem([]) => Err(Error::NoSigningKey),
            Self::Pem(_) => Ok(()),
        }
    }

    fn sign(self, text: &str, now: Time) -> Result<String, Error> {
        match self {
            Self::OpenPgp { key, passphrase } => key.clear_sign(text, passphrase, now),
            Self::Pem(keys) => seal(text.as_bytes(), keys),
        }
    }

    fn metadata(self) -> Signature {
        let fingerprint = match self {
            Self::OpenPgp { key, .. } => key.fingerprint().v4(),
            Self::Pem(_) => None,
        };
        Signature {
            hash: HashType::Sha256,
            fingerprint,
        }
    }
}
