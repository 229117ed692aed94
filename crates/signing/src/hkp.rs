//! Key servers: what to ask them, how to read their answers, and what a key server has to know of a key. Asking
//! and answering are the caller's.

mod index;
mod received;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;
use crate::openpgp::{
    Certificate, Fingerprint, Issuer, KeyOrigin, KeySource, Keyring, Unavailable,
};

pub use index::{Entry, parse_index, write_index};
pub use received::{Refused, received};

/// What may stand in a query as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The address of a key server, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServerAddress(String);

/// Text that is no address of a key server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a key server")]
pub struct InvalidAddress;

impl ServerAddress {
    /// Reads an address: `https`, `http`, or the key servers' own `hkps` and `hkp`, the latter on port 11371.
    ///
    /// # Errors
    /// [`InvalidAddress`].
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(InvalidAddress)?;
        let rest = rest.trim_end_matches('/');
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let odd =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '@' | '\\');
        if host.is_empty() || rest.contains(odd) {
            return Err(InvalidAddress);
        }
        let has_port = host.rsplit(':').next().is_some_and(|port| {
            host.contains(':')
                && !port.is_empty()
                && port.bytes().all(|digit| digit.is_ascii_digit())
        });
        match scheme.to_ascii_lowercase().as_str() {
            "https" | "hkps" => Ok(Self(format!("https://{host}{path}"))),
            "hkp" if !has_port => Ok(Self(format!("http://{host}:11371{path}"))),
            "http" | "hkp" => Ok(Self(format!("http://{host}{path}"))),
            _ => Err(InvalidAddress),
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where to get the key behind a signature. By fingerprint where it is known; a key id is always written
    /// with all of its 16 digits.
    pub fn get(&self, issuer: &Issuer) -> Option<String> {
        let term = match issuer.fingerprint() {
            Some(fingerprint) => fingerprint.to_string(),
            None => issuer.key_id()?,
        };
        Some(self.lookup(&term))
    }

    /// Where to get the key of this fingerprint.
    pub fn get_fingerprint(&self, fingerprint: &Fingerprint) -> String {
        self.lookup(&fingerprint.to_string())
    }

    fn lookup(&self, digits: &str) -> String {
        let digits = digits.to_ascii_lowercase();
        format!("{}/pks/lookup?exact=on&op=get&search=0x{digits}", self.0)
    }

    /// Where to search for keys by name, address, key id or fingerprint.
    pub fn search(&self, text: &str) -> String {
        let text = text.trim();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let is_id = matches!(digits.len(), 8 | 16 | 32 | 40 | 64)
            && digits.bytes().all(|c| c.is_ascii_hexdigit());
        let prefix = if is_id { "0x" } else { "" };
        let term = if is_id { digits } else { text };
        let term = utf8_percent_encode(term, QUERY);
        format!(
            "{}/pks/lookup?fingerprint=on&op=index&options=mr&search={prefix}{term}",
            self.0
        )
    }

    /// Where to publish a key, with [`publication`] as the body of a POST.
    pub fn add(&self) -> String {
        format!("{}/pks/add", self.0)
    }
}

/// The form body that publishes a certificate, `application/x-www-form-urlencoded`.
///
/// # Errors
/// [`Error::OpenPgp`].
pub fn publication(certificate: &Certificate) -> Result<String, Error> {
    let armored = certificate.to_armor().map_err(Error::OpenPgp)?;
    Ok(format!("keytext={}", utf8_percent_encode(&armored, QUERY)))
}

/// A key server as a source of keys. `fetch` gets the content behind an address: `None` when the server
/// says that there is nothing.
pub struct KeyServer<F> {
    address: ServerAddress,
    fetch: F,
}

/// Why an answer could not be had.
pub type FetchError = Box<dyn std::error::Error + Send + Sync>;

impl<F> KeyServer<F>
where
    F: Fn(&str) -> Result<Option<Vec<u8>>, FetchError> + Send + Sync,
{
    /// The server at `address`, asked by `fetch`, which also has to bound answers and waits.
    pub fn new(address: ServerAddress, fetch: F) -> Self {
        Self { address, fetch }
    }
}

impl<F> KeySource for KeyServer<F>
where
    F: Fn(&str) -> Result<Option<Vec<u8>>, FetchError> + Send + Sync,
{
    fn origin(&self) -> KeyOrigin {
        KeyOrigin::Server(self.address.0.clone())
    }

    fn find(&self, issuer: &Issuer) -> Result<Vec<Certificate>, Unavailable> {
        let Some(address) = self.address.get(issuer) else {
            return Ok(Vec::new());
        };
        let unavailable = |source| Unavailable {
            origin: self.origin(),
            source: Some(source),
        };
        let Some(answer) = (self.fetch)(&address).map_err(unavailable)? else {
            return Ok(Vec::new());
        };
        // Whatever a server sends, only the key that was asked for counts.
        let ring =
            Keyring::read(&answer, self.origin()).map_err(|error| unavailable(Box::new(error)))?;
        ring.find(issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_their_own_schemes() {
        for (text, address) in [
            ("https://keys.openpgp.org", "https://keys.openpgp.org"),
            ("hkps://keys.openpgp.org/", "https://keys.openpgp.org"),
            ("hkp://localhost", "http://localhost:11371"),
            ("hkp://localhost:80/", "http://localhost:80"),
            ("hkp://[::1]", "http://[::1]:11371"),
            (
                "HTTP://localhost:11371/base/",
                "http://localhost:11371/base",
            ),
        ] {
            assert_eq!(
                ServerAddress::parse(text).unwrap().as_str(),
                address,
                "{text}"
            );
        }
        for text in [
            "",
            "keys.openpgp.org",
            "ftp://x",
            "https://",
            "https://a b",
            "https://u@x",
            "https://x/?q",
        ] {
            assert!(ServerAddress::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn questions_are_asked_as_servers_expect_them() {
        let server = ServerAddress::parse("https://keys.example.org").unwrap();
        assert_eq!(
            server.search(" Ada & co <ada@example.org>"),
            "https://keys.example.org/pks/lookup?fingerprint=on&op=index&options=mr\
             &search=Ada%20%26%20co%20%3Cada%40example.org%3E"
        );
        assert!(
            server
                .search("a20c27ee7ff7ba84")
                .ends_with("search=0xa20c27ee7ff7ba84")
        );
        assert!(server.search("0xA20C27EE").ends_with("search=0xA20C27EE"));
        assert!(server.search("facade").ends_with("search=facade"));
        let fingerprint = "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84".parse().unwrap();
        assert_eq!(
            server.get_fingerprint(&fingerprint),
            "https://keys.example.org/pks/lookup?exact=on&op=get&search=0x12045c8c0b1004d058de4beda20c27ee7ff7ba84"
        );
        assert_eq!(server.add(), "https://keys.example.org/pks/add");
    }
}
