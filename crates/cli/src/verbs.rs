//! One file per verb.

mod bundle;
mod compare;
mod delete;
mod inspect;
mod key;
mod key_servers;
mod list;
mod login;
mod logout;
mod pull;
mod push;
mod search;
mod sections;
mod sif;
mod sign;
mod verify;
mod whoami;

use serde::Serialize;
use sifter_app_core::{Reference, Signatures};
use sifter_contract::LibraryPath;

use crate::args::{Cli, Options, Verb};
use crate::failure::Failure;
use crate::output::Output;
use crate::session::{Session, home, usage};
use crate::stop::Stop;

/// What every verb gets.
pub(crate) struct Call<'a> {
    options: &'a Options,
    output: Output,
    stop: &'a Stop,
}

impl Call<'_> {
    /// Does something with the server that the options or the reference name.
    async fn with<T>(
        &self,
        reference: Option<&Reference>,
        work: impl AsyncFnOnce(&Session) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let host = reference.and_then(|reference| reference.host.as_deref());
        Session::with(self.options, host, self.stop, work).await
    }
}

/// A result together with the server it is about.
#[derive(Serialize)]
struct On<'a, T> {
    server: &'a str,
    #[serde(flatten)]
    result: T,
}

/// Runs what the command line asks for.
pub(crate) async fn run(cli: Cli, output: Output, stop: &Stop) -> Result<(), Failure> {
    let call = Call {
        options: &cli.options,
        output,
        stop,
    };
    match &cli.verb {
        Verb::Login { vault } => login::run(&call, *vault).await,
        Verb::Logout => logout::run(&call).await,
        Verb::Whoami => whoami::run(&call).await,
        Verb::Push { file, reference } => push::run(&call, file, reference).await,
        Verb::Pull { reference, out } => pull::run(&call, reference, out.as_deref()).await,
        Verb::List { reference } => list::run(&call, reference.as_ref()).await,
        Verb::Search { text } => search::run(&call, text).await,
        Verb::Delete { reference } => delete::run(&call, reference).await,
        Verb::Inspect(options) => inspect::run(&call, options).await,
        Verb::Compare { left, right } => compare::run(&call, left, right).await,
        Verb::Sif { verb } => sif::run(&call, verb).await,
        Verb::Verify(options) => verify::run(&call, options).await,
        Verb::Bundle(options) => bundle::run(&call, options).await,
        Verb::Sign(options) => sign::run(&call, options).await,
        Verb::Key { verb } => key::run(&call, verb).await,
    }
}

/// What verifies and signs, with the keys and the network of the person that the options name.
async fn signatures(call: &Call<'_>) -> Result<Signatures, Failure> {
    Ok(Signatures::open(&home(call.options)?).await?)
}

/// The place of a reference that has to name all of it.
fn full_path(reference: &Reference) -> Result<LibraryPath, Failure> {
    if reference.names.len() < 3 {
        return Err(usage(
            "the reference has to name all of entity/collection/container",
        ));
    }
    Ok(reference.path())
}

/// The one tag or hash of a reference, if it names any.
fn one_target(reference: &Reference) -> Result<Option<&str>, Failure> {
    match reference.tags.as_slice() {
        [] => Ok(None),
        [target] => Ok(Some(target)),
        _ => Err(usage("the reference names several tags; name one")),
    }
}

/// `library://…` of a place, and of tags or a hash in it.
fn address(names: &[String], targets: &[String]) -> String {
    let mut text = format!("library://{}", names.join("/"));
    if !targets.is_empty() {
        text.push(':');
        text.push_str(&targets.join(","));
    }
    text
}
