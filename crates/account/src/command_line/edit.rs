//! Changing `remote.yaml` without writing it anew: comments, order and keys that Sifter does not know stay.
//!
//! A change is a few insertions and replacements. The result is read again and must say exactly what was
//! there and what was wanted; whatever is written in an unexpected form is refused rather than damaged.

use std::ops::Range;

use zeroize::Zeroizing;

use super::file::FileProblem;
use super::remotes::Remotes;
use super::yaml::{self, Node, Value};

/// What shall be in the file.
pub(super) struct Wanted<'a> {
    /// The name of the server, should it not be there yet.
    pub(super) name: &'a str,
    /// Host, port and path, without a scheme.
    pub(super) uri: &'a str,
    pub(super) insecure: bool,
    /// Whether the program knows the server from its installation.
    pub(super) system: bool,
    pub(super) token: &'a str,
    /// Whether it becomes the server in use.
    pub(super) activate: bool,
}

/// The changed text, and the name under which the server is in it.
pub(super) struct Edited {
    pub(super) text: Zeroizing<String>,
    pub(super) name: String,
}

struct Change {
    place: Range<usize>,
    text: Zeroizing<String>,
}

struct Editor<'a> {
    text: &'a str,
    newline: &'static str,
    changes: Vec<Change>,
}

/// Puts a token into the file.
pub(super) fn put_token(text: &str, wanted: &Wanted<'_>) -> Result<Edited, FileProblem> {
    let root = yaml::parse(text)?;
    let known = Remotes::of(&root)?;
    let name = match known.at(wanted.uri, wanted.insecure) {
        Some(remote) => remote.name.clone(),
        None => free_name(&root, wanted.name),
    };
    let mut editor = Editor {
        text,
        newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
        changes: Vec::new(),
    };
    let mut expected = root.clone();
    if wanted.activate && known.active.as_deref() != Some(&name) {
        editor.active(&root, &name)?;
        expected.set("Active", Node::word(&name));
    }
    if let Some(entry) = root.get("Remotes").and_then(|all| all.get(&name)) {
        editor.token(entry, wanted.token)?;
        if let Some(entry) = expected
            .get_mut("Remotes")
            .and_then(|all| all.get_mut(&name))
        {
            entry.set("Token", Node::word(wanted.token));
        }
    } else {
        editor.server(&root, &name, wanted)?;
        if expected.get("Remotes").is_none() {
            expected.set("Remotes", Node::new(Value::Null));
        }
        if let Some(all) = expected.get_mut("Remotes") {
            all.set(&name, new_entry(wanted));
        }
    }
    let text = editor.finish();
    // Whatever went wrong above ends here, before anything is written.
    let read = yaml::parse(&text).map_err(|_| FileProblem::Form)?;
    if !read.same(&expected) {
        return Err(FileProblem::Form);
    }
    Ok(Edited { text, name })
}

fn free_name(root: &Node, wanted: &str) -> String {
    let is_free = |name: &str| {
        root.get("Remotes")
            .is_none_or(|all| all.get(name).is_none())
    };
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| is_free(name))
        .unwrap_or_default()
}

/// The lines of a new server, in the order in which the programs write them.
fn lines(wanted: &Wanted<'_>) -> Vec<(&'static str, String)> {
    let yes_or_no = |yes: bool| if yes { "true" } else { "false" }.to_owned();
    let mut lines = vec![
        ("URI", scalar(wanted.uri)),
        ("Token", scalar(wanted.token)),
        ("System", yes_or_no(wanted.system)),
        ("Exclusive", yes_or_no(false)),
    ];
    if wanted.insecure {
        lines.push(("Insecure", yes_or_no(true)));
    }
    lines
}

fn new_entry(wanted: &Wanted<'_>) -> Node {
    let mut entry = Node::new(Value::Null);
    for (key, _) in lines(wanted) {
        let value = match key {
            "URI" => wanted.uri,
            "Token" => wanted.token,
            "System" if wanted.system => "true",
            "Insecure" => "true",
            _ => "false",
        };
        entry.set(key, Node::word(value));
    }
    entry
}

impl Editor<'_> {
    fn change(&mut self, place: Range<usize>, text: impl Into<String>) {
        let text = Zeroizing::new(text.into());
        self.changes.push(Change { place, text });
    }

    /// Replaces the value of an entry.
    fn value(&mut self, entry: &(Node, Node), text: &str) -> Result<(), FileProblem> {
        let (key, value) = entry;
        if !matches!(value.value, Value::Null | Value::Word(_)) {
            return Err(FileProblem::Form);
        }
        let written = self
            .text
            .get(value.place.clone())
            .unwrap_or_default()
            .trim_end();
        if written.is_empty() {
            let after = self.after_colon(key)?;
            self.change(after..after, format!(" {}", scalar(text)));
        } else {
            let start = value.place.start;
            self.change(start..start + written.len(), scalar(text));
        }
        Ok(())
    }

    /// The token of a server that is there.
    fn token(&mut self, entry: &Node, token: &str) -> Result<(), FileProblem> {
        if let Some(there) = entry.entry("Token") {
            return self.value(there, token);
        }
        // A server with an address has at least that line; the token comes after it.
        let (key, value) = entry.entry("URI").ok_or(FileProblem::Form)?;
        let indent = self.indent(key)?;
        let after = self.line_end(value.place.end);
        let line = format!("{}{indent}Token: {}", self.newline, scalar(token));
        self.change(after..after, line);
        Ok(())
    }

    /// A server that is not there yet.
    fn server(&mut self, root: &Node, name: &str, wanted: &Wanted<'_>) -> Result<(), FileProblem> {
        let Some((key, all)) = root.entry("Remotes") else {
            let end = self.text.len();
            let lead = if self.text.is_empty() || self.text.ends_with('\n') {
                ""
            } else {
                self.newline
            };
            let block = self.block("  ", name, wanted);
            let whole = format!("{lead}Remotes:{block}{}", self.newline);
            // `{}` for a file without anything.
            let place = match (&root.value, root.entries()) {
                (Value::Map(_), []) => root.place.start..end,
                _ => end..end,
            };
            self.change(place, whole);
            return Ok(());
        };
        let (indent, after) = match (&all.value, all.entries()) {
            (Value::Map(_), [(first, _), ..]) => (self.indent(first)?, all.last_word_end()),
            (Value::Map(_), []) => {
                self.change(all.place.clone(), "");
                ("  ".to_owned(), all.place.end)
            }
            (Value::Null, _) => ("  ".to_owned(), self.after_colon(key)?),
            _ => return Err(FileProblem::Form),
        };
        let after = self.line_end(after);
        let block = self.block(&indent, name, wanted);
        self.change(after..after, block);
        Ok(())
    }

    /// The lines of a new server, each after a line break.
    fn block(&self, indent: &str, name: &str, wanted: &Wanted<'_>) -> String {
        let mut block = format!("{}{indent}{}:", self.newline, scalar(name));
        for (key, value) in lines(wanted) {
            block.push_str(&format!("{}{indent}{indent}{key}: {value}", self.newline));
        }
        block
    }

    /// The server in use.
    fn active(&mut self, root: &Node, name: &str) -> Result<(), FileProblem> {
        if let Some(there) = root.entry("Active") {
            return self.value(there, name);
        }
        // The programs write it first.
        let first = root.entries().first().map_or(0, |(key, _)| key.place.start);
        let line = format!("Active: {}{}", scalar(name), self.newline);
        self.change(first..first, line);
        Ok(())
    }

    /// What stands before a key on its line: only spaces, or the form is another.
    fn indent(&self, key: &Node) -> Result<String, FileProblem> {
        let before = self.text.get(..key.place.start).unwrap_or_default();
        let line = before
            .rfind('\n')
            .map_or(before, |at| before.get(at + 1..).unwrap_or_default());
        if line.chars().all(|letter| letter == ' ') {
            Ok(line.to_owned())
        } else {
            Err(FileProblem::Form)
        }
    }

    fn after_colon(&self, key: &Node) -> Result<usize, FileProblem> {
        let rest = self.text.get(key.place.end..).unwrap_or_default();
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let colon = rest.get(spaces..).is_some_and(|rest| rest.starts_with(':'));
        colon
            .then_some(key.place.end + spaces + 1)
            .ok_or(FileProblem::Form)
    }

    /// The end of the line that a place is on, before its line break.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        at + line.strip_suffix('\r').unwrap_or(line).len()
    }

    /// Makes the changes, the last first, so that the places of the others stay true.
    fn finish(mut self) -> Zeroizing<String> {
        self.changes
            .sort_by_key(|change| (change.place.start, change.place.end));
        let mut text = Zeroizing::new(self.text.to_owned());
        for change in self.changes.iter().rev() {
            let room = text.len() + change.text.len();
            let mut changed = Zeroizing::new(String::with_capacity(room));
            changed.push_str(text.get(..change.place.start).unwrap_or_default());
            changed.push_str(&change.text);
            changed.push_str(text.get(change.place.end..).unwrap_or_default());
            text = changed;
        }
        text
    }
}

/// A word as YAML: bare where nobody could take it for something else, quoted otherwise.
fn scalar(text: &str) -> String {
    const TAKEN: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_bare = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/+=~".contains(&byte))
        && !TAKEN.contains(&text.to_ascii_lowercase().as_str());
    if is_bare {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests;
