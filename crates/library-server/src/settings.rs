//! Whom a library was served for last, remembered for the command-line tool beside it.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::config::Owner;
use crate::error::Error;

/// Writes down whom the library is served for.
pub(crate) fn remember_owner(connection: &Connection, owner: &Owner) -> Result<(), Error> {
    set(connection, "owner-login", &owner.login)?;
    set(connection, "owner-name", &owner.display_name)
}

/// Whom the library was served for last.
pub(crate) fn owner(connection: &Connection) -> Result<Option<Owner>, Error> {
    let Some(login) = get(connection, "owner-login")? else {
        return Ok(None);
    };
    let display_name = get(connection, "owner-name")?.unwrap_or_default();
    Ok(Some(Owner {
        login,
        display_name,
    }))
}

fn set(connection: &Connection, name: &str, value: &str) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO settings (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value.as_bytes()],
    )?;
    Ok(())
}

fn get(connection: &Connection, name: &str) -> Result<Option<String>, Error> {
    let value: Option<Vec<u8>> = connection
        .query_row(
            "SELECT value FROM settings WHERE name = ?1",
            [name],
            |row| row.get(0),
        )
        .optional()?;
    value
        .map(|bytes| String::from_utf8(bytes).map_err(|_| Error::Corrupt("setting")))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db;

    #[test]
    fn what_is_remembered_is_told_again() {
        let dir = tempfile::tempdir().unwrap();
        let connection = db::connect(&dir.path().join("library.db")).unwrap();
        assert_eq!(owner(&connection).unwrap(), None);
        let jane = Owner {
            login: "jane".into(),
            display_name: "Jane".into(),
        };
        for login in ["old", "jane"] {
            let owner = Owner {
                login: login.into(),
                ..jane.clone()
            };
            remember_owner(&connection, &owner).unwrap();
        }
        assert_eq!(owner(&connection).unwrap(), Some(jane));
    }
}
