//! What a provider gives out: codes, access tokens and ID tokens.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Habits, IdentityProvider, State};

/// What was given out and can be brought back.
#[derive(Default)]
pub(super) struct Issued {
    /// By code, until it is used.
    pub(super) codes: HashMap<String, Code>,
    /// Access tokens that work, and the client each was made for.
    pub(super) tokens: HashMap<String, String>,
    /// Devices that wait, and how often they have asked.
    pub(super) devices: HashMap<String, u32>,
}

pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

/// The challenge of a verifier.
pub(super) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

impl State {
    /// An ID token about the visitor of the moment.
    pub(super) fn id_token(
        &self,
        client_id: &str,
        nonce: Option<&str>,
        access_token: Option<&str>,
    ) -> Result<String> {
        let (visitor, twists) = {
            let now = self.lock();
            (now.visitor.clone(), now.twists.clone())
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        // GitLab's ID tokens live for two minutes.
        let life = if self.habits == Habits::GitLab {
            120
        } else {
            3600
        };
        let mut claims = Map::new();
        let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        let tenant = IdentityProvider::TENANT;
        claim("iss", json!(self.issuer().replace("{tenantid}", tenant)));
        claim("sub", json!(visitor.subject));
        claim("aud", json!(client_id));
        claim("iat", json!(now));
        claim("exp", json!(now + life));
        claim("name", json!(visitor.name));
        claim("email", json!(visitor.email));
        claim("preferred_username", json!(visitor.login));
        if let Some(nonce) = nonce {
            claim("nonce", json!(nonce));
        }
        if let Some(token) = access_token {
            let hash = Sha256::digest(token);
            let half = URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default());
            claim("at_hash", json!(half));
        }
        match self.habits {
            Habits::Microsoft => {
                // `sub` differs for every application, `oid` does not.
                claim("sub", json!(format!("{}-at-{client_id}", visitor.subject)));
                claim("oid", json!(visitor.subject));
                claim("tid", json!(tenant));
            }
            Habits::Google => {
                claim("hd", json!("example.org"));
                claim("azp", json!(client_id));
            }
            _ => {}
        }
        if let Some(edit) = twists.claims {
            edit(&mut claims);
        }
        self.keys().sign(&claims, twists.signing, |header| {
            if let Some(edit) = twists.header {
                edit(header);
            }
        })
    }
}
