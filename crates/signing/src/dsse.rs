//! DSSE: envelopes around signed metadata, and the keys in PEM form that sign and verify them.

mod envelope;
mod private;
mod public;
mod ssh;

pub use private::PrivateKey;
pub use public::{InvalidKey, KEY_FILE_LIMIT, PublicKey};

pub(crate) use envelope::{Envelope, Outcome, seal};
