//! Takes folders out of a text: where a file lies says who somebody is and what they work on.

use std::path::Path;

/// What stands in the place of the folders of a path.
const GONE: &str = "…";

/// The text without the folders in `private`, and without those of everything else that looks like an
/// absolute path. The last name of a path stays.
pub(super) fn hide_folders<'a>(text: &str, private: impl Iterator<Item = &'a Path>) -> String {
    let mut folders: Vec<String> = private
        .filter(|folder| folder.parent().is_some())
        .map(|folder| folder.display().to_string())
        .collect();
    // What lies inside another goes first.
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
    let mut text = text.to_owned();
    for folder in folders {
        text = text.replace(&folder, GONE);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let end = rest.find(is_border).unwrap_or(rest.len());
        if end == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        match folders_of(word) {
            Some(length) => {
                out.push_str(GONE);
                out.push_str(&word[length..]);
            }
            None => out.push_str(word),
        }
        rest = after;
    }
    out
}

/// Characters before and after a path.
fn is_border(c: char) -> bool {
    c.is_whitespace() || "\"'`()<>[]{}=,;|".contains(c)
}

/// How many bytes of a word are the folders of an absolute path, without the separator before its last name.
fn folders_of(word: &str) -> Option<usize> {
    let drive = word.as_bytes().get(1) == Some(&b':')
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && matches!(word.as_bytes().get(2), Some(b'\\' | b'/'));
    if !(drive || word.starts_with('/') || word.starts_with("\\\\")) {
        return None;
    }
    // A sentence may end right behind a path.
    let path = word.trim_end_matches(['.', ':', '/', '\\', '?', '!']);
    path.rfind(['/', '\\']).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_name_of_a_path_is_left() {
        let private = [
            Path::new("/home/ada lovelace/secret project"),
            Path::new("/"),
        ];
        for (text, clean) in [
            (
                "cannot read /home/ada lovelace/secret project/x.sif: gone",
                "cannot read …/x.sif: gone",
            ),
            ("open(\"/srv/data/y.sif\")", "open(\"…/y.sif\")"),
            ("at /srv/data/.", "at …/data/."),
            ("at C:\\Users\\ada\\x.sif", "at …\\x.sif"),
            ("from \\\\nas\\lab\\x.sif", "from …\\x.sif"),
        ] {
            assert_eq!(hide_folders(text, private.into_iter()), clean);
        }
    }

    #[test]
    fn addresses_and_references_stay() {
        for text in [
            "PUT https://lab.example/v2/imagefile/1/_multipart answered 507",
            "library://ada/tools/samtools:1.22",
            "62 of 100 / 3",
            "/x",
        ] {
            assert_eq!(hide_folders(text, std::iter::empty()), text);
        }
    }
}
