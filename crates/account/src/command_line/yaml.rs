//! The part of YAML that the command lines write: mappings, lists and words, each with its place in the text.
//!
//! Anchors, aliases and tags are refused. The programs never write them, and without them a short text
//! cannot stand for a long one.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use zeroize::Zeroizing;

use super::file::FileProblem;

/// How deep such a file may be nested; the programs need five levels.
const DEEPEST: usize = 16;

/// One value and where it is written.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    /// Bytes of the text. Exact for words; what blocks end with belongs to what follows them.
    pub(super) place: Range<usize>,
}

#[derive(Clone)]
pub(super) enum Value {
    /// Nothing: an empty value, `~` or `null`.
    Null,
    /// A word. It may be a token.
    Word(Zeroizing<String>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// A word that is written nowhere yet.
    pub(super) fn word(text: &str) -> Self {
        Self::new(Value::Word(Zeroizing::new(text.to_owned())))
    }

    /// A value that is written nowhere yet.
    pub(super) fn new(value: Value) -> Self {
        Self { value, place: 0..0 }
    }

    /// The word; nothing where there is none.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Word(word) => Some(word.as_str()),
            _ => None,
        }
    }

    /// The entries of a mapping; none for anything else.
    pub(super) fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The key and the value of an entry.
    pub(super) fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.entries()
            .iter()
            .find(|(name, _)| name.text() == Some(key))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Sets an entry of a mapping; what is nothing becomes one.
    pub(super) fn set(&mut self, key: &str, value: Node) {
        if matches!(self.value, Value::Null) {
            self.value = Value::Map(Vec::new());
        }
        let Value::Map(entries) = &mut self.value else {
            return;
        };
        match entries
            .iter_mut()
            .find(|(name, _)| name.text() == Some(key))
        {
            Some((_, old)) => *old = value,
            None => entries.push((Self::word(key), value)),
        }
    }

    /// The value of an entry, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let Value::Map(entries) = &mut self.value else {
            return None;
        };
        let found = entries
            .iter_mut()
            .find(|(name, _)| name.text() == Some(key));
        found.map(|(_, value)| value)
    }

    /// Whether two values say the same, wherever and in whatever order of entries they are written.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Word(one), Value::Word(two)) => one == two,
            (Value::List(one), Value::List(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.same(two))
            }
            (Value::Map(one), Value::Map(two)) => {
                one.len() == two.len()
                    && one.iter().all(|(key, value)| {
                        let twin = key.text().and_then(|key| other.get(key));
                        twin.is_some_and(|twin| value.same(twin))
                    })
            }
            _ => false,
        }
    }

    /// Where the last word inside is written, for placing something after it.
    pub(super) fn last_word_end(&self) -> usize {
        match &self.value {
            Value::Null | Value::Word(_) => self.place.end,
            Value::List(items) => items.last().map_or(self.place.end, Self::last_word_end),
            Value::Map(entries) => entries.last().map_or(self.place.end, |(key, value)| {
                key.place.end.max(value.last_word_end())
            }),
        }
    }
}

/// What is still open while reading.
enum Open {
    List(Vec<Node>, usize),
    Map(Vec<(Node, Node)>, Option<Node>, usize),
}

/// Reads a text with at most one document. An empty text is nothing.
pub(super) fn parse(text: &str) -> Result<Node, FileProblem> {
    let bytes = Offsets::of(text);
    let mut open: Vec<Open> = Vec::new();
    let mut whole: Option<Node> = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| FileProblem::NotUnderstood {
            line: error.marker().line(),
        })?;
        let place = bytes.place(span);
        let done = match event {
            Event::Alias(_) => return Err(FileProblem::Form),
            Event::Scalar(_, _, anchor, tag) if anchor != 0 || tag.is_some() => {
                return Err(FileProblem::Form);
            }
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if anchor != 0 || tag.is_some() =>
            {
                return Err(FileProblem::Form);
            }
            Event::Scalar(word, style, ..) => Some(Node {
                value: value_of(&word, style),
                place: written(text, place, style),
            }),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new(), place.start));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Vec::new(), None, place.start));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop().map(|level| level.close(place.end))
            }
            Event::DocumentStart(_) if whole.is_some() => return Err(FileProblem::Form),
            _ => None,
        };
        if open.len() > DEEPEST {
            return Err(FileProblem::Form);
        }
        let Some(node) = done else { continue };
        match open.last_mut() {
            None => whole = Some(node),
            Some(level) => level.take(node, span.start.line())?,
        }
    }
    Ok(whole.unwrap_or(Node::new(Value::Null)))
}

/// Where a word ends: the parser counts what follows a quoted one up to the next, comments included.
fn written(text: &str, place: Range<usize>, style: ScalarStyle) -> Range<usize> {
    let word = text.get(place.clone()).unwrap_or_default();
    let length = match style {
        ScalarStyle::SingleQuoted => closed(word, '\'', '\''),
        ScalarStyle::DoubleQuoted => closed(word, '"', '\\'),
        _ => word.trim_end().len(),
    };
    place.start..place.start + length
}

/// The length of a quoted word. Two quotes in a row are one in single quotes; in double quotes a backslash takes
/// the next letter along.
fn closed(word: &str, quote: char, escape: char) -> usize {
    let mut letters = word.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let is_escaped = letter == escape && (escape != quote || next == Some(quote));
        if is_escaped {
            letters.next();
        } else if letter == quote {
            return at + quote.len_utf8();
        }
    }
    word.trim_end().len()
}

fn value_of(word: &str, style: ScalarStyle) -> Value {
    let is_nothing =
        style == ScalarStyle::Plain && matches!(word, "" | "~" | "null" | "Null" | "NULL");
    if is_nothing {
        Value::Null
    } else {
        Value::Word(Zeroizing::new(word.to_owned()))
    }
}

impl Open {
    /// Takes the next value inside.
    fn take(&mut self, node: Node, line: usize) -> Result<(), FileProblem> {
        match self {
            Self::List(items, _) => items.push(node),
            Self::Map(entries, key @ None, _) => {
                let known = |name: &str| entries.iter().any(|(key, _)| key.text() == Some(name));
                if node.text().is_none_or(known) {
                    return Err(FileProblem::NotUnderstood { line });
                }
                *key = Some(node);
            }
            Self::Map(entries, key, _) => entries.extend(key.take().map(|key| (key, node))),
        }
        Ok(())
    }

    fn close(self, end: usize) -> Node {
        match self {
            Self::List(items, start) => Node {
                value: Value::List(items),
                place: start..end,
            },
            Self::Map(entries, _, start) => Node {
                value: Value::Map(entries),
                place: start..end,
            },
        }
    }
}

/// The parser counts characters; texts are cut at bytes.
struct Offsets(Vec<usize>);

impl Offsets {
    fn of(text: &str) -> Self {
        let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        starts.push(text.len());
        Self(starts)
    }

    fn place(&self, span: Span) -> Range<usize> {
        let end = self.0.last().copied().unwrap_or_default();
        let byte = |index: usize| self.0.get(index).copied().unwrap_or(end);
        let start = byte(span.start.index());
        start..byte(span.end.index()).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_are_written() {
        let text = "é: 'ä b'   # c\nq: \"a\\\"b\" # d\nr: 'it''s' # e\nlist:\n- x\n- \"y\"\n";
        let node = parse(text).unwrap();
        let (key, value) = node.entry("é").unwrap();
        assert_eq!(&text[key.place.clone()], "é");
        assert_eq!(&text[value.place.clone()], "'ä b'");
        assert_eq!(value.text(), Some("ä b"));
        for (key, place) in [("q", "\"a\\\"b\""), ("r", "'it''s'")] {
            assert_eq!(&text[node.get(key).unwrap().place.clone()], place);
        }
        assert_eq!(&text[..node.last_word_end()], text.trim_end());
    }

    #[test]
    fn what_the_programs_never_write_is_refused() {
        for (text, word) in [
            ("a: &x 1\nb: *x\n", "form"),
            ("a: !!str 1\n", "form"),
            ("a: 1\n---\nb: 2\n", "form"),
            ("a: 1\na: 2\n", "not_understood"),
            ("a: [\n", "not_understood"),
            ("? [a]\n: b\n", "not_understood"),
            ("a: 'x\n", "not_understood"),
        ] {
            let error = parse(text)
                .err()
                .unwrap_or_else(|| panic!("{text:?} was taken"));
            assert_eq!(error.word(), word, "{text:?}");
        }
        let deep = "[".repeat(5000);
        assert!(parse(&deep).is_err());
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse(&deep).is_err());
    }

    #[test]
    fn a28_a_text_that_would_grow_without_end_is_refused_at_its_first_alias() {
        let mut bomb = "a: &a [x, x, x, x]\n".to_owned();
        for level in 'b'..='z' {
            let before = (level as u8 - 1) as char;
            bomb.push_str(&format!(
                "{level}: &{level} [*{before}, *{before}, *{before}]\n"
            ));
        }
        assert_eq!(parse(&bomb).err().unwrap().word(), "form");
    }
}
