//! How an image is created and changed: identity, times, room for objects.

use uuid::Uuid;

use crate::timestamp::Timestamp;

/// How many descriptors a new image has room for unless asked otherwise.
pub const DEFAULT_CAPACITY: u32 = 48;

/// The launch script Singularity and Apptainer write, so that an image runs like a program.
pub const RUN_SINGULARITY: &str = "#!/usr/bin/env run-singularity\n";

/// Which time a change is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stamp {
    /// The current time; none where the image is already deterministic.
    #[default]
    Auto,
    /// No time, so that equal content gives equal bytes.
    Deterministic,
    /// This time.
    At(Timestamp),
}

impl Stamp {
    pub(crate) fn time(self, deterministic: bool) -> Timestamp {
        match self {
            Self::Auto if !deterministic => Timestamp::now(),
            Self::Auto | Self::Deterministic => Timestamp::ZERO,
            Self::At(time) => time,
        }
    }
}

/// How a new image is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateOptions {
    /// The `#!` line with its line end, at most 31 bytes; empty for none.
    pub launch_script: String,
    /// Identity of the image. `None`: a random one, or nil with [`Stamp::Deterministic`].
    pub id: Option<Uuid>,
    /// Time of header and objects.
    pub stamp: Stamp,
    /// How many descriptors there is room for.
    pub capacity: u32,
}

impl Default for CreateOptions {
    fn default() -> Self {
        Self {
            launch_script: String::new(),
            id: None,
            stamp: Stamp::Auto,
            capacity: DEFAULT_CAPACITY,
        }
    }
}

/// How objects are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeleteOptions {
    /// Overwrite the data with zeros.
    pub zero: bool,
    /// Cut off what no object uses at the end of the file.
    pub compact: bool,
    /// Time of the change.
    pub stamp: Stamp,
}
