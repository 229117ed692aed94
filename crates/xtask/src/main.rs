//! `cargo xtask`: the one list of what can be done with this checkout.
//!
//! It stays small on purpose (three dependencies), so that a fresh machine says what it is doing
//! within seconds of the first command.

mod bench;
mod build;
mod check;
mod e2e;
mod fuzz;
mod generate;
mod packages;
mod root;
mod run;
mod session;
mod step;
mod test;
mod ui;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Runs, tests and packages Sifter")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what is missing, builds Sifter with a sample image and opens it.
    Run,
    /// Installs what is missing and runs every check and test.
    Test,
    /// Runs one whole-app scenario with real programs around it.
    E2e {
        /// Which one.
        #[arg(value_enum)]
        scenario: e2e::Scenario,
    },
    /// Measures Sifter beside the official programs and the machine's own limits.
    Bench {
        /// Which part.
        #[command(subcommand)]
        bench: bench::Bench,
    },
    /// Gives every parser of foreign bytes inputs of a fuzzer. Needs a nightly compiler and cargo-fuzz.
    Fuzz {
        /// How long for each of them.
        #[arg(long, default_value_t = 1)]
        minutes: u32,
        /// Only this one.
        target: Option<String>,
    },
    /// Runs programs nobody here wrote against Sifter: the official Go client.
    Interop,
    /// Checks the house without running tests: formatting, lints, layers, file sizes, licences.
    Check,
    /// Writes the window's TypeScript from the contract.
    Generate,
    /// Builds installable bundles for this system.
    Package,
}

fn main() -> std::process::ExitCode {
    let result = match Arguments::parse().task {
        Task::Run => run::run(),
        Task::Test => test::test(),
        Task::E2e { scenario } => e2e::run(scenario),
        Task::Bench { bench } => bench::run(bench),
        Task::Fuzz { minutes, target } => fuzz::run(minutes, target.as_deref()),
        Task::Interop => e2e::run(e2e::Scenario::CliInterop),
        Task::Check => packages::ensure(packages::Purpose::Build).and_then(|()| check::all()),
        Task::Generate => generate::write(),
        Task::Package => run::package(),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            step::say(&format!("failed: {error:#}"));
            std::process::ExitCode::FAILURE
        }
    }
}
