//! The keys ID tokens are signed with, and how they are published.

use anyhow::{Context, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::{Map, Value, json};

use super::{Habits, Signing};

/// Made for these tests and used nowhere else: *ring* signs with RSA but makes no such keys.
const RSA: &[u8] = include_bytes!("test-only-rsa.pk8");

pub(super) struct Keys {
    current: Key,
    number: u32,
}

enum Key {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl Keys {
    pub(super) fn new(habits: Habits) -> Result<Self> {
        let current = match habits {
            Habits::Plain => new_p256()?,
            _ => Key::Rsa(RsaKeyPair::from_pkcs8(RSA).map_err(|why| anyhow!("{why}"))?),
        };
        Ok(Self { current, number: 1 })
    }

    pub(super) fn rotate(&mut self) -> Result<()> {
        self.current = new_p256()?;
        self.number += 1;
        Ok(())
    }

    fn name(&self) -> String {
        format!("key-{}", self.number)
    }

    /// The document at `jwks_uri`.
    pub(super) fn published(&self) -> Map<String, Value> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = match &self.current {
            Key::Rsa(key) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public());
                json!({
                    "kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.name(),
                    "n": encode(&public.n),
                    "e": encode(&public.e),
                })
            }
            Key::P256(key) => {
                let point = key.public_key().as_ref();
                let half = |from: usize| encode(point.get(from..from + 32).unwrap_or_default());
                json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.name(),
                    "x": half(1), "y": half(33),
                })
            }
        };
        // Real sets hold keys of other kinds too.
        let other = json!({"kty": "OKP", "crv": "Ed25519", "kid": "other", "x": "AA"});
        let encryption =
            json!({"kty": "RSA", "use": "enc", "kid": self.name(), "n": "AA", "e": "AQAB"});
        Map::from_iter([("keys".to_owned(), json!([other, key, encryption]))])
    }

    /// A signed token. `edit` changes the header before it is signed.
    pub(super) fn sign(
        &self,
        claims: &Map<String, Value>,
        signing: Signing,
        edit: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<String> {
        let algorithm = match (signing, &self.current) {
            (Signing::None, _) => "none",
            (Signing::PublicKeyAsSecret, _) => "HS256",
            (_, Key::Rsa(_)) => "RS256",
            (_, Key::P256(_)) => "ES256",
        };
        let mut header = Map::from_iter([
            ("alg".to_owned(), json!(algorithm)),
            ("kid".to_owned(), json!(self.name())),
            ("typ".to_owned(), json!("JWT")),
        ]);
        edit(&mut header);
        let part = |map: &Map<String, Value>| -> Result<String> {
            Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(map)?))
        };
        let message = format!("{}.{}", part(&header)?, part(claims)?);
        let signature = match signing {
            Signing::Right => self.current.sign(message.as_bytes())?,
            Signing::ForeignKey => new_p256()?.sign(message.as_bytes())?,
            Signing::None => Vec::new(),
            Signing::PublicKeyAsSecret => {
                let secret = serde_json::to_vec(&self.published())?;
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
                ring::hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
        };
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| anyhow!("signing with RSA failed"))?;
                Ok(signature)
            }
            Self::P256(key) => {
                let signature = key.sign(&random, message);
                let signature = signature.map_err(|_| anyhow!("signing with P-256 failed"))?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

fn new_p256() -> Result<Key> {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
        .ok()
        .context("making a key")?;
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random);
    Ok(Key::P256(pair.map_err(|why| anyhow!("{why}"))?))
}
