//! Small things that anybody may have, such as a key from a key server: one request, without a token.

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use url::Url;

use super::{Http, body, pace};
use crate::error::Error;

impl Http {
    /// Fetches what is at `url`, at most `limit` bytes; `None` when there is nothing. Redirects are not followed.
    ///
    /// # Errors
    /// [`Error::Address`] when the address may not be used, [`Error::TooLarge`], and what a server may answer.
    pub async fn fetch_public(&self, url: &Url, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        self.check(url)?;
        let request = self.reading(url).await?.get(url.clone());
        let response = pace::answer(request, self.idle()).await?;
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            status if status.is_success() => body::read_bounded(response, limit).await.map(Some),
            _ => Err(body::failure(response).await),
        }
    }

    /// Sends `question` to `url` and reads the answer, at most `limit` bytes. Redirects are not followed.
    ///
    /// # Errors
    /// As [`Http::fetch_public`].
    pub async fn ask_public(
        &self,
        url: &Url,
        media_type: &'static str,
        question: &[u8],
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        self.check(url)?;
        let request = self.reading(url).await?.post(url.clone());
        let request = request
            .header(CONTENT_TYPE, media_type)
            .body(question.to_vec());
        let response = pace::answer(request, self.idle()).await?;
        if response.status().is_success() {
            return body::read_bounded(response, limit).await;
        }
        Err(body::failure(response).await)
    }
}
