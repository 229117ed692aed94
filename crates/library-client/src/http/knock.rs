//! Asking an address whether anybody is there, and who: one request without a token, whatever the answer.

use reqwest::tls::TlsInfo;
use url::Url;

use super::{Certificate, Http, body, pace};
use crate::error::Error;

/// The most of an answer that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// What came back. Any status is an answer.
#[derive(Debug, Clone)]
pub struct Knock {
    /// The HTTP status.
    pub status: u16,
    /// The media type, without parameters, in lower case.
    pub media_type: String,
    /// Whether it asks for a sign-in in the way of HTTP.
    pub challenges: bool,
    /// The body, when it is no longer than a description may be; else empty.
    pub body: Vec<u8>,
    /// The certificate that the connection was secured with.
    pub certificate: Option<Certificate>,
}

impl Http {
    /// Asks for what is at `url`. Redirects are answers too.
    ///
    /// # Errors
    /// [`Error::Address`] when the address may not be used, and what keeps an answer from coming.
    pub async fn knock(&self, url: &Url) -> Result<Knock, Error> {
        self.check(url)?;
        let request = self.reading(url).await?.get(url.clone());
        let response = pace::answer(request, self.idle()).await?;
        let certificate = response
            .extensions()
            .get::<TlsInfo>()
            .and_then(TlsInfo::peer_certificate)
            .and_then(Certificate::read);
        let headers = response.headers();
        let media_type = headers
            .get(::http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .map(|value| value.trim().to_ascii_lowercase());
        let challenges = headers.contains_key(::http::header::WWW_AUTHENTICATE);
        Ok(Knock {
            status: response.status().as_u16(),
            media_type: media_type.unwrap_or_default(),
            challenges,
            certificate,
            body: body::read_bounded(response, LONGEST)
                .await
                .unwrap_or_default(),
        })
    }
}
