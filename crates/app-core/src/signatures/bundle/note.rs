//! The note in a bundle: what is in it, and the commands that verify it with the programs of the field.

use std::fmt::Write as _;

use sifter_contract::Verdict;
use sifter_signing::openpgp::Certificate;

use super::{KEYS, SUMS};

/// What the note tells about.
pub(super) struct Note<'a> {
    pub(super) image: &'a str,
    pub(super) sha256: &'a str,
    pub(super) verdict: Verdict,
    pub(super) keys: &'a [Certificate],
    pub(super) missing: &'a [String],
    pub(super) pems: &'a [String],
}

impl Note<'_> {
    pub(super) fn text(&self) -> String {
        let image = quoted(self.image);
        let mut text = format!(
            "HOW TO VERIFY {}\n\nSHA-256: {}\nWhen this folder was made: {}\n\n\
             Nothing below needs a network. Run the commands in this folder.\n\n\
             1. Nothing was damaged on the way\n\n    sha256sum -c {SUMS}\n",
            self.image,
            self.sha256,
            self.found()
        );
        self.whose(&mut text);
        self.signatures(&mut text, &image);
        text
    }

    fn found(&self) -> &'static str {
        match self.verdict {
            Verdict::Verified => "well signed, by a key that its maker trusts.",
            Verdict::UnknownSigner => {
                "well signed, by a key that its maker had not compared with its owner."
            }
            Verdict::NotSigned => "not signed, or not all of it. Only the checksums speak for it.",
            Verdict::CouldNotCheck | Verdict::DoNotUse => "its signatures could not be checked.",
        }
    }

    /// Keys that come with what they are to prove prove nothing until somebody compares them.
    fn whose(&self, text: &mut String) {
        if self.keys.is_empty() && self.pems.is_empty() {
            return;
        }
        text.push_str(
            "\n2. Whose keys these are\n\n\
             The keys came in the same folder as the image, so compare them with what the signer tells you by another\n\
             way, such as a web page or a telephone.\n\n",
        );
        for key in self.keys {
            let name = key.name().unwrap_or("(name not published)");
            let _ = writeln!(text, "    {}  {name}", key.fingerprint());
        }
        if !self.keys.is_empty() {
            let _ = write!(text, "\n    gpg --show-keys --with-fingerprint {KEYS}\n");
        }
        for pem in self.pems {
            let _ = writeln!(text, "    openssl pkey -pubin -in {pem} -text -noout");
        }
        for id in self.missing {
            let _ = write!(
                text,
                "\nThe key {id} of another signer was not found and is not here.\n"
            );
        }
    }

    fn signatures(&self, text: &mut String, image: &str) {
        if self.keys.is_empty() && self.pems.is_empty() {
            return;
        }
        text.push_str("\n3. The signatures\n");
        for pem in self.pems {
            let _ = write!(
                text,
                "\n    singularity verify --key {pem} {image}\n    sifter-cli verify --offline --pem {pem} {image}\n"
            );
        }
        if self.keys.is_empty() {
            return;
        }
        for program in ["singularity", "apptainer"] {
            let _ = write!(
                text,
                "\n    {program} key import {KEYS}\n    {program} verify --local {image}\n"
            );
        }
        let _ = write!(
            text,
            "\n    sifter-cli verify --offline --keyring {KEYS} {image}\n\n\
             With gpg alone a signature can be checked, but not whether it covers the image. N is the id of a signature\n\
             in the list of the image's contents:\n\n\
             \x20   gpg --import {KEYS}\n\
             \x20   singularity sif list {image}\n\
             \x20   singularity sif dump N {image} | gpg --verify\n"
        );
    }
}

/// A name as one word of a shell.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@');
    if name.chars().all(plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_of_a_shell() {
        assert_eq!(quoted("x_1.sif"), "x_1.sif");
        assert_eq!(quoted("my image.sif"), "'my image.sif'");
        assert_eq!(quoted("it's $(x).sif"), "'it'\\''s $(x).sif'");
    }

    #[test]
    fn without_keys_only_the_checksums_are_named() {
        let note = Note {
            image: "x.sif",
            sha256: "ab",
            verdict: Verdict::NotSigned,
            keys: &[],
            missing: &[],
            pems: &[],
        };
        let text = note.text();
        assert!(
            text.contains("sha256sum -c SHA256SUMS") && !text.contains("gpg"),
            "{text}"
        );
    }
}
