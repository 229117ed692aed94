//! What a window may ask and hear.
pub const COMMANDS: &[&str] = &[];
