//! `sifter-cli`: everything the app does, without its window, for scripts and clusters.
//!
//! It runs the very same engine as the app, with a terminal as its host. Results go to standard output and
//! nothing else does; a failure is a sentence on standard error.

mod args;
mod failure;
mod format;
mod host;
mod output;
mod passphrase;
mod progress;
mod session;
mod stop;
mod terminal;
mod token_file;
mod transfer;
mod vault;
mod verbs;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Cli;
use crate::output::Output;
use crate::stop::Stop;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.options.json);
    let _log = session::log(&cli.options);
    match verbs::run(cli, output, &Stop::listen()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}
