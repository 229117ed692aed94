//! Keys, signatures and verdicts.
