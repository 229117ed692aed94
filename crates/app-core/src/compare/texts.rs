//! Longer texts line by line: definition files and scripts.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sifter_contract::{ChangeKind, DiffLine, LineKind, NamedText, TextChange, TextChanges};
use similar::{Algorithm, ChangeTag, TextDiff};

/// Lines of a text that are compared. Definition files have tens, hundreds at the most.
const MOST_LINES: usize = 20_000;
/// Lines of a comparison that are listed.
const MOST_LISTED: usize = 4000;
/// Lines that are the same and are shown around a change.
const AROUND: usize = 3;
/// How long the shortest comparison is looked for; whatever has been found by then is right, only longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is different between two sets of named texts, in the order of the first.
pub(super) fn changes(left: &[NamedText], right: &[NamedText]) -> TextChanges {
    let (first, second) = (by_name(left), by_name(right));
    let names = left.iter().chain(right).map(|one| one.name.as_str());
    let mut seen = HashSet::new();
    let mut found = TextChanges::default();
    for name in names.filter(|name| seen.insert(*name)) {
        match change(name, first.get(name).copied(), second.get(name).copied()) {
            Some(change) => found.changes.push(change),
            None => found.same += 1,
        }
    }
    found
}

fn by_name(texts: &[NamedText]) -> HashMap<&str, &str> {
    let pairs = texts.iter();
    pairs
        .map(|one| (one.name.as_str(), one.text.as_str()))
        .collect()
}

/// What is different between two texts; `None` when their lines are the same.
pub(super) fn change(name: &str, left: Option<&str>, right: Option<&str>) -> Option<TextChange> {
    let kind = match (left, right) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    let ((left, left_more), (right, right_more)) = (lines(left), lines(right));
    let more = left_more || right_more;
    if kind == ChangeKind::Changed && left == right && !more {
        return None;
    }
    let mut found = TextChange {
        name: name.to_owned(),
        kind,
        added: 0,
        removed: 0,
        lines: Vec::new(),
        more,
    };
    compare(&left, &right, &mut found);
    Some(found)
}

/// The lines of a text that are compared, and whether there are more.
fn lines(text: Option<&str>) -> (Vec<&str>, bool) {
    let mut all = text.unwrap_or_default().lines();
    let some = all.by_ref().take(MOST_LINES).collect();
    (some, all.next().is_some())
}

fn compare(left: &[&str], right: &[&str], found: &mut TextChange) {
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(PATIENCE)
        .diff_slices(left, right);
    let mut shown = 0;
    for group in diff.grouped_ops(AROUND) {
        let start = group.first().map_or(shown, |op| op.old_range().start);
        fold(start.saturating_sub(shown), found);
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => LineKind::Same,
                ChangeTag::Insert => LineKind::Added,
                ChangeTag::Delete => LineKind::Removed,
            };
            found.added += u32::from(kind == LineKind::Added);
            found.removed += u32::from(kind == LineKind::Removed);
            if found.lines.len() == MOST_LISTED {
                found.more = true;
                continue;
            }
            found.lines.push(DiffLine {
                kind,
                left: change.old_index().map(number),
                right: change.new_index().map(number),
                text: change.value().to_owned(),
                count: 1,
            });
        }
        shown = group.last().map_or(shown, |op| op.old_range().end);
    }
    fold(left.len().saturating_sub(shown), found);
}

/// Stands for lines that are the same.
fn fold(count: usize, found: &mut TextChange) {
    if count > 0 && found.lines.len() < MOST_LISTED {
        found.lines.push(DiffLine {
            kind: LineKind::Folded,
            left: None,
            right: None,
            text: String::new(),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        });
    }
}

/// The number of a line as people count.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(left: &str, right: &str) -> Option<TextChange> {
        change("x", Some(left), Some(right))
    }

    #[test]
    fn a_changed_line_stands_between_its_neighbours_and_the_rest_is_folded() {
        let text = |version: &str| {
            let lines: Vec<String> = (1..=20)
                .map(|number| match number {
                    10 => format!("version {version}"),
                    number => format!("line {number}"),
                })
                .collect();
            lines.join("\n")
        };
        let found = between(&text("1"), &text("2")).unwrap();
        assert_eq!((found.added, found.removed, found.more), (1, 1, false));
        let kinds: Vec<(LineKind, u32)> = found
            .lines
            .iter()
            .map(|line| (line.kind, line.count))
            .collect();
        let same = (LineKind::Same, 1);
        assert_eq!(
            kinds,
            [
                (LineKind::Folded, 6),
                same,
                same,
                same,
                (LineKind::Removed, 1),
                (LineKind::Added, 1),
                same,
                same,
                same,
                (LineKind::Folded, 7),
            ]
        );
        let removed = &found.lines[4];
        assert_eq!((removed.left, removed.right), (Some(10), None));
        assert_eq!(removed.text, "version 1");
        assert_eq!(found.lines[5].right, Some(10));
    }

    #[test]
    fn the_end_of_the_last_line_makes_no_difference() {
        assert_eq!(between("a\nb", "a\nb\n"), None);
        assert_eq!(between("", ""), None);
    }

    #[test]
    fn texts_that_only_one_has_are_told_apart() {
        let named = |name: &str, text: &str| NamedText {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let left = [named("run", "exec a"), named("help", "same")];
        let right = [named("help", "same"), named("test", "true")];
        let found = changes(&left, &right);
        let kinds: Vec<(&str, ChangeKind)> = found
            .changes
            .iter()
            .map(|one| (one.name.as_str(), one.kind))
            .collect();
        assert_eq!(
            kinds,
            [("run", ChangeKind::Removed), ("test", ChangeKind::Added)]
        );
        assert_eq!(found.same, 1);
        assert_eq!(found.changes[1].lines[0].kind, LineKind::Added);
    }

    #[test]
    fn texts_of_any_length_are_compared_up_to_a_bound() {
        let left = "a\n".repeat(MOST_LINES + 5);
        let right: String = (0..MOST_LINES + 5).map(|n| format!("{n}\n")).collect();
        let found = between(&left, &right).unwrap();
        assert!(found.more);
        assert_eq!(found.lines.len(), MOST_LISTED);
    }
}
