//! Signed tokens (RFC 7515) with the two algorithms that providers use, RS256 and ES256, and the keys
//! they publish (RFC 7517). The cryptography is that of *ring*.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::error::IdTokenFault;

/// The longest token read, in bytes.
const LONGEST: usize = 16 << 10;
/// Keys read of one set.
const MOST_KEYS: usize = 64;

/// A token taken apart, nothing of it verified.
#[derive(Debug)]
pub struct Jws<'a> {
    header: Header,
    /// Header and payload as they are signed.
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood; none are.
    #[serde(default)]
    crit: Option<Value>,
}

impl<'a> Jws<'a> {
    /// Takes it apart.
    ///
    /// # Errors
    /// When it is too long, or not a signed token in compact form.
    pub fn parse(token: &'a str) -> Result<Self, IdTokenFault> {
        if token.len() > LONGEST {
            return Err(IdTokenFault::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenFault::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(IdTokenFault::Form)?;
        let decode = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| IdTokenFault::Form);
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| IdTokenFault::Form)?;
        if header.crit.is_some() {
            return Err(IdTokenFault::Form);
        }
        Ok(Self {
            header,
            signed,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// What the token says, whoever wrote it.
    #[must_use]
    pub fn unverified(&self) -> &[u8] {
        &self.payload
    }

    /// What the token says, if one of the keys has signed it.
    ///
    /// # Errors
    /// When none has, or its algorithm is not RS256 or ES256.
    pub fn verified(&self, keys: &KeySet) -> Result<&[u8], IdTokenFault> {
        let kind = match self.header.alg.as_str() {
            "RS256" => KeyKind::Rsa,
            "ES256" => KeyKind::P256,
            // Also `none`, and HS256, which would take a public key for a shared secret.
            _ => return Err(IdTokenFault::Algorithm),
        };
        let key = keys.choose(kind, self.header.kid.as_deref())?;
        let message = self.signed.as_bytes();
        let outcome = match &key.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                &self.signature,
            ),
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, &self.signature),
        };
        outcome.map_err(|_| IdTokenFault::Signature)?;
        Ok(&self.payload)
    }
}

/// The keys a provider publishes, as far as they are of use.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Debug, Clone)]
struct Key {
    kid: Option<String>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Rsa,
    P256,
}

#[derive(Deserialize)]
struct PublishedSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Published {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

impl KeySet {
    /// Reads a published set. Keys of other kinds and for other purposes are left out.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let set: PublishedSet = serde_json::from_slice(body).ok()?;
        let keys = set.keys.into_iter().take(MOST_KEYS);
        Some(Self(keys.filter_map(Key::read).collect()))
    }

    /// The one key of a kind, and of a name where the token gives one. Two candidates are none: a set
    /// that is ambiguous proves nothing.
    fn choose(&self, kind: KeyKind, kid: Option<&str>) -> Result<&Key, IdTokenFault> {
        let mut candidates = self.0.iter().filter(|key| {
            key.kind() == kind && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))
        });
        match (candidates.next(), candidates.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(IdTokenFault::AmbiguousKey),
            (None, _) => Err(IdTokenFault::UnknownKey),
        }
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let key: Published = serde_json::from_value(value).ok()?;
        if key
            .purpose
            .as_deref()
            .is_some_and(|purpose| purpose != "sig")
        {
            return None;
        }
        let is_for = |algorithm| key.alg.as_deref().is_none_or(|alg| alg == algorithm);
        let number = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Some(bytes.get(zeros..)?.to_vec()).filter(|bytes| !bytes.is_empty())
        };
        let coordinate = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            (bytes.len() == 32).then_some(bytes)
        };
        let material = match key.kty.as_str() {
            "RSA" if is_for("RS256") => Material::Rsa {
                n: number(&key.n)?,
                e: number(&key.e)?,
            },
            "EC" if key.crv == "P-256" && is_for("ES256") => {
                let mut point = vec![4];
                point.extend(coordinate(&key.x)?);
                point.extend(coordinate(&key.y)?);
                Material::P256(point)
            }
            _ => return None,
        };
        Some(Self {
            kid: key.kid,
            material,
        })
    }

    fn kind(&self) -> KeyKind {
        match self.material {
            Material::Rsa { .. } => KeyKind::Rsa,
            Material::P256(_) => KeyKind::P256,
        }
    }
}
