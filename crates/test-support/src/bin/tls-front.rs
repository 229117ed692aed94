//! TLS before a plain server: `tls-front HOST:PORT`. The certificate is for `localhost` and nobody vouches for it.
//! Prints where it listens.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use sifter_test_support::{TlsFront, TlsIdentity, stop_asked};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [to] = arguments.as_slice() else {
        eprintln!("usage: tls-front HOST:PORT");
        return ExitCode::from(2);
    };
    match serve(to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(to: &str) -> Result<()> {
    let front = TlsFront::start(TlsIdentity::self_signed(&["localhost"], |_| {})?).await?;
    front.pass_to(to.parse().context("that is no address")?);
    writeln!(io::stdout(), "TLS at {}", front.url())?;
    Ok(stop_asked().await?)
}
