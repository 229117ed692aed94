//! The Cloud Library as a client sees it.
