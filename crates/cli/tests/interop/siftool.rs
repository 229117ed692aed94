//! `sifter-cli sif` and the official `siftool`: whatever one of them makes, both print alike.

use std::path::Path;

use serde_json::Value;

use super::desk::Desk;

/// Both programs do the same, each with its own image.
struct Both(Desk);

impl Both {
    fn official(&self, arguments: &[&str]) -> Value {
        self.0.go(&[&["siftool"], arguments].concat())
    }

    /// Both print the same about a file.
    #[track_caller]
    fn print_alike(&self, arguments: &[&str]) {
        let official = self.official(arguments)["out"].take();
        let ours = self.0.sifter(&[&["sif"], arguments].concat());
        assert_eq!(official, ours.as_str(), "{arguments:?}");
        assert!(!ours.is_empty());
    }

    /// Everything there is to print about a file.
    #[track_caller]
    fn print_all_alike(&self, file: &str, objects: u32) {
        self.print_alike(&["header", file]);
        self.print_alike(&["list", file]);
        for id in 1..=objects {
            self.print_alike(&["info", &id.to_string(), file]);
            self.print_alike(&["dump", &id.to_string(), file]);
        }
    }

    /// Both change their own image, `ours.sif` and `theirs.sif`, after `place` in the arguments.
    fn change(&self, before: &[&str], after: &[&str]) {
        self.0
            .sifter(&[&["sif"], before, &["ours.sif"], after].concat());
        let done = self.official(&[before, &["theirs.sif"], after].concat());
        assert_eq!(done["ok"], true, "{before:?} {after:?}: {done}");
    }

    /// The table of the objects, without the image's own identity and times.
    #[track_caller]
    fn hold_the_same(&self) {
        let list = |file: &str| self.official(&["list", file])["out"].take();
        assert_eq!(list("ours.sif"), list("theirs.sif"));
    }

    /// Both refuse, and leave the image as it is.
    #[track_caller]
    fn refuse(&self, before: &[&str], after: &[&str]) {
        let bytes = |name: &str| std::fs::read(self.0.path(name)).unwrap();
        let whole = bytes("ours.sif");
        let refused = self
            .0
            .sifter_fails(&[&["sif"], before, &["ours.sif"], after].concat());
        let done = self.official(&[before, &["theirs.sif"], after].concat());
        assert_eq!(done["ok"], false, "{before:?} {after:?}: {done}");
        assert!(!refused.is_empty());
        assert_eq!(bytes("ours.sif"), whole);
    }
}

#[test]
#[ignore = "needs Go"]
fn an_image_is_put_together_and_printed_as_siftool_does_it() {
    let Some(desk) = Desk::set() else {
        return;
    };
    std::fs::write(desk.path("text"), "plain text, so that it is printed").unwrap();
    let both = Both(desk);
    both.change(&["new"], &[]);
    both.hold_the_same();
    let partition = [
        "text",
        "--datatype",
        "4",
        "--parttype",
        "1",
        "--partfs",
        "1",
        "--partarch",
        "2",
    ];
    let entity = "433FE984155206BD962725E20E8713472A879943";
    for options in [
        &["text", "--datatype", "1"][..],
        &partition,
        &[
            "text",
            "--datatype",
            "5",
            "--signhash",
            "1",
            "--signentity",
            entity,
        ],
        &[
            "text",
            "--datatype",
            "6",
            "--filename",
            "other.json",
            "--groupid",
            "3",
            "--link",
            "2",
        ],
        &["text", "--datatype", "7", "--alignment", "1024"],
        &["text", "--datatype", "9", "--sbomformat", "syft-json"],
        &["text", "--datatype", "10"],
        &["text", "--datatype", "11"],
    ] {
        both.change(&["add"], options);
        both.hold_the_same();
    }
    both.change(&["setprim", "2"], &[]);
    both.change(&["del", "5"], &[]);
    both.change(&["add"], &["text", "--datatype", "3", "--groupid", "1"]);
    both.hold_the_same();
    both.print_all_alike("ours.sif", 8);
    both.print_all_alike("theirs.sif", 8);
    both.refuse(&["del", "9"], &[]);
    both.refuse(&["setprim", "1"], &[]);
    let second = [
        "text",
        "--datatype",
        "4",
        "--parttype",
        "2",
        "--partfs",
        "1",
        "--partarch",
        "2",
    ];
    both.refuse(&["add"], &second);
}

#[test]
#[ignore = "needs Go"]
fn an_image_that_sifter_builds_is_printed_as_siftool_does_it() {
    let Some(desk) = Desk::set() else {
        return;
    };
    assert!(Path::new(&desk.image("x.sif")).exists());
    let both = Both(desk);
    both.print_alike(&["header", "x.sif"]);
    both.print_alike(&["list", "x.sif"]);
    both.print_alike(&["info", "3", "x.sif"]);
}
