//! From what a person typed to the addresses of a library and its neighbours.

use sifter_library_api::link::LinkInput;
use sifter_library_api::service::{DISCOVERY_PATH, Discovery, Service};
use url::Url;

use crate::client::{below, redirect_of};
use crate::error::{AddressFault, Error};
use crate::http::{Http, IDLE_TIMEOUT, body, pace};
use crate::location;

/// How many redirects of the discovery document are followed.
const MAX_REDIRECTS: usize = 5;

/// The addresses of a library and its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The web address the discovery document came from; `None` when the library's base was given.
    pub web: Option<Url>,
    /// Base of the library API.
    pub library: Url,
    /// Base of the HKP keyserver.
    pub keystore: Option<Url>,
    /// Base of the token service.
    pub token: Option<Url>,
    /// Base of the remote build service.
    pub builder: Option<Url>,
    /// The consent page.
    pub consent: Option<Url>,
    /// The OCI registry behind the library.
    pub registry: Option<Url>,
}

impl Endpoints {
    /// A library whose base is known, and nothing else.
    #[must_use]
    pub const fn of_library(library: Url) -> Self {
        let (web, keystore, token) = (None, None, None);
        let (builder, consent, registry) = (None, None, None);
        Self {
            web,
            library,
            keystore,
            token,
            builder,
            consent,
            registry,
        }
    }
}

/// Finds the library behind a host, an address, a library's base, a pasted link or reference.
///
/// A discovery document at the address is used where there is one; else the address itself has to be
/// a library's base. No token is sent.
///
/// # Errors
/// [`Error::NotALibrary`] when a server answers but has no library; [`Error::Address`] for text that
/// is no address; any other [`Error`] when the server cannot be asked.
pub async fn discover(http: &Http, address: &str) -> Result<Endpoints, Error> {
    let web = address_of(address)?;
    http.check(&web)?;
    let document_error = match document_at(http, &web).await {
        Ok((from, document)) => match endpoints(http, &from, &document) {
            Some(endpoints) => return Ok(endpoints),
            None => Error::invalid("the discovery document names no library"),
        },
        Err(error @ (Error::Unreachable { .. } | Error::Certificate(_) | Error::Address(_))) => {
            return Err(error);
        }
        Err(error) => error,
    };
    match crate::client::version_at(http, &web).await {
        Ok(_) => Ok(Endpoints::of_library(web)),
        Err(error) if error.is_transient() => Err(error),
        Err(_) if document_error.is_transient() => Err(document_error),
        Err(_) => Err(Error::NotALibrary(web.to_string())),
    }
}

/// The web address or base that a text means. A bare host is https, except on this machine.
///
/// # Errors
/// [`Error::Address`] for text that is no address.
pub fn address_of(text: &str) -> Result<Url, Error> {
    let malformed = || Error::Address(AddressFault::Malformed);
    let text = text.trim();
    let url = match LinkInput::parse(text) {
        LinkInput::Server(url) | LinkInput::Page { server: url, .. } => url,
        LinkInput::Library { reference, .. } => {
            let host = reference.host().ok_or_else(malformed)?;
            let scheme = if host.is_loopback() { "http" } else { "https" };
            Url::parse(&format!("{scheme}://{host}")).map_err(|_| malformed())?
        }
        LinkInput::Name(_) | LinkInput::Words(_) if !text.contains("://") => {
            if text.contains(char::is_whitespace) {
                return Err(malformed());
            }
            let secure = Url::parse(&format!("https://{text}")).map_err(|_| malformed())?;
            if crate::http::is_loopback(&secure) {
                Url::parse(&format!("http://{text}")).map_err(|_| malformed())?
            } else {
                secure
            }
        }
        _ => return Err(malformed()),
    };
    let mut url = without_document(url);
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// Somebody may paste the address of the discovery document itself.
fn without_document(mut url: Url) -> Url {
    if let Some(base) = url.path().strip_suffix(DISCOVERY_PATH) {
        let base = base.to_owned();
        url.set_path(&base);
    }
    url
}

/// The discovery document and the address it came from, after redirects.
async fn document_at(http: &Http, web: &Url) -> Result<(Url, Discovery), Error> {
    let mut url = below(web, DISCOVERY_PATH.trim_start_matches('/'), &[]);
    for _ in 0..=MAX_REDIRECTS {
        let response =
            pace::answer(http.reading(&url).await?.get(url.clone()), IDLE_TIMEOUT).await?;
        if let Some(target) = redirect_of(&response) {
            url = location::onward(http, &url, target)?;
            continue;
        }
        if !response.status().is_success() {
            return Err(body::failure(response).await);
        }
        let bytes = body::read_bounded(response, body::MAX_JSON).await?;
        return Ok((without_document(url), body::parse(&bytes)?));
    }
    Err(Error::Address(AddressFault::Redirect))
}

/// The addresses of a document that may be used; `None` without a usable library.
fn endpoints(http: &Http, web: &Url, document: &Discovery) -> Option<Endpoints> {
    let address = |text: &str| -> Option<Url> {
        let url = location::onward(http, web, text);
        if let Err(error) = &url {
            tracing::warn!(%error, server = %web, "an address in the discovery document is not used");
        }
        url.ok()
    };
    let base = |service: &Option<Service>| service.as_ref().and_then(|found| address(&found.uri));
    let registry = document
        .library
        .as_ref()
        .and_then(|found| found.registry_uri.as_deref());
    Some(Endpoints {
        web: Some(web.clone()),
        library: base(&document.library)?,
        keystore: base(&document.keystore),
        token: base(&document.token),
        builder: base(&document.builder),
        consent: base(&document.consent),
        registry: registry.and_then(address),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_an_address() {
        for (text, expected) in [
            ("cloud.sylabs.io", "https://cloud.sylabs.io/"),
            (
                "library.example.org:8443/base",
                "https://library.example.org:8443/base",
            ),
            (
                " https://cloud.sylabs.io/library/e/c/n ",
                "https://cloud.sylabs.io/",
            ),
            (
                "https://h.org/assets/config/config.prod.json",
                "https://h.org/",
            ),
            ("library://h.org:5000/e/c/n:t", "https://h.org:5000/"),
            ("library://localhost:5000/e/c/n:t", "http://localhost:5000/"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("localhost", "http://localhost/"),
            ("http://[::1]:80/x?y#z", "http://[::1]/x"),
        ] {
            assert_eq!(address_of(text).unwrap().as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "two words",
            "library://e/c/n",
            "docker://alpine",
            "ftp://h.org",
        ] {
            assert!(
                matches!(address_of(text), Err(Error::Address(_))),
                "{text:?}"
            );
        }
    }
}
