//! What people paste into a search field.

use proptest::prelude::*;
use sifter_library_api::link::RegistryTransport;
use sifter_library_api::{Arch, LinkInput};

#[test]
fn references_are_found_alone_and_in_command_lines() {
    for (text, reference, arch) in [
        ("library://e/c/i:1", "library://e/c/i:1", None),
        ("  Library://e/c/i:1 ", "library://e/c/i:1", None),
        ("library:e/c/i", "library://e/c/i", None),
        (
            "singularity pull --arch arm64 library://e/c/i:1",
            "library://e/c/i:1",
            Some(Arch::Arm64),
        ),
        (
            "apptainer pull --arch=amd64 x.sif 'library://e/c/i'",
            "library://e/c/i",
            Some(Arch::Amd64),
        ),
        (
            "apptainer run --arch pdp11 library://h.org/e/c/i",
            "library://h.org/e/c/i",
            None,
        ),
    ] {
        let LinkInput::Library {
            reference: found,
            arch: found_arch,
        } = LinkInput::parse(text)
        else {
            panic!("{text}: {:?}", LinkInput::parse(text));
        };
        assert_eq!(
            (found.to_string().as_str(), found_arch),
            (reference, arch),
            "{text}"
        );
    }
}

#[test]
fn a_broken_reference_is_not_taken_for_words() {
    let text = "library://e/c/I:t";
    assert_eq!(
        LinkInput::parse(text),
        LinkInput::BrokenLibrary(text.to_owned())
    );
}

#[test]
fn pages_and_api_addresses_name_a_container() {
    for (text, server, reference, arch) in [
        (
            "https://cloud.sylabs.io/library/e/c/i",
            "https://cloud.sylabs.io/",
            "library://e/c/i",
            None,
        ),
        (
            "https://cloud.sylabs.io/library/e/c/i/?tag=2",
            "https://cloud.sylabs.io/",
            "library://e/c/i:2",
            None,
        ),
        (
            "https://h.org/entities/e/collections/c/containers/i",
            "https://h.org/",
            "library://e/c/i",
            None,
        ),
        (
            "https://u:pw@h.org:8443/v1/imagefile/e/c/i:1?arch=arm64",
            "https://h.org:8443/",
            "library://e/c/i:1",
            Some(Arch::Arm64),
        ),
        (
            "http://127.0.0.1:1/v1/images/e/c/i:1,2",
            "http://127.0.0.1:1/",
            "library://e/c/i:1,2",
            None,
        ),
        (
            "https://h.org/library/e/c/i?tag=NO",
            "https://h.org/",
            "library://e/c/i",
            None,
        ),
    ] {
        let LinkInput::Page {
            server: at,
            reference: found,
            arch: found_arch,
        } = LinkInput::parse(text)
        else {
            panic!("{text}: {:?}", LinkInput::parse(text));
        };
        assert_eq!(at.as_str(), server, "{text}");
        assert_eq!(
            (found.to_string().as_str(), found_arch),
            (reference, arch),
            "{text}"
        );
    }
}

#[test]
fn other_addresses_are_servers() {
    for (text, server) in [
        ("https://cloud.sylabs.io", "https://cloud.sylabs.io/"),
        ("HTTPS://u:pw@h.org/base?x=1#y", "https://h.org/base"),
        ("https://h.org/library/e", "https://h.org/library/e"),
    ] {
        let LinkInput::Server(url) = LinkInput::parse(text) else {
            panic!("{text}")
        };
        assert_eq!(url.as_str(), server);
    }
}

#[test]
fn registries_keep_their_name_as_written() {
    for (text, transport, name) in [
        (
            "oras://ghcr.io/o/n:t",
            RegistryTransport::Oras,
            "ghcr.io/o/n:t",
        ),
        (
            "singularity pull docker://Alpine:3",
            RegistryTransport::Docker,
            "Alpine:3",
        ),
    ] {
        let name = name.to_owned();
        assert_eq!(
            LinkInput::parse(text),
            LinkInput::Registry { transport, name }
        );
    }
}

#[test]
fn everything_else_is_a_name_or_words() {
    assert_eq!(LinkInput::parse(" \n"), LinkInput::Empty);
    for text in ["alpine", "e/c/i:1", "cloud.sylabs.io"] {
        assert!(
            matches!(LinkInput::parse(text), LinkInput::Name(_)),
            "{text}"
        );
    }
    for text in ["two words", "Upper", "https://", "docker://", "50%"] {
        assert_eq!(LinkInput::parse(text), LinkInput::Words(text.to_owned()));
    }
}

proptest! {
    #[test]
    fn no_paste_makes_the_parser_panic(text in r"\PC{0,60}|(https?|library|oras)://\PC{0,60}") {
        drop(LinkInput::parse(&text));
        drop(LinkInput::parse(&text.repeat(100)));
    }
}
