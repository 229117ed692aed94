//! An identity provider for flows in a real browser: `identity-provider plain|google|gitlab|microsoft|github`.
//! Whoever comes is Jane Doe. It says where it is, and runs until it is ended.

use std::io::{self, Write as _};

use anyhow::{Result, bail};
use sifter_test_support::{Habits, IdentityProvider, stop_asked};

#[tokio::main]
async fn main() -> Result<()> {
    let habits = match std::env::args().nth(1).as_deref() {
        Some("plain") => Habits::Plain,
        Some("google") => Habits::Google,
        Some("gitlab") => Habits::GitLab,
        Some("microsoft") => Habits::Microsoft,
        Some("github") => Habits::GitHub,
        _ => bail!("say whose habits it shall have: plain, google, gitlab, microsoft or github"),
    };
    let provider = IdentityProvider::start(habits).await?;
    writeln!(io::stdout(), "Provider at {}", provider.origin())?;
    stop_asked().await?;
    Ok(())
}
