//! The people of a library, and the entity each gets at first sign-in.

pub(crate) mod identities;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::Clock;
use crate::error::Error;
use crate::ids;

/// Longest entity name made from a login name, in bytes.
const NAME_LIMIT: usize = 64;

/// Someone who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) login: String,
    pub(crate) display_name: String,
    pub(crate) email: String,
}

/// Finds or creates the person with this login, and on the first time the entity named after them.
pub(crate) fn sign_in(
    connection: &Connection,
    clock: &Clock,
    login: &str,
    display_name: &str,
) -> Result<Person, Error> {
    match find_by_login(connection, login)? {
        Some(person) => Ok(person),
        None => create(connection, clock, login, display_name, ""),
    }
}

fn create(
    connection: &Connection,
    clock: &Clock,
    login: &str,
    display_name: &str,
    email: &str,
) -> Result<Person, Error> {
    let person = Person {
        id: ids::new_id()?,
        login: login.to_owned(),
        display_name: display_name.to_owned(),
        email: email.to_owned(),
    };
    connection.execute(
        "INSERT INTO users (id, login, display_name, email, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            person.id,
            person.login,
            person.display_name,
            person.email,
            clock.stamp()
        ],
    )?;
    let name = free_entity_name(connection, &entity_name(login)?)?;
    connection.execute(
        "INSERT INTO entities (id, name, owner_id, created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![ids::new_id()?, name, person.id, person.login, clock.stamp()],
    )?;
    Ok(person)
}

/// The person with this id.
pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Person>, Error> {
    read(
        connection,
        "SELECT id, login, display_name, email FROM users WHERE id = ?1",
        id,
    )
}

pub(crate) fn find_by_login(connection: &Connection, login: &str) -> Result<Option<Person>, Error> {
    read(
        connection,
        "SELECT id, login, display_name, email FROM users WHERE login = ?1",
        login,
    )
}

fn read(connection: &Connection, sql: &str, key: &str) -> Result<Option<Person>, Error> {
    let person = connection
        .query_row(sql, [key], |row| {
            Ok(Person {
                id: row.get(0)?,
                login: row.get(1)?,
                display_name: row.get(2)?,
                email: row.get(3)?,
            })
        })
        .optional()?;
    Ok(person)
}

/// Turns a login name into the name grammar of the library: runs of lower-case letters and digits
/// joined by single dashes ("Jane Doe" becomes "jane-doe").
pub(crate) fn entity_name(login: &str) -> Result<String, Error> {
    let mut name = String::with_capacity(login.len());
    for c in login.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if name.len() == NAME_LIMIT {
            break;
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        Err(Error::OwnerName)
    } else {
        Ok(name.to_owned())
    }
}

fn free_entity_name(connection: &Connection, wanted: &str) -> Result<String, Error> {
    let mut taken = connection.prepare("SELECT 1 FROM entities WHERE name = ?1")?;
    let mut name = wanted.to_owned();
    let mut number = 1_u32;
    while taken.exists([&name])? {
        number += 1;
        name = format!("{wanted}-{number}");
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db;

    #[test]
    fn entity_names_are_made_of_login_names() {
        assert_eq!(entity_name("Jane Doe").unwrap(), "jane-doe");
        assert_eq!(entity_name("__j.doe@lab__").unwrap(), "j-doe-lab");
        assert_eq!(entity_name(&"x".repeat(300)).unwrap().len(), NAME_LIMIT);
        assert!(matches!(entity_name("§§"), Err(Error::OwnerName)));
    }

    #[test]
    fn the_first_sign_in_makes_an_entity_and_later_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let connection = db::connect(&dir.path().join("library.db")).unwrap();
        let clock = Clock::system();
        let jane = sign_in(&connection, &clock, "Jane Doe", "Jane").unwrap();
        assert_eq!(
            sign_in(&connection, &clock, "Jane Doe", "Jane").unwrap(),
            jane
        );
        assert_eq!(find(&connection, &jane.id).unwrap(), Some(jane));
        sign_in(&connection, &clock, "jane-doe", "").unwrap();
        let mut names = connection
            .prepare("SELECT name FROM entities ORDER BY name")
            .unwrap();
        let names: Vec<String> = names
            .query_map([], |r| r.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(names, ["jane-doe", "jane-doe-2"]);
    }
}
