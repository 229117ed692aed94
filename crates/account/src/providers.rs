//! The identity providers a library server announces, for one button each.
//!
//! They stand in the server's metadata (RFC 8414) under `federated_providers`, an extension of the team library.
//! The chosen `id` goes back to the server as the parameter `idp_hint` of the authorize address.

use serde::Deserialize;
use url::Url;

use crate::accounts::Accounts;
use crate::error::Error;

/// More buttons than this are no choice any more, but a flood.
const MOST_PROVIDERS: usize = 8;
/// Entries that are looked at: a long list of nonsense costs nothing.
const MOST_ENTRIES: usize = 64;
/// Longest `id`, in bytes.
const LONGEST_ID: usize = 64;
/// Longest label, in characters: what a button has room for.
const LONGEST_LABEL: usize = 40;

/// Longest name of a provider, and of an app there, in bytes.
const LONGEST_NAME: usize = 512;

/// The parameter of the authorize address that names the chosen provider.
const HINT: &str = "idp_hint";

/// Whose sign-in a provider is, for its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Google.
    Google,
    /// GitHub.
    GitHub,
    /// GitLab, anybody's.
    GitLab,
    /// Microsoft Entra ID.
    Microsoft,
    /// Any other, such as the own OpenID provider of a university.
    Other,
}

/// A provider that a server takes sign-ins from. Every text in it comes from the server, and is fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Names it to the server: 1 to 64 letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// What the server calls it: 1 to 40 characters, all of them visible.
    pub label: String,
    /// For its picture.
    pub kind: ProviderKind,
    /// What an app has to be there, to bring what it got there itself.
    pub(crate) direct: Option<Direct>,
}

/// Which provider it is, and what this app is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Direct {
    /// Its issuer; GitHub's web address.
    pub(crate) name: String,
    pub(crate) client_id: String,
}

impl Provider {
    /// What the authorize address gets, so that the browser goes to this provider at once.
    #[must_use]
    pub fn hint(&self) -> (String, String) {
        (HINT.to_owned(), self.id.clone())
    }
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    app_client_id: Option<String>,
}

impl Accounts {
    /// The providers that the server at `issuer` announces now, in its order; none where it has no others.
    ///
    /// # Errors
    /// When the server has no sign-in page, cannot be reached, or is not safe to sign in to.
    pub async fn providers(&self, issuer: &Url) -> Result<Vec<Provider>, Error> {
        Ok(self.fresh_metadata(issuer).await?.providers)
    }
}

/// Reads the announcement. Nothing in it is worth refusing the server for: what makes no sense gets no button.
pub(crate) fn read(announced: &serde_json::Value) -> Vec<Provider> {
    let mut providers: Vec<Provider> = Vec::new();
    let entries = announced.as_array().map(Vec::as_slice).unwrap_or_default();
    for entry in entries.iter().take(MOST_ENTRIES) {
        if providers.len() == MOST_PROVIDERS {
            break;
        }
        let Some(provider) = Entry::deserialize(entry).ok().and_then(understand) else {
            continue;
        };
        // The first of two with one id is the one the server would find.
        if providers.iter().all(|known| known.id != provider.id) {
            providers.push(provider);
        }
    }
    providers
}

fn understand(entry: Entry) -> Option<Provider> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !(1..=LONGEST_ID).contains(&entry.id.len()) || !entry.id.bytes().all(fits) {
        return None;
    }
    let (kind, name) = match entry.kind.as_str() {
        "google" => (ProviderKind::Google, "Google"),
        "github" => (ProviderKind::GitHub, "GitHub"),
        "gitlab" => (ProviderKind::GitLab, "GitLab"),
        "microsoft" => (ProviderKind::Microsoft, "Microsoft"),
        _ => (ProviderKind::Other, entry.id.as_str()),
    };
    let label = shown(&entry.label).unwrap_or_else(|| name.chars().take(LONGEST_LABEL).collect());
    let direct = entry.issuer.zip(entry.app_client_id);
    let direct = direct.filter(|(name, client_id)| {
        (1..=LONGEST_NAME).contains(&name.len()) && (1..=LONGEST_NAME).contains(&client_id.len())
    });
    Some(Provider {
        label,
        kind,
        id: entry.id,
        direct: direct.map(|(name, client_id)| Direct { name, client_id }),
    })
}

/// The label in one line without what nobody sees; `None` when nothing is left of it.
fn shown(label: &str) -> Option<String> {
    let visible: String = label
        .chars()
        .take(LONGEST_LABEL * 8)
        .filter(|character| character.is_whitespace() || !is_invisible(*character))
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let line = words.join(" ");
    if line.is_empty() {
        return None;
    }
    if line.chars().count() <= LONGEST_LABEL {
        return Some(line);
    }
    let start: String = line.chars().take(LONGEST_LABEL - 1).collect();
    Some(format!("{}…", start.trim_end()))
}

/// Controls, and what Unicode has to turn or hide the text around it.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn provider(id: &str, label: &str, kind: ProviderKind) -> Provider {
        Provider {
            id: id.to_owned(),
            label: label.to_owned(),
            kind,
            direct: None,
        }
    }

    fn label_of(label: &str) -> String {
        let read = read(&json!([{ "id": "x", "label": label }]));
        read.into_iter().next().unwrap().label
    }

    #[test]
    fn what_a_team_library_announces_is_read_in_its_order() {
        let announced = json!([
            { "id": "google", "label": "Google", "kind": "google", "issuer": "https://accounts.google.com" },
            { "id": "github", "label": "GitHub", "kind": "github" },
            { "id": "lab", "label": "GitLab of the lab", "kind": "gitlab" },
            { "id": "entra", "label": "Microsoft", "kind": "microsoft" },
            { "id": "campus", "label": "Campus", "kind": "oidc" },
            { "id": "new", "label": "Something new", "kind": "of-next-year" },
        ]);
        let expected = [
            provider("google", "Google", ProviderKind::Google),
            provider("github", "GitHub", ProviderKind::GitHub),
            provider("lab", "GitLab of the lab", ProviderKind::GitLab),
            provider("entra", "Microsoft", ProviderKind::Microsoft),
            provider("campus", "Campus", ProviderKind::Other),
            provider("new", "Something new", ProviderKind::Other),
        ];
        assert_eq!(read(&announced), expected);
        let hint = expected[4].hint();
        assert_eq!(hint, ("idp_hint".to_owned(), "campus".to_owned()));
    }

    #[test]
    fn what_is_no_list_of_providers_gives_no_button() {
        for announced in [
            Value::Null,
            json!("google"),
            json!({ "id": "google" }),
            json!([null, 1, "google", [], {}, { "id": 1 }, { "id": null, "label": "x" }]),
            json!([{ "id": "x", "label": 7 }, { "id": "x", "kind": [] }]),
        ] {
            assert_eq!(read(&announced), [], "{announced}");
        }
    }

    #[test]
    fn an_id_that_could_be_more_than_a_name_gets_no_button() {
        let long = "x".repeat(LONGEST_ID + 1);
        for id in ["", " ", "a b", "a&b=c", "a/b", "a\n", "ü", "<b>", &long] {
            assert_eq!(
                read(&json!([{ "id": id, "label": "Google" }])),
                [],
                "{id:?}"
            );
        }
    }

    #[test]
    fn a_flood_is_cut_and_nobody_comes_twice() {
        let many: Vec<Value> = (0..1000)
            .map(|n| json!({ "id": format!("p{n}") }))
            .collect();
        assert_eq!(read(&many.into()).len(), MOST_PROVIDERS);
        let twice = json!([{ "id": "a", "label": "First" }, { "id": "a", "label": "Second" }]);
        assert_eq!(read(&twice), [provider("a", "First", ProviderKind::Other)]);
        let mut late = vec![json!(0); MOST_ENTRIES];
        late.push(json!({ "id": "late" }));
        assert_eq!(read(&late.into()), []);
    }

    #[test]
    fn a_label_is_one_short_visible_line() {
        assert_eq!(label_of("  Uni\n\tlogin "), "Uni login");
        assert_eq!(label_of("Git\u{202e}buH\u{200b}"), "GitbuH");
        assert_eq!(label_of("a\u{1b}[31m\0"), "a[31m");
        let long = label_of(&"wide ".repeat(10_000));
        assert!(long.ends_with('…') && long.chars().count() <= LONGEST_LABEL);
    }

    #[test]
    fn without_a_label_the_kind_says_who_it_is_else_the_id() {
        for (kind, label) in [("gitlab", "GitLab"), ("oidc", "x"), ("", "x")] {
            let read = read(&json!([{ "id": "x", "label": "\u{200f} ", "kind": kind }]));
            assert_eq!(read[0].label, label);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_announced_every_button_keeps_its_bounds(
            entries in prop::collection::vec((".{0,80}", ".{0,400}", "[a-z]{0,9}"), 0..20)
        ) {
            let entries: Vec<Value> = entries
                .into_iter()
                .map(|(id, label, kind)| json!({ "id": id, "label": label, "kind": kind }))
                .chain([json!({ "id": "last" })])
                .collect();
            let read = read(&entries.into());
            prop_assert!((1..=MOST_PROVIDERS).contains(&read.len()));
            for provider in read {
                prop_assert!((1..=LONGEST_ID).contains(&provider.id.len()) && provider.id.is_ascii());
                prop_assert!((1..=LONGEST_LABEL).contains(&provider.label.chars().count()));
                prop_assert!(!provider.label.chars().any(is_invisible));
            }
        }
    }
}
