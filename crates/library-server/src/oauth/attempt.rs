//! A sign-in under way in a browser, from the first page that needs to remember it to the decision.

use axum::response::Response;
use http::HeaderMap;
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};

use crate::error::Error;
use crate::ids;
use crate::oauth::browser::BrowserCookie;
use crate::oauth::device::codes::UserCode;
use crate::oauth::request::AuthorizeRequest;
use crate::oauth::shelf::{Bounds, Full, Key, Shelf};
use crate::peer::Peer;
use crate::people::identities::Proven;
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
    /// Who came back from a provider.
    pub(super) guest: Option<Guest>,
    /// The browser is at a provider.
    leg: Option<Leg>,
    /// Hash of the secret in the browser's cookie.
    browser: Key,
    /// What our forms carry, so that no other site can send one.
    form: String,
}

/// What the sign-in is for.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// The app, which waits on this address of the browser's computer.
    App(Box<AuthorizeRequest>),
    /// A device that shows a code and asks again and again.
    Device {
        /// Among the devices that wait.
        key: Key,
        /// The code on its screen.
        code: UserCode,
    },
}

/// Who came back, and from where.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    pub(super) proven: Proven,
    /// What people call the provider.
    pub(super) provider: String,
}

/// What has to be there again when the browser comes back from a provider.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) provider_id: String,
    /// Hash of the secret half of `state`.
    pub(super) state: Key,
    pub(super) nonce: String,
    pub(super) verifier: SecretString,
    pub(super) redirect_uri: String,
}

/// What a page may show of an attempt.
#[derive(Debug)]
pub(super) struct View {
    pub(super) target: Target,
    pub(super) guest: Option<Guest>,
    pub(super) form: String,
    /// How long it lives on.
    pub(super) left: Duration,
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

/// The browser that asks, and the address it used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) now: OffsetDateTime,
    pub(super) headers: &'a HeaderMap,
    pub(super) origin: &'a Origin,
}

impl Visit<'_> {
    fn brings_cookie_of(&self, key: &Key, attempt: &Attempt) -> bool {
        BrowserCookie::of(key, self.origin).is_brought(self.headers, &attempt.browser)
    }
}

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
            guest: None,
            leg: None,
            browser,
            form,
        };
        self.0
            .put(now, from, key, attempt)
            .map_err(|Full| NotBegun::Full)?;
        Ok(response)
    }

    /// What this browser's attempt is about.
    pub(super) fn view(&self, visit: Visit<'_>, id: &str) -> Option<View> {
        let key = ids::secret_hash(id);
        let left = self.0.left(visit.now, &key)?;
        self.0
            .with(visit.now, &key, |attempt| {
                visit.brings_cookie_of(&key, attempt).then(|| View {
                    target: attempt.target.clone(),
                    guest: attempt.guest.clone(),
                    form: attempt.form.clone(),
                    left,
                })
            })
            .flatten()
    }

    /// Whether there is such an attempt, and the browser has thrown its cookie away.
    pub(super) fn lacks_cookie(&self, visit: Visit<'_>, id: &str) -> bool {
        let key = ids::secret_hash(id);
        self.0.left(visit.now, &key).is_some()
            && !BrowserCookie::of(&key, visit.origin).is_there(visit.headers)
    }

    /// Notes that this browser goes to a provider. Whoever came back before is forgotten.
    pub(super) fn depart(&self, visit: Visit<'_>, id: &str, leg: Leg) -> bool {
        let key = ids::secret_hash(id);
        let noted = self.0.with(visit.now, &key, |attempt| {
            let is_theirs = visit.brings_cookie_of(&key, attempt);
            if is_theirs {
                attempt.leg = Some(leg);
                attempt.guest = None;
            }
            is_theirs
        });
        noted.unwrap_or(false)
    }

    /// The way there of a browser that comes back with this `state` from this provider; once.
    pub(super) fn arrive(
        &self,
        visit: Visit<'_>,
        id: &str,
        state: &str,
        provider_id: &str,
    ) -> Option<Leg> {
        let key = ids::secret_hash(id);
        self.0
            .with(visit.now, &key, |attempt| {
                let is_right = visit.brings_cookie_of(&key, attempt)
                    && attempt.leg.as_ref().is_some_and(|leg| {
                        leg.provider_id == provider_id
                            && bool::from(ids::secret_hash(state).ct_eq(&leg.state))
                    });
                if is_right { attempt.leg.take() } else { None }
            })
            .flatten()
    }

    /// Notes who came back.
    pub(super) fn welcome(&self, visit: Visit<'_>, id: &str, guest: Guest) -> bool {
        let key = ids::secret_hash(id);
        let noted = self
            .0
            .with(visit.now, &key, |attempt| attempt.guest = Some(guest));
        noted.is_some()
    }

    /// Takes an attempt of this browser away that comes to nothing.
    pub(super) fn give_up(&self, visit: Visit<'_>, id: &str) -> Option<Attempt> {
        let key = ids::secret_hash(id);
        self.0.take_if(visit.now, &key, |attempt| {
            visit.brings_cookie_of(&key, attempt)
        })
    }

    /// Takes the attempt away for a decision that this browser sent with our form.
    pub(super) fn decide(&self, visit: Visit<'_>, id: &str, form: &str) -> Option<(Key, Attempt)> {
        let key = ids::secret_hash(id);
        let attempt = self.0.take_if(visit.now, &key, |attempt| {
            visit.brings_cookie_of(&key, attempt)
                && bool::from(attempt.form.as_bytes().ct_eq(form.as_bytes()))
        })?;
        Some((key, attempt))
    }
}
