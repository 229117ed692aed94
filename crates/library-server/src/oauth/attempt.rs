//! A sign-in under way in a browser, from the first page that needs to remember it to the decision.

use axum::response::Response;
use http::HeaderMap;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use crate::error::Error;
use crate::ids;
use crate::oauth::browser::BrowserCookie;
use crate::oauth::shelf::{Bounds, Full, Key, Shelf};
use crate::peer::Peer;
use crate::routes::address::Origin;

/// How long a person may take.
pub(super) const LIFE: Duration = Duration::minutes(10);
const BOUNDS: Bounds = Bounds {
    in_all: 2000,
    from_one_place: 100,
};

/// What is remembered.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) target: Target,
    /// Hash of the secret in the browser's cookie.
    browser: Key,
    /// What our forms carry, so that no other site can send one.
    pub(super) form: String,
}

/// What the sign-in is for.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// A device that shows a code and asks again and again.
    Device(Key),
}

/// Why a sign-in cannot be begun.
#[derive(Debug)]
pub(super) enum NotBegun {
    /// Too many are under way.
    Full,
    /// The library failed.
    Failed(Error),
}

/// The sign-ins under way.
#[derive(Debug)]
pub(super) struct Attempts(Shelf<Attempt>);

impl Default for Attempts {
    fn default() -> Self {
        Self(Shelf::new(LIFE, BOUNDS))
    }
}

impl Attempts {
    /// Begins one: `page` makes the answer out of the attempt's id and form secret, and the browser gets
    /// its cookie with it.
    pub(super) fn begin(
        &self,
        now: OffsetDateTime,
        from: Peer,
        origin: &Origin,
        target: Target,
        page: impl FnOnce(&str, &str) -> Response,
    ) -> Result<Response, NotBegun> {
        let id = ids::new_secret::<32>().map_err(NotBegun::Failed)?;
        let key = ids::secret_hash(&id);
        let form = ids::new_secret::<32>().map_err(NotBegun::Failed)?;
        let mut response = page(&id, &form);
        let browser = BrowserCookie::of(&key, origin)
            .give(&mut response, LIFE.whole_seconds())
            .map_err(NotBegun::Failed)?;
        let attempt = Attempt {
            target,
            browser,
            form,
        };
        self.0
            .put(now, from, key, attempt)
            .map_err(|Full| NotBegun::Full)?;
        Ok(response)
    }

    /// Takes the attempt away for a decision that this browser sent with our form.
    pub(super) fn decide(
        &self,
        now: OffsetDateTime,
        headers: &HeaderMap,
        origin: &Origin,
        id: &str,
        form: &str,
    ) -> Option<(Key, Attempt)> {
        let key = ids::secret_hash(id);
        let cookie = BrowserCookie::of(&key, origin);
        let attempt = self.0.take_if(now, &key, |attempt| {
            cookie.is_brought(headers, &attempt.browser)
                && bool::from(attempt.form.as_bytes().ct_eq(form.as_bytes()))
        })?;
        Some((key, attempt))
    }
}
