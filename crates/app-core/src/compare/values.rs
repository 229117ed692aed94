//! Short texts with names: labels, and packages with their versions.

use std::collections::BTreeMap;

use sifter_contract::{ChangeKind, ValueChange, ValueChanges};

/// Differences that are listed.
const MOST_CHANGES: usize = 2000;

/// What is different between two sets of named texts. Of several with one name the last counts, as in an image.
pub(super) fn changes<'a>(
    left: impl Iterator<Item = (&'a str, &'a str)>,
    right: impl Iterator<Item = (&'a str, &'a str)>,
) -> ValueChanges {
    let mut names: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
    for (name, text) in left {
        names.entry(name).or_default().0 = Some(text);
    }
    for (name, text) in right {
        names.entry(name).or_default().1 = Some(text);
    }
    let mut found = ValueChanges::default();
    for (name, (left, right)) in names {
        let kind = match (left, right) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            (Some(left), Some(right)) if left == right => {
                found.same += 1;
                continue;
            }
            _ => ChangeKind::Changed,
        };
        if found.changes.len() == MOST_CHANGES {
            found.more = true;
            continue;
        }
        found.changes.push(ValueChange {
            name: name.to_owned(),
            kind,
            left: left.map(str::to_owned),
            right: right.map(str::to_owned),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_gone_or_other_is_told_apart_and_the_rest_counted() {
        let left = [("a", "1"), ("b", "1"), ("c", "1")];
        let right = [("b", "1"), ("c", "2"), ("d", "1")];
        let found = changes(left.into_iter(), right.into_iter());
        let kinds: Vec<(&str, ChangeKind)> = found
            .changes
            .iter()
            .map(|one| (one.name.as_str(), one.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                ("a", ChangeKind::Removed),
                ("c", ChangeKind::Changed),
                ("d", ChangeKind::Added)
            ]
        );
        assert_eq!((found.same, found.more), (1, false));
        assert_eq!(found.changes[1].left.as_deref(), Some("1"));
        assert_eq!(found.changes[1].right.as_deref(), Some("2"));
    }

    #[test]
    fn a_long_list_says_that_there_is_more() {
        let names: Vec<String> = (0..=MOST_CHANGES)
            .map(|number| number.to_string())
            .collect();
        let right = names.iter().map(|name| (name.as_str(), ""));
        let found = changes(std::iter::empty(), right);
        assert_eq!(found.changes.len(), MOST_CHANGES);
        assert!(found.more);
    }
}
