//! Accounts for the command lines of others: handing one to `singularity` or `apptainer`, and importing theirs.

mod import;

use std::path::Path;

use secrecy::SecretString;
use sifter_account::command_line::{CommandLineError, FileError, Handover, Program};
use sifter_account::{Account, AccountId, AccountKind};
use sifter_contract::requests::CommandWrite;
use sifter_contract::{
    CommandDone, CommandPlan, CommandProgram, CommandTarget, ErrorCode, UiError,
};
use sifter_library_api::{NewAccessToken, WireTime};
use sifter_library_client::LibraryClient;
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::app::AppCore;
use crate::clock::rfc3339;
use crate::errors::{self, Place};
use crate::servers::{Reachable, host_text};

/// The one server that the token file is for.
const CLOUD: &str = "cloud.sylabs.io";
/// How long a token for a command line is good for, in days.
const DAYS: u32 = 90;

/// The account to hand over, with what is needed for it.
struct Handing {
    account: Account,
    server: Reachable,
    client: LibraryClient,
    place: Place,
}

/// A token for a program.
struct Token {
    text: SecretString,
    expires: Option<OffsetDateTime>,
    /// Its id when it was made for the program.
    made: Option<String>,
}

impl AppCore {
    /// What handing an account to each program would do.
    pub(crate) async fn command_plan(&self, account_id: &str) -> Result<CommandPlan, UiError> {
        let handing = self.handing(account_id).await?;
        let makes_token = handing.account.kind == AccountKind::SignIn;
        if makes_token {
            let listed = handing.client.access_tokens().await;
            let listed = listed.map_err(|error| errors::client(&error, &handing.place))?;
            // A sign-in of a quarter of an hour is no use to a script.
            listed.ok_or_else(|| handing.not_offered())?;
        }
        let (uri, insecure) = discovery_address(&handing.server);
        let mut programs = vec![
            (Program::Singularity, CommandProgram::Singularity),
            (Program::Apptainer, CommandProgram::Apptainer),
        ];
        if uri == CLOUD {
            programs.push((Program::TokenFile, CommandProgram::TokenFile));
        }
        let files = self.command_line.clone();
        let looked = apart(move || {
            let mut looked: Vec<_> = programs
                .into_iter()
                .map(|(program, shown)| {
                    let prospect = files.prospect(program, &uri, insecure);
                    (files.is_used(program), shown, program, prospect)
                })
                .collect();
            looked.sort_by_key(|(is_used, ..)| !is_used);
            looked
        });
        let targets = looked.await?.into_iter();
        let targets =
            targets.map(|(_, shown, program, prospect)| self.target(shown, program, prospect));
        let targets = targets.collect();
        Ok(CommandPlan {
            targets,
            makes_token_for_days: makes_token.then_some(DAYS),
        })
    }

    fn target(
        &self,
        shown: CommandProgram,
        program: Program,
        prospect: Result<sifter_account::command_line::Prospect, FileError>,
    ) -> CommandTarget {
        let blank = CommandTarget {
            program: shown,
            path: self.shown_path(&self.command_line.file(program)),
            remote: None,
            replaces: false,
            active: false,
            problem: None,
        };
        match prospect {
            Ok(prospect) => CommandTarget {
                remote: prospect.name,
                replaces: prospect.replaces,
                active: prospect.is_active,
                ..blank
            },
            Err(error) => CommandTarget {
                problem: Some(self.file_error(&error)),
                ..blank
            },
        }
    }

    /// Writes the token of an account into the file of a program.
    pub(crate) async fn command_write(
        &self,
        request: CommandWrite,
    ) -> Result<CommandDone, UiError> {
        let handing = self.handing(&request.account_id).await?;
        let program = program_of(request.program);
        let (uri, insecure) = discovery_address(&handing.server);
        if program == Program::TokenFile && uri != CLOUD {
            return Err(errors::invalid(
                "the token file is for the Sylabs Cloud only",
            ));
        }
        // Nothing is made on the server for a file that cannot take it.
        let (files, wanted) = (self.command_line.clone(), uri.clone());
        apart(move || files.prospect(program, &wanted, insecure))
            .await?
            .map_err(|error| self.file_error(&error))?;
        let token = self.token_for(&handing, request.program).await?;
        let handover = Handover {
            name: uri.replace([':', '/'], "-"),
            uri,
            insecure,
            activate: request.activate,
        };
        let (files, text) = (self.command_line.clone(), token.text.clone());
        let written = apart(move || files.hand_over(program, &handover, &text)).await?;
        match written {
            Ok(remote) => {
                tracing::info!(program = ?program, "an account was handed to the command line");
                Ok(CommandDone {
                    path: self.shown_path(&self.command_line.file(program)),
                    remote,
                    expires: token.expires.and_then(rfc3339),
                })
            }
            Err(error) => {
                if let Some(id) = token.made
                    && let Err(error) = handing.client.end_access_token(&id).await
                {
                    tracing::warn!(error = %error, "a token that nobody uses lives on");
                }
                Err(self.file_error(&error))
            }
        }
    }

    async fn handing(&self, account_id: &str) -> Result<Handing, UiError> {
        let id: AccountId = account_id
            .parse()
            .map_err(|_| errors::invalid("there is no such account"))?;
        let account = self.accounts.get(id).await;
        let account = account.map_err(|error| errors::account(&error, &Place::default()))?;
        let server = self.servers.reach(account.server.key.as_str()).await?;
        let place = Place::of(&server.name, true);
        let client = self.servers.client(&server, Some(&account));
        let client = client.map_err(|error| errors::client(&error, &place))?;
        Ok(Handing {
            account,
            server,
            client,
            place,
        })
    }

    /// The account's own token, or one made for the program where the account is a sign-in.
    async fn token_for(
        &self,
        handing: &Handing,
        program: CommandProgram,
    ) -> Result<Token, UiError> {
        if handing.account.kind == AccountKind::Token {
            let text = self
                .accounts
                .access_token(handing.account.id, std::time::Duration::ZERO)
                .await
                .map_err(|error| errors::account(&error, &handing.place))?;
            return Ok(Token {
                text,
                expires: handing.account.expires,
                made: None,
            });
        }
        let expires = OffsetDateTime::now_utc() + Duration::days(DAYS.into());
        let request = NewAccessToken {
            name: token_name(program),
            scopes: Vec::new(),
            expires_at: WireTime::from(expires),
        };
        let made = handing.client.make_access_token(&request).await;
        let made = made.map_err(|error| match error {
            error if error.is_unsupported() => handing.not_offered(),
            error => errors::client(&error, &handing.place),
        })?;
        Ok(Token {
            text: made.token,
            expires: made.info.expires_at.get(),
            made: Some(made.info.id),
        })
    }

    /// A path as people write it.
    pub(crate) fn shown_path(&self, path: &Path) -> String {
        let below = self
            .user_home
            .as_deref()
            .and_then(|home| path.strip_prefix(home).ok());
        match below {
            Some(below) => Path::new("~").join(below).display().to_string(),
            None => path.display().to_string(),
        }
    }

    fn file_error(&self, error: &FileError) -> UiError {
        errors::command_line_file(&self.shown_path(&error.path), error)
    }

    fn command_line_error(&self, error: &CommandLineError) -> UiError {
        match error {
            CommandLineError::File(error) => self.file_error(error),
            CommandLineError::Helper(error) => errors::credential_helper(error),
            _ => errors::command_line_gone(),
        }
    }
}

impl Handing {
    fn not_offered(&self) -> UiError {
        UiError::new(ErrorCode::NotOffered)
            .with("server", self.server.name.as_str())
            .with("what", "command_line")
    }
}

/// Looks into files on a thread of its own.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, UiError> {
    let done = tokio::task::spawn_blocking(work).await;
    // A thread ends without an answer only when it has panicked.
    done.map_err(|error| UiError::new(ErrorCode::Internal).details(error.to_string()))
}

fn program_of(program: CommandProgram) -> Program {
    match program {
        CommandProgram::Singularity => Program::Singularity,
        CommandProgram::Apptainer => Program::Apptainer,
        CommandProgram::TokenFile => Program::TokenFile,
    }
}

/// Where the programs ask for the addresses of a server, without the scheme; and whether over plain http.
fn discovery_address(server: &Reachable) -> (String, bool) {
    let web: &Url = (server.endpoints.web.as_ref()).unwrap_or(&server.endpoints.library);
    let path = web.path().trim_end_matches('/');
    (format!("{}{path}", host_text(web)), web.scheme() == "http")
}

/// What the token is called on the server, where it will be recognised by its computer.
fn token_name(program: CommandProgram) -> String {
    let program = match program {
        CommandProgram::Singularity | CommandProgram::TokenFile => "singularity",
        CommandProgram::Apptainer => "apptainer",
    };
    match computer_name() {
        Some(computer) => format!("{program} on {computer}"),
        None => format!("{program}, by Sifter"),
    }
}

/// The name of this computer, where the system tells it without much ado.
fn computer_name() -> Option<String> {
    let told = ["HOSTNAME", "COMPUTERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok());
    let told = told.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())?;
    let name: String = told
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect();
    (!name.is_empty()).then_some(name)
}
