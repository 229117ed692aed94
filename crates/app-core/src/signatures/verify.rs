//! Verifying an image on this computer.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sifter_contract::{UiError, VerificationView};
use sifter_sif::{Image, Source};
use sifter_signing::dsse::PublicKey;
use sifter_signing::hkp::ServerAddress;
use sifter_signing::openpgp::{Issuer, KeyOrigin, KeySource, Keyring, Time};
use sifter_signing::{Form, Selection, Trust, Verifier, issuers, x509};

use super::servers::{self, Answers};
use super::{Signatures, apart, shown, status, views};
use crate::errors;

/// The largest file of certificates read, in bytes.
const CERTIFICATES_LIMIT: u64 = 16 << 20;

/// A signer's certificate and what it has to lead to.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The certificate, PEM.
    pub certificate: PathBuf,
    /// Those between it and a root, PEM.
    pub chain: Option<PathBuf>,
    /// Those that are trusted, PEM.
    pub roots: Option<PathBuf>,
    /// Asks the responders that the certificates name whether they have been taken back.
    pub ocsp: bool,
}

/// What of an image is to be verified, and with which keys.
#[derive(Debug, Clone, Default)]
pub struct VerifyRequest {
    /// Keyrings to use instead of those on this computer.
    pub keyrings: Vec<PathBuf>,
    /// Public keys in PEM form.
    pub pems: Vec<PathBuf>,
    /// A certificate whose key is used.
    pub certificate: Option<CertificateFiles>,
    /// Only these objects.
    pub objects: Vec<u32>,
    /// Only these groups.
    pub groups: Vec<u32>,
    /// Looks for signatures of tools before 3.6.
    pub legacy: bool,
    /// As `legacy`, one for every object.
    pub legacy_all: bool,
    /// Asks no key server.
    pub offline: bool,
    /// The key server of the library that the image is from, which is asked before the usual ones.
    pub library_key_server: Option<String>,
    /// Key servers to ask instead of these, in their order.
    pub key_servers: Vec<String>,
    /// Leaves the data of objects unread, of an image that is not here.
    pub without_data: bool,
}

impl VerifyRequest {
    fn selection(&self) -> Selection {
        let form = match (self.legacy, self.legacy_all) {
            (_, true) => Form::LegacyAll,
            (true, false) => Form::Legacy,
            (false, false) => Form::Modern,
        };
        let selection = Selection::all().form(form);
        let selection = self
            .objects
            .iter()
            .fold(selection, |all, id| all.object(*id));
        self.groups
            .iter()
            .fold(selection, |all, group| all.group(*group))
    }

    /// The keys in the files that are named, which count as trusted.
    fn given(&self) -> Result<(Vec<Keyring>, Vec<PublicKey>), UiError> {
        let keyrings = given_keyrings(&self.keyrings)?;
        let mut keys = Vec::new();
        for path in &self.pems {
            keys.push(public_key(path)?);
        }
        if let Some(files) = &self.certificate {
            keys.push(trusted_key(files)?);
        }
        Ok((keyrings, keys))
    }
}

impl Signatures {
    /// The key servers to ask for the keys that `request` needs, in their order.
    pub(super) fn servers(&self, request: &VerifyRequest) -> Result<Vec<ServerAddress>, UiError> {
        if request.offline {
            return Ok(Vec::new());
        }
        if !request.key_servers.is_empty() {
            return servers::addresses(&request.key_servers);
        }
        // A library may name anything; what makes no sense is no reason to fail.
        let own = request.library_key_server.as_deref();
        let own = own.and_then(|text| servers::address(text).ok());
        let mut usual = servers::addresses(&self.usual_servers())?;
        usual.retain(|server| Some(server) != own.as_ref());
        Ok(own.into_iter().chain(usual).collect())
    }

    /// Verifies the image at `path`. That a signature is not good is no failure but what was found.
    ///
    /// # Errors
    /// `key_unusable` about a file of keys, `invalid_address` about a key server, and those of reading the image.
    pub async fn verify(
        &self,
        path: &Path,
        request: VerifyRequest,
    ) -> Result<VerificationView, UiError> {
        let opened: PathBuf = path.to_owned();
        let open = move || open(&opened).map(Arc::new);
        self.verify_opened(shown(path), open, request).await
    }

    /// The same for an image that `open` opens.
    pub(crate) async fn verify_opened<S: Source + Send + Sync + 'static>(
        &self,
        name: String,
        open: impl FnOnce() -> Result<Arc<Image<S>>, UiError> + Send + 'static,
        request: VerifyRequest,
    ) -> Result<VerificationView, UiError> {
        let servers = self.servers(&request)?;
        let asked = request.certificate.as_ref().filter(|files| files.ocsp);
        if let Some(files) = asked
            && let Some(failed) = status::check(&self.http, files, request.offline).await?
        {
            return Ok(failed);
        }
        let places = self.places.clone();
        let (material, missing) = apart(move |_| {
            let (mut keyrings, keys) = request.given()?;
            // Keys that are named are the only ones, as with the command-line tools.
            let only_given = !keyrings.is_empty() || !keys.is_empty();
            if !only_given {
                keyrings = places.keyrings()?;
            }
            let image = open()?;
            let unknown = |issuer: &Issuer| !keyrings.iter().any(|ring| knows(ring, issuer));
            let missing: Vec<Issuer> = if only_given {
                Vec::new()
            } else {
                issuers(&image).into_iter().filter(unknown).collect()
            };
            let earlier = (!only_given).then(|| places.known_to_servers());
            let material = Material {
                image,
                selection: request.selection(),
                without_data: request.without_data,
                keyrings,
                keys,
                earlier,
            };
            Ok((material, missing))
        })
        .await?;
        let answers = servers::ask(&self.http, &servers, &missing).await;
        let places = self.places.clone();
        apart(move |stop| {
            for answer in &answers {
                places.remember(answer.found());
            }
            material.verify(&answers, stop, &name)
        })
        .await
    }
}

/// Everything that a verification needs.
struct Material<S> {
    image: Arc<Image<S>>,
    selection: Selection,
    without_data: bool,
    keyrings: Vec<Keyring>,
    keys: Vec<PublicKey>,
    earlier: Option<Keyring>,
}

impl<S: Source> Material<S> {
    fn verify(
        self,
        answers: &[Answers],
        stop: &AtomicBool,
        name: &str,
    ) -> Result<VerificationView, UiError> {
        let mut verifier = Verifier::new().select(self.selection);
        if self.without_data {
            verifier = verifier.without_data();
        }
        for ring in &self.keyrings {
            verifier = verifier.source(ring);
        }
        for answer in answers {
            verifier = verifier.source(answer);
        }
        if let Some(ring) = &self.earlier {
            verifier = verifier.source(ring);
        }
        for key in self.keys {
            verifier = verifier.key(key);
        }
        let mut watch = |_| match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let report = verifier.verify_watched(&*self.image, &mut watch);
        let report = report.map_err(|error| errors::signing(&error, name))?;
        let asked = answers.iter().map(Answers::host).collect();
        // The person's own keyrings and the files named are what the command-line tools trust.
        let trust = Trust::nobody().keyrings().given();
        Ok(views::verification(&report, &trust, asked))
    }
}

/// The keyrings in these files.
pub(super) fn given_keyrings(paths: &[PathBuf]) -> Result<Vec<Keyring>, UiError> {
    let read = |path: &PathBuf| {
        let ring = Keyring::open(path, KeyOrigin::Given);
        ring.map_err(|error| errors::signing(&error, &shown(path)))
    };
    paths.iter().map(read).collect()
}

/// The public key in a PEM file.
pub(super) fn public_key(path: &Path) -> Result<PublicKey, UiError> {
    PublicKey::open(path).map_err(|error| errors::signing(&error, &shown(path)))
}

fn knows(ring: &Keyring, issuer: &Issuer) -> bool {
    ring.find(issuer).is_ok_and(|found| !found.is_empty())
}

pub(super) fn open(path: &Path) -> Result<Image, UiError> {
    Image::open(path).map_err(|error| errors::sif(&error, &shown(path), path))
}

/// What a file of keys or certificates holds, wiped when it is dropped: a private key may stand beside.
type Content = zeroize::Zeroizing<Vec<u8>>;

/// The content of the files of a chain.
pub(super) struct Chain {
    pub(super) certificate: Content,
    pub(super) intermediates: Content,
    pub(super) roots: Content,
}

impl Chain {
    pub(super) fn read(files: &CertificateFiles) -> Result<Self, UiError> {
        let read = |path: &Path| {
            let content = sifter_signing::openpgp::read_file(path, CERTIFICATES_LIMIT);
            content.map_err(|error| errors::signing(&error, &shown(path)))
        };
        let if_named = |path: &Option<PathBuf>| {
            let content = path.as_deref().map(read).transpose();
            content.map(Option::unwrap_or_default)
        };
        Ok(Self {
            certificate: read(&files.certificate)?,
            intermediates: if_named(&files.chain)?,
            roots: if_named(&files.roots)?,
        })
    }
}

fn trusted_key(files: &CertificateFiles) -> Result<PublicKey, UiError> {
    let chain = Chain::read(files)?;
    let (certificate, intermediates) = (&chain.certificate, &chain.intermediates);
    x509::trusted_key(certificate, intermediates, &chain.roots, Time::now())
        .map_err(|error| errors::certificate(&error, &shown(&files.certificate)))
}
