//! `remote.yaml` of `singularity` and `apptainer`: the servers they know, with tokens in plain text.

use secrecy::SecretString;

use super::file::FileProblem;
use super::yaml::{self, Node, Value};

/// More servers than this are nobody's.
const MOST: usize = 500;

/// One server of the file.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    pub(super) name: String,
    /// Host, port and path, without a scheme.
    pub(super) uri: String,
    /// The server is asked over plain http.
    pub(super) insecure: bool,
    pub(super) token: Option<SecretString>,
}

/// What the file says.
#[derive(Clone, Debug, Default)]
pub(super) struct Remotes {
    /// The name of the server in use.
    pub(super) active: Option<String>,
    pub(super) remotes: Vec<Remote>,
}

impl Remotes {
    /// Reads the file. Keys that are not known are passed over, though the programs would not.
    pub(super) fn parse(text: &str) -> Result<Self, FileProblem> {
        Self::of(&yaml::parse(text)?)
    }

    pub(super) fn of(root: &Node) -> Result<Self, FileProblem> {
        if !matches!(root.value, Value::Null | Value::Map(_)) {
            return Err(FileProblem::NotUnderstood { line: 1 });
        }
        let entries = root.get("Remotes").map_or(&[][..], Node::entries);
        let remotes = entries.iter().take(MOST).filter_map(remote).collect();
        Ok(Self {
            active: word(root, "Active"),
            remotes,
        })
    }

    /// The server with this address, the one in use first.
    pub(super) fn at(&self, uri: &str, insecure: bool) -> Option<&Remote> {
        let here = |remote: &&Remote| remote.insecure == insecure && same_uri(&remote.uri, uri);
        let mut found = self.remotes.iter().filter(here);
        let first = found.next()?;
        let is_active = |remote: &&Remote| self.active.as_deref() == Some(&remote.name);
        Some(
            std::iter::once(first)
                .chain(found)
                .find(is_active)
                .unwrap_or(first),
        )
    }
}

fn remote((name, entry): &(Node, Node)) -> Option<Remote> {
    Some(Remote {
        name: name.text()?.to_owned(),
        uri: bare(&word(entry, "URI")?).to_owned(),
        insecure: entry.get("Insecure").and_then(Node::text) == Some("true"),
        token: word(entry, "Token").map(SecretString::from),
    })
}

fn word(node: &Node, key: &str) -> Option<String> {
    let text = node.get(key)?.text()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// An address as the file has it: people have put schemes and slashes there.
fn bare(uri: &str) -> &str {
    let uri = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    uri.trim_end_matches('/')
}

fn same_uri(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn both_programs_files_are_read_with_what_people_put_into_them() {
        let text = "\
Active: lab
Remotes:
  SylabsCloud:
    URI: cloud.sylabs.io
    Token: abc
    System: true
    Exclusive: false
  lab:
    URI: https://lab.example:8443/library/
    Insecure: true
    Whatever: [1, 2]
  broken: 7
Credentials:
- URI: docker://registry.example
  Auth: Basic eA==
";
        let read = Remotes::parse(text).unwrap();
        assert_eq!(read.active.as_deref(), Some("lab"));
        let cloud = read.at("Cloud.sylabs.io", false).unwrap();
        assert_eq!(cloud.token.as_ref().unwrap().expose_secret(), "abc");
        assert!(read.at("cloud.sylabs.io", true).is_none());
        let lab = read.at("lab.example:8443/library", true).unwrap();
        assert!(lab.token.is_none() && lab.name == "lab");
        assert_eq!(read.remotes.len(), 2);
        for empty in ["", "{}", "Active: \"\"\nRemotes: {}\n", "# nothing\n"] {
            assert!(Remotes::parse(empty).unwrap().remotes.is_empty(), "{empty}");
        }
        for wrong in ["word", "- a\n"] {
            assert!(Remotes::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn of_two_servers_with_one_address_the_one_in_use_counts() {
        let text = "Active: b\nRemotes:\n  a: {URI: x}\n  b: {URI: x}\n";
        assert_eq!(
            Remotes::parse(text).unwrap().at("x", false).unwrap().name,
            "b"
        );
    }
}
