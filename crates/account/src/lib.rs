//! Sign-in flows, tokens and the vault.
