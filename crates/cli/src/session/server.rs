//! Which of the connected servers an address or a host means.

use clap::CommandFactory as _;
use clap::error::ErrorKind;
use sifter_app_core::LOCAL_ID;
use sifter_contract::{ServerView, Storage};

use crate::args::Cli;
use crate::failure::Failure;

/// Where images come from when no server is named and none is connected, as for the `singularity` command.
pub(crate) const DEFAULT_ADDRESS: &str = "cloud.sylabs.io";

/// The connected server that an address means. Without an address: the first where somebody is signed in, else
/// the first; the library on this computer last.
pub(crate) fn known(servers: &[ServerView], address: Option<&str>) -> Option<ServerView> {
    let found = match address {
        Some(address) => servers.iter().find(|server| {
            server.id == address
                || server.name.eq_ignore_ascii_case(address)
                || names_server(bare(address), server)
        }),
        None => {
            let signed_in = |server: &&ServerView| {
                server
                    .account
                    .as_ref()
                    .is_some_and(|account| account.signed_in)
            };
            let elsewhere = |server: &&ServerView| server.id != LOCAL_ID;
            servers
                .iter()
                .filter(elsewhere)
                .find(signed_in)
                .or_else(|| servers.iter().find(signed_in))
                .or_else(|| servers.iter().find(elsewhere))
        }
    };
    found.cloned()
}

/// Whether the sign-in to a server lies in the vault file.
pub(super) fn keeps_in_vault(server: &ServerView) -> bool {
    let account = server.account.as_ref();
    account.is_some_and(|account| account.storage == Storage::Vault)
}

/// Whether a host, with its port, is that of a server or of its library.
pub(crate) fn names_server(host: &str, server: &ServerView) -> bool {
    let library = bare(&server.library_url);
    let same = |other: &str| !other.is_empty() && other.eq_ignore_ascii_case(host);
    same(&server.host) || same(library) || same(library.split('/').next().unwrap_or_default())
}

/// An address without scheme and final slash.
fn bare(address: &str) -> &str {
    let address = address.trim();
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.trim_end_matches('/')
}

/// The reference names another server than the options.
pub(super) fn mismatch(host: &str, server: &ServerView) -> Failure {
    usage(format!(
        "the reference names the server {host}, but --server or SIFTER_SERVER means {}",
        server.host
    ))
}

/// A token is for one server; sending it to a guessed one would give it away.
pub(crate) fn token_of_whom() -> Failure {
    usage(
        "--token-file needs --server (or SIFTER_SERVER): a token is sent to no other server than its own",
    )
}

/// A fault that the command line alone shows.
pub(crate) fn usage(sentence: impl std::fmt::Display) -> Failure {
    Failure::Usage(Cli::command().error(ErrorKind::ValueValidation, sentence))
}

#[cfg(test)]
mod tests {
    use sifter_contract::{ServerKind, ServerState};

    use super::*;

    fn server(id: &str, host: &str, library_url: &str) -> ServerView {
        ServerView {
            id: id.to_owned(),
            name: format!("Library {id}"),
            host: host.to_owned(),
            library_url: library_url.to_owned(),
            kind: ServerKind::Library,
            state: ServerState::Online,
            problem: None,
            capabilities: Default::default(),
            account: None,
            accounts: Vec::new(),
            ways: Vec::new(),
            quota: None,
        }
    }

    #[test]
    fn a_server_is_known_by_host_address_library_and_name() {
        let servers = [
            server(LOCAL_ID, "127.0.0.1:4000", "http://127.0.0.1:4000"),
            server("a", "lab.example", "https://library.lab.example/base"),
        ];
        for text in [
            "lab.example",
            "https://lab.example/",
            "https://library.lab.example/base",
            "library.lab.example",
            "LIBRARY A",
            "a",
        ] {
            let found = known(&servers, Some(text));
            assert_eq!(
                found.map(|server| server.id).as_deref(),
                Some("a"),
                "{text}"
            );
        }
        assert!(known(&servers, Some("other.example")).is_none());
        assert_eq!(
            known(&servers, None).map(|server| server.id).as_deref(),
            Some("a")
        );
        assert!(known(&servers[..1], None).is_none());
    }
}
