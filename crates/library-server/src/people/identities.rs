//! People who sign in with an account elsewhere.
//!
//! Issuer and subject lead to a person here, and nothing else does: names and e-mail addresses are what
//! somebody says about themselves. They are shown, and a new account takes its name after them.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{NAME_LIMIT, Person, entity_name, find};
use crate::clock::Clock;
use crate::config::Owner;
use crate::error::Error;

/// Longest display name kept, in characters.
const LONGEST_NAME: usize = 100;
/// Longest e-mail address kept, in bytes.
const LONGEST_MAIL: usize = 254;
/// Names that would look like the library's own, or be found by short references (`alpine` alone means
/// `library/default/alpine` to the command lines).
const RESERVED: [&str; 8] = [
    "library", "default", "admin", "root", "system", "owner", "sifter", "sylabs",
];

/// A person, and one of the identities that lead to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Login name here.
    pub login: String,
    /// The name shown to people; may be empty.
    pub display_name: String,
    /// Issuer and subject of the account elsewhere, if there is one.
    pub identity: Option<(String, String)>,
}

/// Somebody an identity provider has identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proven {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// What a new account is called after.
    hint: String,
    pub(crate) display_name: String,
    pub(crate) email: String,
}

impl Proven {
    /// Cuts what the provider says to what may be kept and shown.
    pub(crate) fn new(
        issuer: String,
        subject: String,
        hint: Option<&str>,
        display_name: Option<&str>,
        email: Option<&str>,
    ) -> Self {
        let plain = |text: &str, most: usize| -> String {
            text.chars()
                .filter(|c| !c.is_control())
                .take(most)
                .collect()
        };
        let email = email.filter(|mail| mail.len() <= LONGEST_MAIL);
        Self {
            issuer,
            subject,
            hint: plain(hint.unwrap_or_default(), NAME_LIMIT),
            display_name: plain(display_name.unwrap_or_default(), LONGEST_NAME),
            email: plain(email.unwrap_or_default(), LONGEST_MAIL),
        }
    }
}

/// The person this identity leads to.
pub(crate) fn known(connection: &Connection, proven: &Proven) -> Result<Option<Person>, Error> {
    let id: Option<String> = connection
        .query_row(
            "SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2",
            params![proven.issuer, proven.subject],
            |row| row.get(0),
        )
        .optional()?;
    match id {
        Some(id) => find(connection, &id),
        None => Ok(None),
    }
}

/// The name a new account would get.
pub(crate) fn proposed_login(
    connection: &Connection,
    owner: &Owner,
    proven: &Proven,
) -> Result<String, Error> {
    let wanted = entity_name(&proven.hint).unwrap_or_else(|_| "user".to_owned());
    let owner_entity = entity_name(&owner.login)?;
    let mut taken = connection.prepare(
        "SELECT 1 FROM users WHERE login = ?1 COLLATE NOCASE
         UNION ALL SELECT 1 FROM entities WHERE name = ?1",
    )?;
    let mut login = wanted.clone();
    let mut number = 1_u32;
    // The owner may not have signed in yet; their name is theirs all the same.
    while RESERVED.contains(&login.as_str())
        || login == owner_entity
        || login.eq_ignore_ascii_case(&owner.login)
        || taken.exists([&login])?
    {
        number += 1;
        login = format!("{wanted}-{number}");
    }
    Ok(login)
}

/// The person this identity leads to; at the first time, a new one.
pub(crate) fn admit(
    connection: &Connection,
    clock: &Clock,
    owner: &Owner,
    proven: &Proven,
) -> Result<Person, Error> {
    if let Some(person) = known(connection, proven)? {
        note_use(connection, clock, proven, &person)?;
        return Ok(person);
    }
    let login = proposed_login(connection, owner, proven)?;
    let person = super::create(
        connection,
        clock,
        &login,
        &proven.display_name,
        &proven.email,
    )?;
    link(
        connection,
        clock,
        &proven.issuer,
        &proven.subject,
        &person.id,
    )?;
    Ok(person)
}

/// Lets an identity lead to a person, whoever it led to before.
pub(crate) fn link(
    connection: &Connection,
    clock: &Clock,
    issuer: &str,
    subject: &str,
    user_id: &str,
) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO identities (issuer, subject, user_id, created_at, last_used_at)
         VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (issuer, subject) DO UPDATE SET user_id = excluded.user_id",
        params![issuer, subject, user_id, clock.stamp()],
    )?;
    Ok(())
}

/// Who may sign in as whom, by login name.
pub(crate) fn list(connection: &Connection) -> Result<Vec<Account>, Error> {
    let mut rows = connection.prepare(
        "SELECT users.login, users.display_name, identities.issuer, identities.subject
         FROM users LEFT JOIN identities ON identities.user_id = users.id
         ORDER BY users.login, identities.issuer, identities.subject",
    )?;
    let accounts = rows.query_map([], |row| {
        let issuer: Option<String> = row.get(2)?;
        Ok(Account {
            login: row.get(0)?,
            display_name: row.get(1)?,
            identity: issuer.zip(row.get(3)?),
        })
    })?;
    Ok(accounts.collect::<Result<_, _>>()?)
}

fn note_use(
    connection: &Connection,
    clock: &Clock,
    proven: &Proven,
    person: &Person,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE identities SET last_used_at = ?3 WHERE issuer = ?1 AND subject = ?2",
        params![proven.issuer, proven.subject, clock.stamp()],
    )?;
    connection.execute(
        "UPDATE users SET display_name = ?2, email = ?3 WHERE id = ?1",
        params![person.id, proven.display_name, proven.email],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db, people};

    fn fixture() -> (tempfile::TempDir, Connection, Clock, Owner) {
        let dir = tempfile::tempdir().unwrap();
        let connection = db::connect(&dir.path().join("library.db")).unwrap();
        let owner = Owner {
            login: "Ada L".into(),
            display_name: String::new(),
        };
        (dir, connection, Clock::system(), owner)
    }

    fn jane(issuer: &str, subject: &str) -> Proven {
        Proven::new(
            issuer.into(),
            subject.into(),
            Some("Jane"),
            Some("Jane Doe"),
            Some("jane@example.org"),
        )
    }

    #[test]
    fn issuer_and_subject_lead_to_a_person_and_nothing_else_does() {
        let (_dir, connection, clock, owner) = fixture();
        let admit = |proven: &Proven| admit(&connection, &clock, &owner, proven).unwrap();
        let first = admit(&jane("https://a.test", "1"));
        assert_eq!(admit(&jane("https://a.test", "1")).id, first.id);
        // The same address and name elsewhere, and another subject here, are other people.
        let elsewhere = admit(&jane("https://b.test", "1"));
        let another = admit(&jane("https://a.test", "2"));
        assert_ne!(elsewhere.id, first.id);
        assert_ne!(another.id, first.id);
        assert_eq!(
            (
                first.login.as_str(),
                elsewhere.login.as_str(),
                another.login.as_str()
            ),
            ("jane", "jane-2", "jane-3")
        );
    }

    #[test]
    fn a_changed_name_changes_what_is_shown_and_not_who_it_is() {
        let (_dir, connection, clock, owner) = fixture();
        let first = admit(&connection, &clock, &owner, &jane("https://a.test", "1")).unwrap();
        let renamed = Proven::new(
            "https://a.test".into(),
            "1".into(),
            Some("roe"),
            Some("Jane Roe"),
            None,
        );
        let again = admit(&connection, &clock, &owner, &renamed).unwrap();
        assert_eq!(
            (again.id.as_str(), again.login.as_str()),
            (first.id.as_str(), "jane")
        );
        let shown = people::find(&connection, &first.id).unwrap().unwrap();
        assert_eq!(shown.display_name, "Jane Roe");
    }

    #[test]
    fn a_number_behind_a_name_does_not_make_it_the_owners() {
        let (_dir, connection, clock, mut owner) = fixture();
        let long = "x".repeat(NAME_LIMIT);
        owner.login = format!("{long}-2");
        let proven = Proven::new("https://a.test".into(), "1".into(), Some(&long), None, None);
        let person = admit(&connection, &clock, &owner, &proven).unwrap();
        assert_eq!(person.login, format!("{long}-3"));
    }

    #[test]
    fn nobody_gets_the_owners_name_or_one_of_the_librarys() {
        let (_dir, connection, clock, owner) = fixture();
        for (subject, hint) in [
            ("1", "ada-l"),
            ("2", "Ada L"),
            ("3", "library"),
            ("4", "ROOT"),
            ("5", "§§"),
        ] {
            let proven = Proven::new(
                "https://a.test".into(),
                subject.into(),
                Some(hint),
                None,
                None,
            );
            let person = admit(&connection, &clock, &owner, &proven).unwrap();
            let is_free = !["ada-l", "Ada L", "library", "root"].contains(&person.login.as_str());
            assert!(is_free, "{}", person.login);
        }
        let ada = people::sign_in(&connection, &clock, &owner.login, "").unwrap();
        let entity: String = connection
            .query_row(
                "SELECT name FROM entities WHERE owner_id = ?1",
                [&ada.id],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(entity, "ada-l");
    }
}
