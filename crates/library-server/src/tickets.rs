//! One-time tickets: the proof that a browser was opened by this app or by the administrator.
//!
//! On "This computer" the sign-in page offers "Continue as …" only to a browser that carries one, so that
//! other users of the machine cannot walk in. A ticket is minted by [`crate::RunningLibrary::mint_ticket`]
//! or `sifter-library ticket` and spent by the button of the sign-in page.
//!
//! The address with the ticket is on the command line of the starting browser, where other users can read
//! it. So the app binds its ticket to the PKCE challenge of the sign-in it is for: whoever else uses the
//! ticket gets a code that only the app can trade for tokens.

use std::time::Duration;

use rusqlite::{Connection, params};
use secrecy::SecretString;

use crate::clock::{Clock, stamp};
use crate::error::Error;
use crate::ids;

/// How long a ticket works: as long as the app waits for the browser.
pub(crate) const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// A secret that opens the sign-in page once, within five minutes.
#[derive(Debug)]
pub struct Ticket {
    secret: SecretString,
}

impl Ticket {
    /// The text to hand to the sign-in page.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }
}

/// Makes a ticket and remembers its hash. With a PKCE challenge it is good for that request only.
pub(crate) fn mint(
    connection: &Connection,
    clock: &Clock,
    challenge: Option<&str>,
) -> Result<Ticket, Error> {
    let secret = ids::new_secret::<32>()?;
    let now = clock.now();
    connection.execute(
        "INSERT INTO tickets (hash, created_at, expires_at, challenge) VALUES (?1, ?2, ?3, ?4)",
        params![
            ids::secret_hash(&secret),
            stamp(now),
            stamp(now + LIFETIME),
            challenge
        ],
    )?;
    Ok(Ticket {
        secret: secret.into(),
    })
}

/// Whether a ticket could be spent on the request with this challenge now.
pub(crate) fn is_live(
    connection: &Connection,
    clock: &Clock,
    secret: &str,
    challenge: &str,
) -> Result<bool, Error> {
    let mut live = connection.prepare_cached(
        "SELECT 1 FROM tickets
         WHERE hash = ?1 AND expires_at > ?2 AND (challenge IS NULL OR challenge = ?3)",
    )?;
    Ok(live.exists(params![ids::secret_hash(secret), clock.stamp(), challenge])?)
}

/// Spends a ticket on the request with this challenge. `true` exactly once for a ticket that was minted
/// for it and has not expired.
pub(crate) fn redeem(
    connection: &Connection,
    clock: &Clock,
    secret: &str,
    challenge: &str,
) -> Result<bool, Error> {
    let spent = connection.execute(
        "DELETE FROM tickets
         WHERE hash = ?1 AND expires_at > ?2 AND (challenge IS NULL OR challenge = ?3)",
        params![ids::secret_hash(secret), clock.stamp(), challenge],
    )?;
    Ok(spent == 1)
}

/// Forgets tickets nobody used in time.
pub(crate) fn forget_expired(connection: &Connection, clock: &Clock) -> Result<(), Error> {
    connection.execute(
        "DELETE FROM tickets WHERE expires_at <= ?1",
        [clock.stamp()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use secrecy::ExposeSecret as _;
    use time::OffsetDateTime;

    use super::*;
    use crate::db;

    fn fixture() -> (tempfile::TempDir, Connection, Arc<AtomicI64>, Clock) {
        let dir = tempfile::tempdir().unwrap();
        let connection = db::connect(&dir.path().join("library.db")).unwrap();
        let seconds = Arc::new(AtomicI64::new(1_700_000_000));
        let hand = Arc::clone(&seconds);
        let clock = Clock::from_fn(move || {
            OffsetDateTime::from_unix_timestamp(hand.load(Ordering::SeqCst)).unwrap()
        });
        (dir, connection, seconds, clock)
    }

    #[test]
    fn a_ticket_works_once() {
        let (_dir, connection, _, clock) = fixture();
        let ticket = mint(&connection, &clock, None).unwrap();
        let secret = ticket.secret().expose_secret();
        assert!(is_live(&connection, &clock, secret, "c").unwrap());
        assert!(redeem(&connection, &clock, secret, "c").unwrap());
        assert!(!is_live(&connection, &clock, secret, "c").unwrap());
        assert!(!redeem(&connection, &clock, secret, "c").unwrap());
        assert!(!redeem(&connection, &clock, "made up", "c").unwrap());
    }

    #[test]
    fn a_ticket_made_for_one_request_opens_no_other() {
        let (_dir, connection, _, clock) = fixture();
        let ticket = mint(&connection, &clock, Some("mine")).unwrap();
        let secret = ticket.secret().expose_secret();
        assert!(!is_live(&connection, &clock, secret, "theirs").unwrap());
        assert!(!redeem(&connection, &clock, secret, "theirs").unwrap());
        assert!(redeem(&connection, &clock, secret, "mine").unwrap());
    }

    #[test]
    fn a_ticket_expires_and_is_forgotten() {
        let (_dir, connection, seconds, clock) = fixture();
        let ticket = mint(&connection, &clock, None).unwrap();
        seconds.fetch_add(LIFETIME.as_secs() as i64, Ordering::SeqCst);
        assert!(!redeem(&connection, &clock, ticket.secret().expose_secret(), "c").unwrap());
        forget_expired(&connection, &clock).unwrap();
        let left: i64 = connection
            .query_row("SELECT count(*) FROM tickets", [], |r| r.get(0))
            .unwrap();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_ticket_is_not_shown_by_debug() {
        let (_dir, connection, _, clock) = fixture();
        let ticket = mint(&connection, &clock, None).unwrap();
        assert!(!format!("{ticket:?}").contains(ticket.secret().expose_secret()));
    }
}
