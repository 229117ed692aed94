//! The file is changed where it has to be and nowhere else, and what comes out passes a strict reader: another
//! YAML parser, with the keys and types that the programs know and no others.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// `remote.yaml` as the programs read it: an unknown key is an error.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "PascalCase")]
struct Strict {
    active: String,
    remotes: BTreeMap<String, StrictRemote>,
    credentials: Vec<StrictCredential>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "PascalCase")]
struct StrictRemote {
    #[serde(rename = "URI")]
    uri: String,
    token: String,
    system: bool,
    exclusive: bool,
    insecure: bool,
    keyservers: Vec<StrictKeyserver>,
}

#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "PascalCase")]
struct StrictKeyserver {
    #[serde(rename = "URI")]
    uri: String,
    skip: bool,
    external: bool,
    insecure: bool,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "PascalCase")]
struct StrictCredential {
    #[serde(rename = "URI")]
    uri: String,
    auth: String,
    insecure: bool,
}

fn strict(text: &str) -> Strict {
    serde_yaml_ng::from_str::<Option<Strict>>(text)
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
        .unwrap_or_default()
}

fn wanted<'a>(uri: &'a str, token: &'a str) -> Wanted<'a> {
    Wanted {
        name: "lab",
        uri,
        insecure: false,
        system: false,
        token,
        activate: true,
    }
}

fn put(text: &str, wanted: &Wanted<'_>) -> String {
    let edited = put_token(text, wanted).unwrap_or_else(|error| panic!("{error}\n{text}"));
    edited.text.to_string()
}

const FULL: &str = "\
# my servers
Active: SylabsCloud   # the default
Remotes:
  # where it began
  SylabsCloud:
    URI: cloud.sylabs.io # home
    Token: old # secret
    System: true
    Exclusive: false
    Keyservers:
    - URI: https://keys.example
      Skip: false
      External: true
      Insecure: false
  lab: # ours
    URI: lab.example
    System: false
    Exclusive: false
# sign-ins
Credentials:
- URI: docker://registry.example
  Auth: Basic eA==
  Insecure: false
";

#[test]
fn a_token_replaces_the_old_one_and_nothing_else() {
    let text = put(FULL, &wanted("cloud.sylabs.io", "new"));
    assert_eq!(text, FULL.replace("Token: old #", "Token: new #"));
}

#[test]
fn a_server_without_a_token_gets_its_line_and_becomes_the_one_in_use() {
    let text = put(FULL, &wanted("lab.example", "t.o-k"));
    let expected = FULL
        .replace("Active: SylabsCloud  ", "Active: lab  ")
        .replace(
            "    URI: lab.example\n",
            "    URI: lab.example\n    Token: t.o-k\n",
        );
    assert_eq!(text, expected);
}

#[test]
fn a_new_server_comes_after_the_others() {
    let mut new = wanted("hub.example:8443/x", "'");
    new.insecure = true;
    let text = put(FULL, &new);
    let block = "  lab-2:
    URI: hub.example:8443/x
    Token: ''''
    System: false
    Exclusive: false
    Insecure: true
# sign-ins
";
    assert!(
        text.contains(&block.replace("URI: hub.example:8443/x", "URI: 'hub.example:8443/x'")),
        "{text}"
    );
    assert!(text.contains("Active: lab-2   # the default"));
    assert_eq!(strict(&text).remotes["lab-2"].token, "'");
    assert_eq!(strict(&text).remotes.len(), 3);
}

#[test]
fn a_file_without_servers_gets_its_first() {
    for text in [
        "",
        "{}",
        "{}\n",
        "# only a comment",
        "Active: \"\"\nRemotes: {}\n",
        "Active: ''\nRemotes: {} # none\nCredentials: []\n",
        "Remotes:\n",
        "Active:\nRemotes:\nCredentials:\n",
        "---\nActive: x\n",
        "Active: x\r\nRemotes: {}\r\n",
    ] {
        let changed = strict(&put(text, &wanted("lab.example", "123")));
        assert_eq!(changed.active, "lab", "{text}");
        assert_eq!(changed.remotes["lab"].token, "123", "{text}");
        assert_eq!(changed.remotes.len(), 1, "{text}");
    }
}

#[test]
fn a_file_in_windows_lines_stays_one() {
    let text = put(&FULL.replace('\n', "\r\n"), &wanted("lab.example", "new"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert_eq!(strict(&text).remotes["lab"].token, "new");
}

#[test]
fn an_unknown_key_is_kept_although_the_programs_refuse_it() {
    let text = "Remotes:\n  lab:\n    URI: lab.example\n    Colour: blue\nMore:\n  - 1\n";
    let changed = put(text, &wanted("lab.example", "new"));
    assert!(
        changed.contains("Colour: blue\nMore:\n  - 1\n"),
        "{changed}"
    );
}

#[test]
fn the_server_in_use_stays_when_nothing_else_is_wanted() {
    let mut quiet = wanted("lab.example", "new");
    quiet.activate = false;
    assert_eq!(strict(&put(FULL, &quiet)).active, "SylabsCloud");
}

#[test]
fn forms_that_cannot_be_changed_in_place_are_refused() {
    for text in [
        "Remotes: {lab: {URI: lab.example}}\n",
        "Remotes: {other: {URI: other.example}}\n",
        "{Active: x, Remotes: {}}\n",
        "Remotes:\n  lab: {URI: lab.example}\n",
        "Remotes:\n  lab: &a\n    URI: lab.example\n",
        "Remotes: [1]\n",
        "Active: [x]\nRemotes:\n  lab:\n    URI: lab.example\n",
        "Active: x\n...\n",
    ] {
        let refused = put_token(text, &wanted("lab.example", "new")).err();
        assert_eq!(refused.map(|error| error.word()), Some("form"), "{text}");
    }
    // The value of a key can be replaced wherever it stands.
    let flow = "Active: lab\nRemotes: {lab: {URI: lab.example, Token: old, System: false}}\n";
    assert_eq!(
        put(flow, &wanted("lab.example", "new")),
        flow.replace("old", "new")
    );
}

/// One server as somebody may have written it.
fn written_remote() -> impl Strategy<Value = (String, StrictRemote, usize)> {
    let uri = "[a-z]{1,8}\\.example(:[1-9][0-9]{1,3})?";
    let token = proptest::option::of("[A-Za-z0-9_.-]{1,60}");
    let name = "[A-Za-z][A-Za-z0-9._-]{0,11}";
    (name, uri, token, any::<[bool; 3]>(), 0..6_usize).prop_map(
        |(name, uri, token, [system, exclusive, insecure], look)| {
            let remote = StrictRemote {
                uri,
                token: token.unwrap_or_default(),
                system,
                exclusive,
                insecure,
                keyservers: Vec::new(),
            };
            (format!("n{name}"), remote, look)
        },
    )
}

/// Writes a file by hand: with comments, quotes, blank lines and other indents.
fn write(remotes: &BTreeMap<String, (StrictRemote, usize)>, indent: usize, active: bool) -> String {
    let mut text = "# by hand\n\n".to_owned();
    if active {
        text.push_str("Active: 'somewhere' # now\n");
    }
    text.push_str("Remotes:\n");
    let (one, two) = (" ".repeat(indent), " ".repeat(indent * 2));
    for (name, (remote, look)) in remotes {
        let quote = ["", "'", "\""][look % 3];
        text.push_str(&format!("{one}{quote}{name}{quote}: # {name}\n"));
        text.push_str(&format!("{two}URI: \"{}\"\n", remote.uri));
        if !remote.token.is_empty() || look % 2 == 0 {
            text.push_str(&format!("{two}Token: \"{}\"   # hush\n", remote.token));
        }
        text.push_str(&format!("\n{two}System: {}\n", remote.system));
        text.push_str(&format!("{two}Exclusive: {}\n", remote.exclusive));
        if remote.insecure {
            text.push_str(&format!("{two}Insecure: true\n"));
        }
    }
    text.push_str("# the end\nCredentials:\n- URI: oras://x.example\n  Insecure: false\n");
    text
}

proptest! {
    #[test]
    fn what_is_written_passes_the_strict_reader_and_changes_one_server_only(
        list in proptest::collection::vec(written_remote(), 1..6),
        indent in 1..5_usize,
        active in any::<bool>(),
        which in any::<prop::sample::Index>(),
        new in any::<bool>(),
        token in "[!-~]{1,300}",
        activate in any::<bool>(),
    ) {
        let remotes: BTreeMap<_, _> =
            list.into_iter().map(|(name, remote, look)| (name, (remote, look))).collect();
        let text = write(&remotes, indent, active);
        let before = strict(&text);
        let (_, (picked, _)) = remotes.iter().nth(which.index(remotes.len())).unwrap();
        let uri = if new { "quite.new.test:1" } else { picked.uri.as_str() };
        let wanted = Wanted {
            name: "lab", uri, insecure: picked.insecure, system: false, token: &token, activate,
        };
        let edited = put_token(&text, &wanted).unwrap();
        let mut after = strict(&edited.text);
        prop_assert_eq!(&after.remotes[&edited.name].token, &token);
        prop_assert_eq!(&after.remotes[&edited.name].uri, uri);
        if activate {
            prop_assert_eq!(&after.active, &edited.name);
        }
        // Taking the change back gives what was there.
        match before.remotes.get(&edited.name) {
            Some(old) => after.remotes.get_mut(&edited.name).unwrap().token = old.token.clone(),
            None => drop(after.remotes.remove(&edited.name)),
        }
        after.active = before.active.clone();
        prop_assert_eq!(after, before);
        for comment in text.lines().filter_map(|line| line.split_once('#')) {
            prop_assert!(edited.text.contains(comment.1));
        }
    }

    #[test]
    fn no_text_makes_it_stumble_or_write_anything_else(text in "[ -~\n\t]{0,200}") {
        let wanted = Wanted {
            name: "lab", uri: "lab.example", insecure: false, system: false, token: "t", activate: true,
        };
        if let Ok(edited) = put_token(&text, &wanted) {
            let read = Remotes::parse(&edited.text).unwrap();
            prop_assert_eq!(read.active.as_deref(), Some(edited.name.as_str()));
        }
    }
}
