//! The use cases behind every command.
