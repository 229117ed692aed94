//! Comparing an image with the metadata that was signed: which objects are covered, and whether they are
//! still what they were.

use std::collections::{HashMap, HashSet};

use sifter_sif::{Descriptor, Source};

use super::{Run, not_valid};
use crate::failure::{Failure, NotValid, Target};
use crate::hashing::{NoDigest, unreadable};
use crate::integrity::{Bases, descriptor_stream, header_stream};
use crate::metadata::{ImageMetadata, ObjectMetadata};
use crate::report::{Contents, SignatureReport};
use crate::selection::object;

/// The objects one signature is compared with.
struct Scope<'i> {
    /// What ids are relative to where they are hashed.
    bases: Bases,
    /// Those of the group the signature is about.
    members: Vec<&'i Descriptor>,
    /// Those the signature has to cover.
    wanted: Vec<&'i Descriptor>,
    /// The smallest id of the group, from which the metadata counts.
    base: u32,
}

impl<'i> Scope<'i> {
    /// The id that the metadata means.
    fn id(&self, listed: &ObjectMetadata) -> Option<u32> {
        self.base.checked_add(listed.relative_id)
    }

    /// The metadata by the ids it means.
    fn by_id<'m>(&self, metadata: &'m ImageMetadata) -> HashMap<u32, &'m ObjectMetadata> {
        let objects = metadata.objects().iter();
        objects
            .filter_map(|listed| Some((self.id(listed)?, listed)))
            .collect()
    }
}

impl<'i, S: Source> Run<'_, 'i, '_, S> {
    fn scope(&self, target: Target) -> Result<Scope<'i>, Failure> {
        let image = self.image;
        let group = match target {
            Target::Group(group) => Some(group),
            Target::Object(id) => object(image, id)?.group(),
        };
        let members: Vec<_> = image
            .descriptors()
            .filter(|object| object.group() == group)
            .collect();
        let wanted = match target {
            Target::Group(_) => members.clone(),
            Target::Object(id) => members
                .iter()
                .copied()
                .filter(|object| object.id() == id)
                .collect(),
        };
        Ok(Scope {
            base: members
                .iter()
                .map(|object| object.id())
                .min()
                .unwrap_or_default(),
            bases: Bases::of(image.descriptors()),
            members,
            wanted,
        })
    }

    /// Compares the image with what was signed.
    pub(super) fn compare(
        &mut self,
        target: Target,
        signature: &Descriptor,
        metadata: &ImageMetadata,
        report: &mut SignatureReport,
    ) -> Result<(), NoDigest> {
        let scope = self.scope(target)?;
        if repeats(metadata) {
            report.fail(not_valid(signature, NotValid::Damaged));
        }
        let listed = scope.by_id(metadata);
        if let Target::Group(_) = target {
            let ids: HashSet<u32> = scope.members.iter().map(|object| object.id()).collect();
            let meant = metadata.objects().iter().map(|listed| scope.id(listed));
            let mut lost = meant.filter(|id| id.is_none_or(|id| !ids.contains(&id)));
            if let Some(id) = lost.next() {
                let object = id.unwrap_or(u32::MAX);
                report.fail(Failure::SignedObjectNotFound { object });
            }
        }
        for object in &scope.wanted {
            if !listed.contains_key(&object.id()) {
                report.fail(Failure::NotSigned {
                    object: object.id(),
                });
                report.altered.push(object.id());
            }
        }
        let header = header_stream(self.image.header());
        if metadata.header().algorithm().digest(&header) != *metadata.header() {
            report.fail(Failure::HeaderAltered);
        }
        for object in &scope.wanted {
            if let Some(listed) = listed.get(&object.id()) {
                self.compare_object(object, listed, &scope.bases, report)?;
            }
        }
        Ok(())
    }

    fn compare_object(
        &mut self,
        object: &Descriptor,
        listed: &ObjectMetadata,
        bases: &Bases,
        report: &mut SignatureReport,
    ) -> Result<(), NoDigest> {
        let id = object.id();
        let stream = descriptor_stream(object, bases.relative(object));
        if listed.descriptor_digest.algorithm().digest(&stream) != listed.descriptor_digest {
            report.fail(Failure::DescriptorAltered { object: id });
            report.altered.push(id);
            return Ok(());
        }
        if self.contents == Contents::Unread {
            match self.image.reader(object) {
                Ok(_) if report.failure.is_none() => report.unread.push(id),
                Ok(_) => {}
                Err(cause) => {
                    report.fail(unreadable(object, cause));
                    report.altered.push(id);
                }
            }
            return Ok(());
        }
        match self.digests.of(object, listed.object_digest.algorithm()) {
            Ok(digest) if digest == listed.object_digest => {
                if report.failure.is_none() {
                    report.verified.push(id);
                }
                return Ok(());
            }
            Ok(_) => report.fail(Failure::DataAltered { object: id }),
            Err(NoDigest::Failed(failure)) => report.fail(failure),
            Err(stopped) => return Err(stopped),
        }
        report.altered.push(id);
        Ok(())
    }
}

/// Whether an object is listed twice, so that it would be open which of the two counts.
fn repeats(metadata: &ImageMetadata) -> bool {
    let mut ids: Vec<u32> = metadata
        .objects()
        .iter()
        .map(|object| object.relative_id)
        .collect();
    ids.sort_unstable();
    ids.windows(2).any(|pair| pair.first() == pair.last())
}
