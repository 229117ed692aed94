//! The reference grammars: the tables of the field, and round trips of everything that parses.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop where it stands"
)]

use proptest::prelude::*;
use sifter_library_api::reference::uri::UriRef;
use sifter_library_api::{
    ContainerName, ContainerPath, Host, ImageHash, LibraryRef, RefError, Tag, Target,
};

fn hash() -> String {
    format!("sha256.{}", "0123456789abcdef".repeat(4))
}

fn parsed(text: &str) -> LibraryRef {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> RefError {
    match text.parse::<LibraryRef>() {
        Ok(reference) => panic!("{text} was read as {reference:?}"),
        Err(error) => error,
    }
}

#[test]
fn a_uri_without_a_path_is_a_path_error() {
    for text in [
        "library:",
        "library::t",
        "library:/",
        "library:///:t",
        "library://host",
        "library://host:443/:t",
    ] {
        assert_eq!(UriRef::parse(text), Err(RefError::Path), "{text}");
    }
}

#[test]
fn a_uri_of_another_scheme_or_none_is_a_scheme_error() {
    for text in ["", "/", "//host/", "bad:project", "bad://host/project:tag"] {
        assert_eq!(UriRef::parse(text), Err(RefError::Scheme), "{text}");
    }
}

#[test]
fn a_uri_has_no_user_query_or_fragment() {
    for head in [
        "library:p",
        "library:/p",
        "library://host/p",
        "library://host:443/p:t",
    ] {
        assert_eq!(UriRef::parse(&format!("{head}?q")), Err(RefError::Query));
        assert_eq!(UriRef::parse(&format!("{head}#f")), Err(RefError::Fragment));
    }
    for text in ["library://user@host/p", "library://user:pw@host:443/p:t"] {
        assert_eq!(UriRef::parse(text), Err(RefError::User), "{text}");
    }
}

#[test]
fn a_uri_has_one_colon_and_no_empty_tag() {
    for head in [
        "library:p",
        "library:/p",
        "library:///p",
        "library://host/p",
    ] {
        assert_eq!(UriRef::parse(&format!("{head}:")), Err(RefError::Tags));
        assert_eq!(UriRef::parse(&format!("{head}:t,")), Err(RefError::Tags));
        assert_eq!(UriRef::parse(&format!("{head}:t:x")), Err(RefError::Path));
    }
    assert_eq!(UriRef::parse(":"), Err(RefError::Malformed));
}

#[test]
fn the_five_forms_of_a_uri_keep_host_path_and_tags() {
    for path in ["p", "entity/collection/container"] {
        for (head, host) in [
            ("library:", None),
            ("library:/", None),
            ("library:///", None),
            ("library://host/", Some("host")),
            ("library://host:443/", Some("host:443")),
        ] {
            for tags in [&[][..], &["t1"], &["t1", "t2"], &["t2", "t1", "t3"]] {
                let tail = if tags.is_empty() {
                    String::new()
                } else {
                    format!(":{}", tags.join(","))
                };
                let found = UriRef::parse(&format!("{head}{path}{tail}")).unwrap();
                assert_eq!(found.host.as_ref().map(Host::to_string).as_deref(), host);
                assert_eq!(found.path, path);
                assert_eq!(found.tags, tags);
                assert_eq!(UriRef::parse(&found.to_string()), Ok(found));
            }
        }
    }
}

#[test]
fn hosts_of_every_kind_are_kept() {
    for host in [
        "1.2.3.4",
        "1.2.3.4:80",
        "[2001:db8::1]",
        "[2001:db8::1]:80",
        "[fe80::1%25e0]:80",
    ] {
        let text = format!("library://{host}/e/c/n:t");
        assert_eq!(UriRef::parse(&text).unwrap().to_string(), text);
        assert_eq!(parsed(&text).to_string(), text);
    }
}

#[test]
fn the_ambiguous_mode_reads_one_or_three_components_without_a_host() {
    for (text, host, path) in [
        ("library://p", None, "p"),
        ("library://p:t", None, "p"),
        ("library://e/c/n", None, "e/c/n"),
        ("library://e/c/n:t", None, "e/c/n"),
        ("library://host/p", Some("host"), "p"),
        ("library://host/e/c/n", Some("host"), "e/c/n"),
        ("library://h/a/b/c/d", Some("h"), "a/b/c/d"),
    ] {
        let found = UriRef::parse_ambiguous(text).unwrap();
        assert_eq!(found.host.as_ref().map(Host::name), host, "{text}");
        assert_eq!(found.path, path, "{text}");
    }
}

#[test]
fn one_to_three_names_have_no_host_and_four_have_one() {
    for (text, host, path) in [
        ("library://img", None, "img"),
        ("library://a/b", None, "a/b"),
        ("library://e/c/i:1,2", None, "e/c/i"),
        ("library://h/e/c/i", Some("h"), "e/c/i"),
        ("library:e/c/i:t", None, "e/c/i"),
        ("library:/e/c/i", None, "e/c/i"),
        ("library:///e/c/i", None, "e/c/i"),
        ("e/c/i:t", None, "e/c/i"),
        ("alpine", None, "alpine"),
        (
            "library.example.org/e/c/i",
            Some("library.example.org"),
            "e/c/i",
        ),
    ] {
        let reference = parsed(text);
        assert_eq!(reference.host().map(Host::name), host, "{text}");
        assert_eq!(reference.path(), path, "{text}");
    }
}

#[test]
fn a_first_name_with_a_dot_a_port_or_localhost_is_a_host() {
    for (text, host, path) in [
        ("library://h:5000/a/b", "h:5000", "a/b"),
        (
            "library://library.example.org/img:t",
            "library.example.org",
            "img",
        ),
        ("library://localhost/a/b", "localhost", "a/b"),
        ("library://LOCALHOST:80/a/b/c", "localhost:80", "a/b/c"),
    ] {
        let reference = parsed(text);
        assert_eq!(reference.host().unwrap().to_string(), host, "{text}");
        assert_eq!(reference.path(), path, "{text}");
    }
    // One name alone is never a host, and without the slashes there is none.
    assert_eq!(parsed("library://a.b:t").host(), None);
    assert_eq!(parsed("library:a.b/c/d").host(), None);
}

#[test]
fn a_reference_without_a_tag_means_latest() {
    let reference = parsed("library://e/c/i");
    assert_eq!(reference.target(), &Target::Unnamed);
    assert_eq!(reference.tag_or_hash(), "latest");
    assert_eq!(reference.file_name(), "i_latest.sif");
    assert_eq!(parsed("e/c/i:a,b").tag_or_hash(), "a");
    assert_eq!(parsed(&format!("e/c/i:{}", hash())).tag_or_hash(), hash());
}

#[test]
fn what_a_pull_cannot_use_is_refused() {
    for (text, expected) in [
        ("library://", RefError::Path),
        ("library:///", RefError::Path),
        ("library://:t", RefError::Path),
        ("library://h/a/b/c/d", RefError::Path),
        (
            "library://e//i",
            RefError::Name {
                name: String::new(),
                source: empty(),
            },
        ),
        ("e/c/i:", RefError::Tags),
        ("e/c/i:a,,b", RefError::Tags),
        ("e/c/i:a:b", RefError::Path),
        ("e/c/i:5000/a", RefError::Path),
        ("e/c/i?x", RefError::Query),
        ("e/c/i#x", RefError::Fragment),
        ("u@h.org/e/c/i", RefError::User),
        ("docker://alpine", RefError::Scheme),
        ("library://h:x/e/c/i", RefError::Host),
        ("e/c/i\n", RefError::Malformed),
        ("e/c/i j", RefError::Malformed),
    ] {
        assert_eq!(refused(text), expected, "{text:?}");
    }
    for text in [
        "e/c/I",
        "e/c/-i",
        "e/a,b/i",
        "e/c/i:T",
        "e/c/i:-t",
        "../../etc",
        "e/c/%2e%2e",
    ] {
        assert!(matches!(refused(text), RefError::Name { .. }), "{text}");
    }
    assert_eq!(refused(&"a".repeat(3000)), RefError::TooLong);
    assert_eq!(
        refused(&format!("i:{}", vec!["t"; 33].join(","))),
        RefError::Tags
    );
}

fn empty() -> sifter_library_api::NameError {
    ContainerName::new("").unwrap_err()
}

#[test]
fn a_push_needs_three_names_and_tags() {
    let push = parsed("library://e/c/i").to_push().unwrap();
    assert_eq!(
        (push.path.to_string().as_str(), &push.tags[..]),
        ("e/c/i", &[Tag::latest()][..])
    );
    assert_eq!(
        parsed("library://e/c/i:a,b").to_push().unwrap().tags.len(),
        2
    );
    assert_eq!(parsed("library://c/i").to_push(), Err(RefError::NotFull));
    assert_eq!(parsed("library://i").to_push(), Err(RefError::NotFull));
    assert_eq!(
        parsed(&format!("e/c/i:{}", hash())).to_push(),
        Err(RefError::PushToHash)
    );
}

#[test]
fn paths_split_into_exactly_three_names() {
    for text in ["", "i", "c/i", "e/c/i/x", "/c/i", "e/c/"] {
        assert!(text.parse::<ContainerPath>().is_err(), "{text:?}");
    }
    assert_eq!(
        "e/c/i".parse::<ContainerPath>().unwrap().to_string(),
        "e/c/i"
    );
    assert_eq!(parsed("c/i").container_path(), None);
}

const NAME: &str = "[a-z0-9]{1,6}([._-][a-z0-9]{1,6}){0,2}";
const HOST: &str =
    r"(localhost|[a-z0-9]{1,5}(\.[a-z]{2,4}){1,2}|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,3})?";

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        proptest::collection::vec(NAME, 1..4).prop_map(|tags| format!(":{}", tags.join(","))),
        any::<[u8; 32]>().prop_map(|digest| format!(":{}", ImageHash::Sha256(digest))),
        any::<[u8; 16]>().prop_map(|uuid| format!(":{}", ImageHash::Sif(uuid))),
    ]
}

proptest! {
    #[test]
    fn every_reference_reads_back_as_itself(
        host in proptest::option::of(HOST),
        names in proptest::collection::vec(NAME, 1..4),
        target in target(),
    ) {
        let path = names.join("/");
        let head = host.map_or("library:///".to_owned(), |host| format!("library://{host}/"));
        let reference = parsed(&format!("{head}{path}{target}"));
        prop_assert_eq!(reference.path(), path);
        prop_assert_eq!(parsed(&reference.to_string()), reference);
    }

    #[test]
    fn hashes_read_back(digest in any::<[u8; 32]>()) {
        let hash = ImageHash::Sha256(digest);
        prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        prop_assert_eq!(ImageHash::from_sha256_hex(&hash.sha256_hex().unwrap()), Ok(hash));
    }

    #[test]
    fn no_text_makes_a_parser_panic_or_lose_what_it_took(text in r"(library:(//)?)?[a-zA-Z0-9._/:,@?#%\[\]-]{0,40}") {
        if let Ok(reference) = text.parse::<LibraryRef>() {
            prop_assert_eq!(parsed(&reference.to_string()), reference);
        }
        if let Ok(reference) = UriRef::parse(&text) {
            prop_assert_eq!(UriRef::parse(&reference.to_string()), Ok(reference));
        }
        drop(UriRef::parse_ambiguous(&text));
    }
}
