//! `sifter-cli sif` and the official `siftool`: whatever one of them makes, both print alike.

use std::path::Path;

use serde_json::{Value, json};
use sifter_sif::{DataType, ObjectInput, Stamp, Writer};

use super::desk::Desk;
use super::signatures::made_by;

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

#[test]
#[ignore = "needs Go"]
fn an_image_that_was_full_is_read_verified_and_changed_by_the_official_module() {
    let Some(desk) = Desk::set() else {
        return;
    };
    std::fs::write(desk.path("text"), "plain text, so that it is printed").unwrap();
    let ada = desk.key("ada");
    let path = desk.image("ours.sif");
    assert_eq!(desk.sign("ours.sif", &["--key", &ada]), json!([4]));
    let mut writer = Writer::open(&path).unwrap();
    for _ in 5..=48 {
        let object = ObjectInput::new(DataType::Generic, &b"text"[..]).in_group(Some(2));
        writer.add(object, Stamp::Auto).unwrap();
    }
    drop(writer);
    std::fs::copy(&path, desk.path("theirs.sif")).unwrap();
    let both = Both(desk);
    let options = ["text", "--datatype", "7", "--groupid", "2"];
    let full = [&["add", "theirs.sif"], &options[..]].concat();
    assert_eq!(
        both.official(&full)["ok"],
        false,
        "the official tool has no way out"
    );
    both.0
        .sifter(&[&["sif", "add", "ours.sif"], &options[..]].concat());
    both.print_alike(&["header", "ours.sif"]);
    both.print_alike(&["list", "ours.sif"]);
    for id in ["1", "2", "4", "48", "49"] {
        both.print_alike(&["info", id, "ours.sif"]);
        both.print_alike(&["dump", id, "ours.sif"]);
    }
    for id in ["1", "2", "3", "4", "48"] {
        let dump = |file: &str| both.official(&["dump", id, file])["out"].take();
        assert_eq!(dump("ours.sif"), dump("theirs.sif"), "object {id}");
    }
    // What was signed before it was written anew, and what is signed then.
    let first = ["-key", "ada.asc", "-group", "1", "ours.sif"];
    let covers: &[u32] = &[1, 2, 3];
    both.0.verifies(&first, json!([made_by(&ada, 4, covers)]));
    let second = ["--key", &ada, "--group", "2"];
    assert_eq!(both.0.sign("ours.sif", &second), json!([50]));
    let covers: Vec<u32> = (5..=49).collect();
    let all = [made_by(&ada, 4, &[1, 2, 3]), made_by(&ada, 50, &covers)];
    both.0
        .verifies(&["-key", "ada.asc", "ours.sif"], json!(all));
    let added = both.official(&["add", "ours.sif", "text", "--datatype", "7"]);
    assert_eq!(added["ok"], true, "{added}");
    both.print_alike(&["list", "ours.sif"]);
}
