//! What the secret store holds, read as another program of the same person would.

use anyhow::Result;

use crate::desktop::Desktop;

/// Shortest text inside a stored item that counts as a secret; ids and names are shorter.
const SHORTEST: usize = 32;

/// Every secret of Sifter's in the store, taken out of the items' JSON.
///
/// # Errors
/// When the store cannot be asked.
pub fn stored(desktop: &Desktop) -> Result<Vec<String>> {
    let answer = desktop
        .command("secret-tool")
        .args(["search", "--all", "service", "dev.sifter.desktop"])
        .output()?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let items = text
        .lines()
        .filter_map(|line| line.strip_prefix("secret = "));
    Ok(items
        .flat_map(|item| {
            item.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.~+/=".contains(c)))
        })
        .filter(|word| word.len() >= SHORTEST)
        .map(str::to_owned)
        .collect())
}
