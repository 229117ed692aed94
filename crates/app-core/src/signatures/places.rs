//! The folders in which keys are kept.

use std::path::PathBuf;

use directories::UserDirs;
use sifter_contract::{KeyPlace, UiError};
use sifter_signing::openpgp::{
    Certificate, Fingerprint, KeyOrigin, KeyStore, Keyring, SecretKey, Tool, command_line_rings,
};

use super::variable;
use crate::errors;
use crate::home::Home;

/// The folder below Sifter's own keys for what key servers have sent.
const FETCHED: &str = "fetched";

/// The file beside Sifter's own keys that says when key servers are asked again.
const DUE: &str = "due.json";

/// Where keys are.
#[derive(Debug)]
pub(super) struct Places {
    /// The person's keys in Sifter.
    pub(super) own: KeyStore,
    /// What key servers have sent.
    pub(super) fetched: KeyStore,
    /// When key servers are asked again about each key.
    pub(super) due: PathBuf,
    /// The person's keys in the command-line tools.
    pub(super) tools: Vec<(KeyPlace, KeyStore)>,
    /// The public rings of the command-line tools, in the order in which they are asked.
    rings: Vec<(KeyOrigin, PathBuf)>,
}

impl Places {
    pub(super) fn new(home: &Home) -> Self {
        let folder = home.keys_folder();
        let user = UserDirs::new().map(|user| user.home_dir().to_owned());
        let (tools, rings) = user.map_or_else(Default::default, |user| {
            let tools = Tool::ALL.map(|tool| {
                let place = match tool {
                    Tool::Singularity => KeyPlace::Singularity,
                    Tool::Apptainer => KeyPlace::Apptainer,
                };
                (place, KeyStore::new(tool.keys(variable, &user)))
            });
            (tools.into(), command_line_rings(variable, &user))
        });
        Self {
            fetched: KeyStore::new(folder.join(FETCHED)),
            due: folder.join(DUE),
            own: KeyStore::new(folder),
            tools,
            rings,
        }
    }

    /// The keyrings on this computer, in the order in which they are asked. A ring of another program that cannot be
    /// read is passed over, as that program does; a ring of Sifter's own is not.
    pub(super) fn keyrings(&self) -> Result<Vec<Keyring>, UiError> {
        let read = |(origin, path): &(KeyOrigin, PathBuf)| match Keyring::open_if_there(
            path,
            origin.clone(),
        ) {
            Ok(ring) => Some(ring),
            Err(error) => {
                tracing::warn!(error = %errors::chain(&error), "a keyring is passed over");
                None
            }
        };
        let mut rings: Vec<Keyring> = self.rings.iter().filter_map(read).collect();
        let global = rings.iter().take_while(|ring| is_global(ring)).count();
        let own = self
            .own
            .public(KeyOrigin::Local)
            .map_err(|error| errors::signing(&error, ""))?;
        rings.insert(global, own);
        Ok(rings)
    }

    /// The keyrings that an administrator keeps for everybody on this computer.
    pub(super) fn global_keyrings(&self) -> Result<Vec<Keyring>, UiError> {
        let mut rings = self.keyrings()?;
        rings.retain(is_global);
        Ok(rings)
    }

    /// What key servers have sent in the past.
    pub(super) fn known_to_servers(&self) -> Keyring {
        let origin = KeyOrigin::Server("a key server, earlier".to_owned());
        let ring = self.fetched.public(origin.clone());
        ring.unwrap_or_else(|_| Keyring::new(origin, Vec::new()))
    }

    /// Keeps what a key server has sent, for times without a network. Best effort: a verification does not fail for
    /// want of a note about it.
    pub(super) fn remember(&self, certificates: &[Certificate]) {
        for certificate in certificates {
            if let Err(error) = self.fetched.add(certificate) {
                tracing::warn!(error = %errors::chain(&error), "a fetched key is not kept");
            }
        }
    }
}

fn is_global(ring: &Keyring) -> bool {
    use sifter_signing::openpgp::KeySource as _;
    ring.origin() == KeyOrigin::Global
}

impl Places {
    /// Every secret key with the place it is kept in, Sifter's own first.
    pub(super) fn secret_keys(&self) -> Result<Vec<(KeyPlace, SecretKey)>, UiError> {
        let own = self
            .own
            .secret()
            .map_err(|error| errors::signing(&error, ""))?;
        let mut all: Vec<_> = own.into_iter().map(|key| (KeyPlace::Sifter, key)).collect();
        for (place, store) in &self.tools {
            // What another program keeps may be in any state.
            let theirs = store.secret().unwrap_or_default();
            all.extend(theirs.into_iter().map(|key| (*place, key)));
        }
        Ok(all)
    }

    /// The secret key of this fingerprint.
    pub(super) fn secret_key(
        &self,
        fingerprint: &Fingerprint,
    ) -> Result<Option<(KeyPlace, SecretKey)>, UiError> {
        let mut all = self.secret_keys()?.into_iter();
        Ok(all.find(|(_, key)| key.fingerprint() == *fingerprint))
    }

    /// The store behind a place.
    pub(super) fn store(&self, place: KeyPlace) -> &KeyStore {
        let mut tools = self.tools.iter();
        tools
            .find(|(tool, _)| *tool == place)
            .map_or(&self.own, |(_, store)| store)
    }
}
