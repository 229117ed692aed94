//! Files made from other files of the checkout.

use std::process::Command;

use anyhow::Result;

use crate::{root::root, step};

/// Writes `ui/src/contract/generated.ts`. The rendering is a test of the contract crate that writes when told
/// to, so that this program needs none of the contract's dependencies.
pub(crate) fn write() -> Result<()> {
    step::quiet(
        "TypeScript of the contract",
        Command::new("cargo")
            .args([
                "test",
                "--package",
                "sifter-contract",
                "the_committed_typescript_is_current",
            ])
            .env(
                "SIFTER_WRITE_GENERATED",
                root().join("ui/src/contract/generated.ts"),
            ),
    )
}
