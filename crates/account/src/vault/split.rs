//! How a secret lies in a keychain: one item of at most 2400 bytes, or a manifest and its parts.
//!
//! Windows takes 2560 bytes per item, so every platform gets the same limit. The manifest is
//! written after its parts and names their generation: whoever reads finds the old secret or the
//! new one, never a mixture, and a length and a hash tell when parts are missing or foreign.

use rand::RngCore;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::worker::VaultFault;
use super::{SecretStore, StoreError, VaultError};
use crate::account::AccountId;

/// The longest item, in bytes.
const ITEM: usize = 2400;
/// The most parts of one secret.
const PARTS: usize = 8;
/// The version of this layout.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    v: u32,
    #[serde(rename = "gen")]
    generation: u64,
    parts: usize,
    len: usize,
    sha256: String,
}

fn item_name(account: AccountId) -> String {
    format!("acct.{account}.v1")
}

fn part_name(account: AccountId, generation: u64, part: usize) -> String {
    format!("acct.{account}.v1.{generation}.{part}")
}

fn manifest_in(text: &SecretString) -> Result<Option<Manifest>, VaultError> {
    match serde_json::from_str::<Manifest>(text.expose_secret()) {
        Ok(manifest) if manifest.v > VERSION => Err(VaultError::NewerVersion),
        Ok(manifest) => Ok(Some(manifest)),
        Err(_) => Ok(None),
    }
}

fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Cuts `text` into slices of at most one item, never inside a character (KWallet takes text only).
fn slices(text: &str) -> Vec<&str> {
    let mut rest = text;
    let mut slices = Vec::new();
    while !rest.is_empty() {
        let mut end = rest.len().min(ITEM);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (slice, tail) = rest.split_at(end);
        slices.push(slice);
        rest = tail;
    }
    slices
}

pub(super) fn write(
    store: &mut dyn SecretStore,
    account: AccountId,
    secret: &SecretString,
) -> Result<(), VaultFault> {
    let item = item_name(account);
    let previous = match store.get(&item) {
        Ok(Some(text)) => manifest_in(&text).map_err(VaultFault::Content)?,
        Ok(None) | Err(StoreError::Corrupt) => None,
        Err(error) => return Err(error.into()),
    };
    let text = secret.expose_secret();
    if text.len() <= ITEM {
        store.set(&item, secret)?;
    } else {
        let slices = slices(text);
        if slices.len() > PARTS {
            return Err(VaultFault::Content(VaultError::TooLong));
        }
        let generation = (previous.as_ref())
            .map_or(0, |old| old.generation)
            .wrapping_add(1);
        for (part, slice) in slices.iter().enumerate() {
            let part = part_name(account, generation, part);
            store.set(&part, &SecretString::from(*slice))?;
        }
        let manifest = Manifest {
            v: VERSION,
            generation,
            parts: slices.len(),
            len: text.len(),
            sha256: hash(text),
        };
        let manifest = serde_json::to_string(&manifest)
            .map_err(|error| VaultFault::Content(VaultError::Failed(error.into())))?;
        store.set(&item, &SecretString::from(manifest))?;
    }
    if let Some(old) = previous {
        forget_parts(store, account, old.generation)?;
    }
    Ok(())
}

pub(super) fn read(
    store: &mut dyn SecretStore,
    account: AccountId,
) -> Result<Option<SecretString>, VaultFault> {
    let Some(text) = store.get(&item_name(account))? else {
        return Ok(None);
    };
    let Some(manifest) = manifest_in(&text).map_err(VaultFault::Content)? else {
        return Ok(Some(text));
    };
    let corrupt = || VaultFault::Content(VaultError::Corrupt);
    if manifest.parts > PARTS || manifest.len > ITEM * PARTS {
        return Err(corrupt());
    }
    let mut whole = Zeroizing::new(String::with_capacity(manifest.len));
    for part in 0..manifest.parts {
        let name = part_name(account, manifest.generation, part);
        let slice = store.get(&name)?.ok_or_else(corrupt)?;
        if whole.len() + slice.expose_secret().len() > manifest.len {
            return Err(corrupt());
        }
        whole.push_str(slice.expose_secret());
    }
    if whole.len() != manifest.len || hash(&whole) != manifest.sha256 {
        return Err(corrupt());
    }
    Ok(Some(SecretString::from(whole.as_str())))
}

pub(super) fn remove(store: &mut dyn SecretStore, account: AccountId) -> Result<(), VaultFault> {
    let item = item_name(account);
    let manifest = match store.get(&item) {
        Ok(text) => text.and_then(|text| manifest_in(&text).ok().flatten()),
        Err(StoreError::Corrupt) => None,
        Err(error) => return Err(error.into()),
    };
    store.delete(&item)?;
    if let Some(manifest) = manifest {
        forget_parts(store, account, manifest.generation)?;
        // A write that was cut off may have left the parts of the next generation.
        forget_parts(store, account, manifest.generation.wrapping_add(1))?;
    }
    Ok(())
}

fn forget_parts(
    store: &mut dyn SecretStore,
    account: AccountId,
    generation: u64,
) -> Result<(), StoreError> {
    (0..PARTS).try_for_each(|part| store.delete(&part_name(account, generation, part)))
}

/// Writes, reads back and deletes an item of random text.
pub(super) fn probe(store: &mut dyn SecretStore) -> Result<(), VaultFault> {
    let text = format!(
        "{:016x}{:016x}",
        rand::rng().next_u64(),
        rand::rng().next_u64()
    );
    let name = format!("probe.{:016x}", rand::rng().next_u64());
    store.set(&name, &SecretString::from(text.as_str()))?;
    let back = store.get(&name);
    store.delete(&name)?;
    match back? {
        Some(back) if back.expose_secret() == text => Ok(()),
        _ => Err(VaultFault::Content(VaultError::Corrupt)),
    }
}
