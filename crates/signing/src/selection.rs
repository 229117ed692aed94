//! What of an image is to be verified, and the tasks that come of it.

use std::collections::BTreeSet;

use sifter_sif::{DataType, Descriptor, Image, PartitionType, Source};

use crate::failure::{Failure, Target};

/// Which form of signatures is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Signatures over integrity metadata, which cover header, descriptors and data.
    #[default]
    Modern,
    /// Signatures of tools before 3.6, which cover data only. Nothing else protects such an image.
    Legacy,
    /// As [`Form::Legacy`], one for every object in a group.
    LegacyAll,
}

/// What of an image is to be verified. By default every group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Which form of signatures is looked for.
    pub form: Form,
    /// Groups to be covered whole.
    pub groups: BTreeSet<u32>,
    /// Objects to be covered; a signature may cover more than these.
    pub objects: BTreeSet<u32>,
}

impl Selection {
    /// Every group, modern signatures.
    pub fn all() -> Self {
        Self::default()
    }

    /// This object too.
    #[must_use]
    pub fn object(mut self, id: u32) -> Self {
        self.objects.insert(id);
        self
    }

    /// This group too.
    #[must_use]
    pub fn group(mut self, group: u32) -> Self {
        self.groups.insert(group);
        self
    }

    /// Looks for this form of signatures.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// As the command-line tools understand "legacy" without more: the primary system partition alone.
    ///
    /// # Errors
    /// [`Failure::NoPrimaryPartition`].
    pub fn or_primary<S: Source>(mut self, image: &Image<S>) -> Result<Self, Failure> {
        if self.form == Form::Legacy && self.groups.is_empty() && self.objects.is_empty() {
            let mut objects = image.descriptors();
            let primary = objects.find(|object| object.is_partition(PartitionType::PrimarySystem));
            self.objects
                .insert(primary.ok_or(Failure::NoPrimaryPartition)?.id());
        }
        Ok(self)
    }

    /// Groups first, then objects, each ascending.
    pub(crate) fn targets<S: Source>(&self, image: &Image<S>) -> Result<Vec<Target>, Failure> {
        let mut objects = self.objects.clone();
        if self.form == Form::LegacyAll {
            let grouped = image.descriptors().filter(|object| {
                object.data_type() != DataType::Signature && object.group().is_some()
            });
            objects.extend(grouped.map(Descriptor::id));
        }
        let mut targets = Vec::new();
        for group in &self.groups {
            require(*group != 0, Failure::InvalidGroupId)?;
            require(image.descriptors().next().is_some(), Failure::NoObjects)?;
            let there = image
                .descriptors()
                .any(|object| object.group() == Some(*group));
            require(there, Failure::GroupNotFound)?;
            targets.push(Target::Group(*group));
        }
        for id in &objects {
            let object = object(image, *id)?;
            require(
                self.form != Form::Modern || object.group().is_some(),
                Failure::InvalidGroupId,
            )?;
            targets.push(Target::Object(*id));
        }
        if targets.is_empty() {
            let groups: BTreeSet<u32> = image.descriptors().filter_map(Descriptor::group).collect();
            targets.extend(groups.into_iter().map(Target::Group));
            require(!targets.is_empty(), Failure::NoGroups)?;
        }
        Ok(targets)
    }
}

/// The one object of this id.
pub(crate) fn object<S: Source>(image: &Image<S>, id: u32) -> Result<&Descriptor, Failure> {
    require(id != 0, Failure::InvalidObjectId)?;
    require(image.descriptors().next().is_some(), Failure::NoObjects)?;
    let mut found = image.descriptors().filter(|object| object.id() == id);
    let object = found.next().ok_or(Failure::ObjectNotFound)?;
    require(found.next().is_none(), Failure::SeveralObjects)?;
    Ok(object)
}

fn require(holds: bool, otherwise: Failure) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(otherwise) }
}
