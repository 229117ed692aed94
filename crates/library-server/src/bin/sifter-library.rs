//! `sifter-library`: a library for a team, without the app.
//!
//! `serve` answers until it is told to stop; `ticket` and `token create` work beside it, on the same
//! folder. Secrets go to standard output and nowhere else.

use std::error::Error as StdError;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret as _;
use sifter_library_server::{Config, Error, LibraryServer, Owner, Settings};
use tracing_subscriber::EnvFilter;
use url::Url;

/// Where it answers when nothing else is said.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// A library of Singularity and Apptainer images.
#[derive(Debug, Parser)]
#[command(version)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Answer requests until interrupted
    Serve(Serve),
    /// Print a one-time ticket for signing in with a browser, good for a few minutes
    Ticket(Folder),
    /// Print the people of the library and the accounts elsewhere that they sign in with
    People(Folder),
    /// Let an account elsewhere sign in as a person of the library
    Link(Link),
    /// Access tokens for scripts and the command line
    Token {
        #[command(subcommand)]
        action: TokenAction,
    },
}

#[derive(Debug, Subcommand)]
enum TokenAction {
    /// Print a new access token of the owner
    Create {
        #[command(flatten)]
        folder: Folder,
        /// What the token is for, shown in lists of tokens
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Args)]
struct Folder {
    /// Folder of the library
    #[arg(long = "data", value_name = "DIR")]
    path: PathBuf,
}

#[derive(Debug, Args)]
struct Link {
    #[command(flatten)]
    folder: Folder,
    /// Login name of the person
    #[arg(long, value_name = "NAME")]
    login: String,
    /// Issuer of the account, such as https://accounts.google.com or https://github.com
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Its id there, as `people` prints it
    #[arg(long, value_name = "ID")]
    subject: String,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    folder: Folder,
    /// Settings file; `library.toml` in the folder of the library when left out. What is said here on the
    /// command line comes before what the file says
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to answer on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Address clients use, when a reverse proxy stands in front
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
    /// Login name of the owner; the first start remembers it
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Bytes an entity may hold; unlimited when left out
    #[arg(long, value_name = "BYTES")]
    quota: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Command::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let done = match command.action {
        Action::Serve(serve) => run(serve).await,
        Action::Ticket(folder) => ticket(&folder),
        Action::People(folder) => people(&folder),
        Action::Link(wanted) => link(&wanted),
        Action::Token {
            action: TokenAction::Create { folder, name },
        } => token(&folder, &name),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn StdError>>;

async fn run(serve: Serve) -> Done {
    let data_dir = serve.folder.path;
    let settings = settings(serve.config, &data_dir)?;
    let owner = match serve.owner.or(settings.owner) {
        Some(login) => Owner {
            login,
            display_name: String::new(),
        },
        None => Owner::remembered(&data_dir)?.unwrap_or_else(Owner::of_this_computer),
    };
    let config = Config {
        listen: serve.listen.or(settings.listen).unwrap_or(LISTEN),
        public_url: serve.public_url.or(settings.public_url),
        quota_bytes: serve.quota.or(settings.quota_bytes),
        trusted_proxies: settings.trusted_proxies,
        providers: settings.providers,
        ..Config::new(data_dir, owner)
    };
    let library = LibraryServer::start(config).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "Library at {}", library.base_url())?;
    out.flush()?;
    drop(out);
    stop_asked().await?;
    library.shutdown().await;
    Ok(())
}

/// What the settings file says. One that was named must be there.
fn settings(named: Option<PathBuf>, data_dir: &Path) -> Result<Settings, Error> {
    match named {
        Some(path) => Settings::read(&path),
        None => {
            let path = data_dir.join("library.toml");
            match path.exists() {
                true => Settings::read(&path),
                false => Ok(Settings::default()),
            }
        }
    }
}

fn ticket(folder: &Folder) -> Done {
    let ticket = sifter_library_server::mint_ticket(&folder.path, None)?;
    writeln!(io::stdout(), "{}", ticket.secret().expose_secret())?;
    Ok(())
}

fn people(folder: &Folder) -> Done {
    let mut out = io::stdout().lock();
    for account in sifter_library_server::accounts(&folder.path)? {
        let (issuer, subject) = account.identity.unwrap_or_default();
        let (login, name) = (account.login, account.display_name);
        writeln!(out, "{login}\t{name}\t{issuer}\t{subject}")?;
    }
    Ok(())
}

fn link(wanted: &Link) -> Done {
    let (folder, login) = (&wanted.folder.path, &wanted.login);
    if sifter_library_server::link_account(folder, login, &wanted.issuer, &wanted.subject)? {
        Ok(())
    } else {
        Err(format!("nobody is called {login} here").into())
    }
}

fn token(folder: &Folder, name: &str) -> Done {
    let owner = Owner::remembered(&folder.path)?.unwrap_or_else(Owner::of_this_computer);
    let token = sifter_library_server::create_access_token(&folder.path, &owner, name)?;
    writeln!(io::stdout(), "{}", token.secret().expose_secret())?;
    Ok(())
}

#[cfg(unix)]
async fn stop_asked() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn stop_asked() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn complain(error: &dyn StdError) {
    let mut text = format!("sifter-library: {error}");
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    // With standard error closed there is nobody to tell.
    let _nobody = writeln!(io::stderr(), "{text}");
}
