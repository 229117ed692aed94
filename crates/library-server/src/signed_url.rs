//! Addresses that work without `Authorization`, for a while, for one purpose.
//!
//! Clients send parts and fetch ranges without their token (it must not travel to object stores), so
//! the address itself carries the permission: an expiry and an HMAC-SHA256 over method, path and query.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use rusqlite::{Connection, OptionalExtension as _};
use sha2::Sha256;
use time::OffsetDateTime;

use crate::error::Error;
use crate::fault::Fault;
use crate::ids;

const SIGNATURE: &str = "&sig=";
/// One block of SHA-256, the longest key HMAC uses as it is.
const KEY_LENGTH: usize = 64;
const EXPIRES: &str = "expires=";

/// The library's own key; it never leaves the database, so addresses survive a restart.
#[derive(Clone)]
pub(crate) struct SigningKey([u8; KEY_LENGTH]);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// Reads the key from the database, making one the first time.
    pub(crate) fn load(connection: &Connection) -> Result<Self, Error> {
        connection.execute(
            "INSERT INTO settings (name, value) VALUES ('signing-key', ?1) ON CONFLICT DO NOTHING",
            [ids::random::<KEY_LENGTH>()?],
        )?;
        let key = connection
            .query_row(
                "SELECT value FROM settings WHERE name = 'signing-key'",
                [],
                |row| row.get(0),
            )
            .optional()?
            .ok_or(Error::Corrupt("signing key"))?;
        Ok(Self(key))
    }

    /// `path` with an expiry and a signature behind it. `query` must be encoded and may be empty.
    pub(crate) fn sign(
        &self,
        method: &Method,
        path: &str,
        query: &str,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> String {
        let expires = (now + lifetime).unix_timestamp();
        let separator = if query.is_empty() { "" } else { "&" };
        let query = format!("{query}{separator}{EXPIRES}{expires}");
        let signature =
            URL_SAFE_NO_PAD.encode(self.mac(method, path, &query).finalize().into_bytes());
        format!("{path}?{query}{SIGNATURE}{signature}")
    }

    /// Checks what [`SigningKey::sign`] made. Afterwards path and query can be believed.
    pub(crate) fn verify(
        &self,
        method: &Method,
        path: &str,
        query: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<(), Fault> {
        let (query, signature) = query
            .and_then(|query| query.rsplit_once(SIGNATURE))
            .ok_or(Fault::BadSignature)?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| Fault::BadSignature)?;
        self.mac(method, path, query)
            .verify_slice(&signature)
            .map_err(|_| Fault::BadSignature)?;
        let expires = query
            .split('&')
            .find_map(|pair| pair.strip_prefix(EXPIRES))
            .and_then(|seconds| seconds.parse::<i64>().ok())
            .ok_or(Fault::BadSignature)?;
        if now.unix_timestamp() < expires {
            Ok(())
        } else {
            Err(Fault::BadSignature)
        }
    }

    fn mac(&self, method: &Method, path: &str, query: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        for field in [method.as_str(), "\n", path, "\n", query] {
            mac.update(field.as_bytes());
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn split(url: &str) -> (&str, Option<&str>) {
        let (path, query) = url.split_once('?').unwrap();
        (path, Some(query))
    }

    #[test]
    fn a_signed_address_is_believed_until_it_expires() {
        let key = SigningKey([7; KEY_LENGTH]);
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        for query in ["", "length=5&sha256=ab"] {
            let url = key.sign(&Method::PUT, "/signed/part/a/1", query, now, HOUR);
            let (path, query) = split(&url);
            assert!(key.verify(&Method::PUT, path, query, now).is_ok());
            assert!(key.verify(&Method::PUT, path, query, now + HOUR).is_err());
        }
    }

    #[test]
    fn a_changed_address_is_not_believed() {
        let key = SigningKey([7; KEY_LENGTH]);
        let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap();
        let url = key.sign(&Method::PUT, "/signed/part/a/1", "length=5", now, HOUR);
        let (path, query) = split(&url);
        let longer = url.replace("length=5", "length=6");
        let later = url.replace("expires=17", "expires=27");
        assert!(key.verify(&Method::GET, path, query, now).is_err());
        assert!(
            key.verify(&Method::PUT, "/signed/part/a/2", query, now)
                .is_err()
        );
        assert!(
            key.verify(&Method::PUT, path, split(&longer).1, now)
                .is_err()
        );
        assert!(
            key.verify(&Method::PUT, path, split(&later).1, now)
                .is_err()
        );
        assert!(key.verify(&Method::PUT, path, None, now).is_err());
        assert!(
            SigningKey([8; KEY_LENGTH])
                .verify(&Method::PUT, path, query, now)
                .is_err()
        );
    }
}
