//! Signing an image on this computer.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use secrecy::SecretString;
use sifter_contract::{SignedView, UiError};
use sifter_sif::Stamp;
use sifter_signing::dsse::PrivateKey;
use sifter_signing::openpgp::{Fingerprint, SecretKey, Time};
use sifter_signing::{Error, ImageSigner, Selection, sign_watched};

use super::places::Places;
use super::{Signatures, apart, shown};
use crate::errors;

/// What of an image is to be signed, and by which key.
#[derive(Debug, Default)]
pub struct SignRequest {
    /// A key file (PEM, or OpenPGP) or the fingerprint of a key of the person's. Without it, the only secret key there is.
    pub key: Option<String>,
    /// What opens the key.
    pub passphrase: Option<SecretString>,
    /// Only these objects.
    pub objects: Vec<u32>,
    /// Only these groups.
    pub groups: Vec<u32>,
    /// Leaves out the time, so that a reproducible image stays one. An OpenPGP signature still carries its own.
    pub deterministic: bool,
}

/// What signs.
enum Key {
    OpenPgp(Box<SecretKey>),
    Pem(Box<PrivateKey>),
}

impl Signatures {
    /// Signs the image at `path` in place. Nothing but the signatures is written, unless the image has no slot left for
    /// them: then a larger copy takes its place.
    ///
    /// # Errors
    /// `key_unusable`, `passphrase_needed`, `passphrase_wrong`, `cannot_sign`, and those of reading the image.
    pub async fn sign(&self, path: &Path, request: SignRequest) -> Result<SignedView, UiError> {
        let places = self.places.clone();
        let path = path.to_owned();
        apart(move |stop| {
            let key = find(&places, request.key.as_deref())?;
            let mut watch = |_| match stop.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            sign_with(&path, &key, &request, &mut watch)
        })
        .await
    }
}

fn sign_with(
    path: &Path,
    key: &Key,
    request: &SignRequest,
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<SignedView, UiError> {
    let selection = request
        .objects
        .iter()
        .fold(Selection::all(), |all, id| all.object(*id));
    let selection = request
        .groups
        .iter()
        .fold(selection, |all, group| all.group(*group));
    let signer = match key {
        Key::OpenPgp(key) => ImageSigner::OpenPgp {
            key,
            passphrase: request.passphrase.as_ref(),
        },
        Key::Pem(key) => ImageSigner::Pem(std::slice::from_ref(&**key)),
    };
    let stamp = if request.deterministic {
        Stamp::Deterministic
    } else {
        Stamp::At(Time::now())
    };
    let signed = sign_watched(path, &selection, signer, stamp, watch);
    let objects = signed.map_err(|error| match &error {
        Error::Image(image) => errors::unsignable(image, &shown(path), path),
        Error::Selection(_) => errors::nothing_to_sign(&error, &shown(path)),
        _ => errors::signing(&error, &key.name()),
    })?;
    Ok(SignedView {
        objects,
        fingerprint: match key {
            Key::OpenPgp(key) => Some(key.fingerprint().to_string()),
            Key::Pem(_) => None,
        },
        key: match key {
            Key::OpenPgp(_) => None,
            Key::Pem(key) => Some(key.public().id().to_owned()),
        },
    })
}

impl Key {
    fn name(&self) -> String {
        match self {
            Self::OpenPgp(key) => key.fingerprint().to_string(),
            Self::Pem(key) => key.public().id().to_owned(),
        }
    }
}

/// The key that `named` means: a fingerprint, else a file.
fn find(places: &Places, named: Option<&str>) -> Result<Key, UiError> {
    let Some(named) = named else {
        return Ok(Key::OpenPgp(Box::new(only(places)?)));
    };
    if let Ok(fingerprint) = named.parse::<Fingerprint>() {
        let found = places.secret_key(&fingerprint)?;
        let (_, key) = found.ok_or_else(|| errors::key(named, "not_found"))?;
        return Ok(Key::OpenPgp(Box::new(key)));
    }
    let path = PathBuf::from(named);
    let failed = |error: Error| errors::signing(&error, &shown(&path));
    match PrivateKey::open(&path) {
        Ok(key) => return Ok(Key::Pem(Box::new(key))),
        Err(Error::Pem(sifter_signing::dsse::InvalidKey::NoPrivateKey)) => {}
        Err(error) => return Err(failed(error)),
    }
    let mut keys = SecretKey::open(&path).map_err(failed)?;
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => Ok(Key::OpenPgp(Box::new(key))),
        _ => Err(errors::key(&shown(&path), "ambiguous")),
    }
}

/// The only secret key, of Sifter's own keys or else of the tools'.
fn only(places: &Places) -> Result<SecretKey, UiError> {
    let mut all = places.secret_keys()?;
    if let Some(first) = all.first().map(|(place, _)| *place) {
        all.retain(|(place, _)| *place == first);
    }
    match (all.pop(), all.is_empty()) {
        (Some((_, key)), true) => Ok(key),
        (Some(_), false) => Err(errors::key("", "ambiguous")),
        (None, _) => Err(errors::key("", "not_found")),
    }
}
