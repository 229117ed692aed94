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

use rusqlite::{Connection, OptionalExtension as _, params};
use secrecy::SecretString;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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

/// How long a ticket can still be spent on the request with this challenge; `None` when it cannot.
pub(crate) fn left(
    connection: &Connection,
    clock: &Clock,
    secret: &str,
    challenge: &str,
) -> Result<Option<time::Duration>, Error> {
    let until: Option<String> = connection
        .prepare_cached(
            "SELECT expires_at FROM tickets
             WHERE hash = ?1 AND expires_at > ?2 AND (challenge IS NULL OR challenge = ?3)",
        )?
        .query_row(
            params![ids::secret_hash(secret), clock.stamp(), challenge],
            |row| row.get(0),
        )
        .optional()?;
    let until = until.map(|until| OffsetDateTime::parse(&until, &Rfc3339));
    let until = until.transpose().map_err(|_| Error::Corrupt("ticket"))?;
    Ok(until.map(|until| until - clock.now()))
}

/// Takes back the ticket of a request that was given up. Its page offers nothing from then on.
pub(crate) fn withdraw(connection: &Connection, challenge: &str) -> Result<(), Error> {
    connection.execute("DELETE FROM tickets WHERE challenge = ?1", [challenge])?;
    Ok(())
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
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::test_bed::TestBed;

    #[test]
    fn a_ticket_works_once() {
        let bed = TestBed::new();
        let (connection, clock) = (&bed.connection, &bed.clock);
        let ticket = mint(connection, clock, None).unwrap();
        let secret = ticket.secret().expose_secret();
        assert!(left(connection, clock, secret, "c").unwrap().is_some());
        assert!(redeem(connection, clock, secret, "c").unwrap());
        assert!(left(connection, clock, secret, "c").unwrap().is_none());
        assert!(!redeem(connection, clock, secret, "c").unwrap());
        assert!(!redeem(connection, clock, "made up", "c").unwrap());
    }

    #[test]
    fn a_ticket_made_for_one_request_opens_no_other() {
        let bed = TestBed::new();
        let (connection, clock) = (&bed.connection, &bed.clock);
        let ticket = mint(connection, clock, Some("mine")).unwrap();
        let secret = ticket.secret().expose_secret();
        assert!(left(connection, clock, secret, "theirs").unwrap().is_none());
        assert!(!redeem(connection, clock, secret, "theirs").unwrap());
        assert!(redeem(connection, clock, secret, "mine").unwrap());
    }

    #[test]
    fn a_withdrawn_ticket_opens_nothing_and_others_stay() {
        let bed = TestBed::new();
        let (connection, clock) = (&bed.connection, &bed.clock);
        let given_up = mint(connection, clock, Some("given up")).unwrap();
        let other = mint(connection, clock, Some("other")).unwrap();
        withdraw(connection, "given up").unwrap();
        let spend = |ticket: &Ticket, challenge| {
            redeem(
                connection,
                clock,
                ticket.secret().expose_secret(),
                challenge,
            )
            .unwrap()
        };
        assert!(!spend(&given_up, "given up"));
        assert!(spend(&other, "other"));
    }

    #[test]
    fn a_ticket_expires_and_is_forgotten() {
        let bed = TestBed::new();
        let (connection, clock) = (&bed.connection, &bed.clock);
        let ticket = mint(connection, clock, None).unwrap();
        bed.wait(LIFETIME.as_secs() as i64);
        assert!(!redeem(connection, clock, ticket.secret().expose_secret(), "c").unwrap());
        forget_expired(connection, clock).unwrap();
        let left: i64 = connection
            .query_row("SELECT count(*) FROM tickets", [], |r| r.get(0))
            .unwrap();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_ticket_is_not_shown_by_debug() {
        let bed = TestBed::new();
        let (connection, clock) = (&bed.connection, &bed.clock);
        let ticket = mint(connection, clock, None).unwrap();
        assert!(!format!("{ticket:?}").contains(ticket.secret().expose_secret()));
    }
}
