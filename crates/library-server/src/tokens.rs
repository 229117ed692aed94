//! Access tokens for scripts and the command line, and what the `sifter-library` tool does beside a
//! running server: it opens the same database.

pub(crate) mod store;

use std::path::Path;

use secrecy::SecretString;
use sifter_library_api::WireTime;

use crate::clock::Clock;
use crate::config::Owner;
use crate::error::Error;
use crate::people;
use crate::people::identities::{self, Account};
use crate::server;
use crate::settings;
use crate::tickets::{self, Ticket};

/// An access token; shown once, stored as a hash.
#[derive(Debug)]
pub struct AccessToken {
    secret: SecretString,
}

impl AccessToken {
    /// The text to put behind `Bearer`.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }
}

/// Makes a token for the owner of the library in `data_dir`, whether or not it is being served.
///
/// The text is 263 characters of one line: `singularity remote login --tokenfile` accepts 200 to 4096.
///
/// # Errors
/// When the database cannot be opened or written.
pub fn create_access_token(
    data_dir: &Path,
    owner: &Owner,
    name: &str,
) -> Result<AccessToken, Error> {
    let connection = server::open_database(data_dir)?;
    let clock = Clock::system();
    let person = people::sign_in(&connection, &clock, &owner.login, &owner.display_name)?;
    let wanted = store::Wanted {
        name,
        scopes: "",
        expires_at: WireTime::NEVER,
    };
    let made = store::issue(&connection, &clock, &person.id, &wanted)?;
    Ok(AccessToken { secret: made.token })
}

/// Makes a one-time sign-in ticket for the library in `data_dir`, whether or not it is being served. With a
/// PKCE challenge it is good for that sign-in only.
///
/// # Errors
/// When the database cannot be opened or written.
pub fn mint_ticket(data_dir: &Path, code_challenge: Option<&str>) -> Result<Ticket, Error> {
    let connection = server::open_database(data_dir)?;
    tickets::mint(&connection, &Clock::system(), code_challenge)
}

/// Takes back the ticket for the sign-in with this PKCE challenge, which was given up, from the library in
/// `data_dir`.
///
/// # Errors
/// When the database cannot be opened or written.
pub fn withdraw_ticket(data_dir: &Path, code_challenge: &str) -> Result<(), Error> {
    let connection = server::open_database(data_dir)?;
    tickets::withdraw(&connection, code_challenge)
}

/// The people of the library in `data_dir`, once for each account elsewhere that leads to them.
///
/// # Errors
/// When the database cannot be opened or read.
pub fn accounts(data_dir: &Path) -> Result<Vec<Account>, Error> {
    identities::list(&server::open_database(data_dir)?)
}

/// Lets an account elsewhere lead to a person of the library in `data_dir`, whoever it led to before.
/// `false` when nobody has that login name. The owner is made if need be.
///
/// # Errors
/// When the database cannot be opened or written.
pub fn link_account(
    data_dir: &Path,
    login: &str,
    issuer: &str,
    subject: &str,
) -> Result<bool, Error> {
    let connection = server::open_database(data_dir)?;
    let clock = Clock::system();
    let owner = settings::owner(&connection)?.filter(|owner| owner.login == login);
    let person = match owner {
        Some(owner) => {
            let (login, name) = (&owner.login, &owner.display_name);
            Some(people::sign_in(&connection, &clock, login, name)?)
        }
        None => people::find_by_login(&connection, login)?,
    };
    let Some(person) = person else {
        return Ok(false);
    };
    identities::link(&connection, &clock, issuer, subject, &person.id)?;
    Ok(true)
}

impl Owner {
    /// The owner the library in `data_dir` was served for last; `None` before the first time.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn remembered(data_dir: &Path) -> Result<Option<Self>, Error> {
        settings::owner(&server::open_database(data_dir)?)
    }

    /// The person this process runs as, by the login name in the environment.
    #[must_use]
    pub fn of_this_computer() -> Self {
        let login = ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|login| !login.is_empty()))
            .unwrap_or_else(|| "owner".to_owned());
        Self {
            login,
            display_name: String::new(),
        }
    }
}
