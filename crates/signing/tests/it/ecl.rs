//! Execution control lists: what they let run, and which of them are none.

use std::fs;
use std::path::{Path, PathBuf};

use sifter_sif::Image;
use sifter_signing::ecl::{ControlList, InvalidList, Refusal};
use sifter_signing::openpgp::{KeyOrigin, Keyring, SecretKey};
use sifter_signing::{Selection, Verifier};
use tempfile::TempDir;

use crate::images::{ADA, BOB, Sample, new_key, ring, with};
use crate::vectors::vector;

/// A folder for lists, by its real path.
struct Desk {
    _folder: TempDir,
    path: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = fs::canonicalize(folder.path()).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    fn list(&self, text: &str) -> Result<ControlList, InvalidList> {
        let file = self.path.join("ecl.toml");
        fs::write(&file, text).unwrap();
        ControlList::open(&file)
    }

    /// What an active list of one group says about a file in any folder.
    fn ask(&self, mode: &str, keys: &[&str], image: &Path) -> Result<(), Refusal> {
        let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
        let list = self.list(&format!(
            "activated = true\n[[execgroup]]\ntagname = \"only\"\nmode = \"{mode}\"\ndirpath = \"\"\nkeyfp = [{}]\n",
            keys.join(", ")
        ));
        decide(&list.unwrap(), image)
    }
}

fn decide(list: &ControlList, path: &Path) -> Result<(), Refusal> {
    let image = Image::open(path).unwrap();
    let keys = ring(&[&ADA, &BOB]);
    let verifier = Verifier::new().select(list.selection()).source(&keys);
    let report = verifier.verify(&image);
    let real = fs::canonicalize(path).unwrap();
    list.group(real.parent().unwrap())?.admit(&report)
}

#[test]
fn each_mode_admits_whom_it_means() {
    let desk = Desk::new();
    let ada = &ADA.fingerprint().to_string()[..];
    let bob = &BOB.fingerprint().to_string().to_lowercase()[..];
    let other = &"0123456789".repeat(4)[..];
    let by_ada = Sample::signed();
    let by_both = Sample::signed();
    by_both.sign(&Selection::all(), with(&BOB));
    for (mode, keys, one, both) in [
        ("whitelist", &[ada][..], true, true),
        ("whitelist", &[bob], false, true),
        ("whitelist", &[other, ada], true, true),
        ("whitelist", &[other], false, false),
        ("whitelist", &[], false, false),
        ("whitestrict", &[ada], true, true),
        ("whitestrict", &[ada, bob], false, true),
        ("whitestrict", &[ada, bob, other], false, false),
        ("whitestrict", &[], true, true),
        ("blacklist", &[bob], true, false),
        ("blacklist", &[other], true, true),
        ("blacklist", &[ada], false, false),
        ("blacklist", &[], true, true),
    ] {
        let asked = [&by_ada, &by_both].map(|image| desk.ask(mode, keys, &image.path));
        let admitted = asked.each_ref().map(Result::is_ok);
        assert_eq!(admitted, [one, both], "{mode} {keys:?}: {asked:?}");
    }
}

#[test]
fn what_does_not_verify_whole_may_not_run_in_any_mode() {
    let desk = Desk::new();
    let ada = &ADA.fingerprint().to_string()[..];
    let unsigned = Sample::new();
    let partly = Sample::new();
    partly.sign(&Selection::all().group(1), with(&ADA));
    let altered = Sample::signed();
    altered.flip(altered.image().object(3).unwrap().offset().cast_unsigned());
    let stranger = SecretKey::generate(&new_key("Cy"), None).unwrap();
    let strange = Sample::signed();
    strange.sign(&Selection::all(), with(&stranger));
    for image in [&unsigned, &partly, &altered, &strange] {
        for (mode, keys) in [
            ("whitelist", &[ada][..]),
            ("whitestrict", &[]),
            ("blacklist", &[]),
        ] {
            let refused = desk.ask(mode, keys, &image.path);
            assert!(matches!(refused, Err(Refusal::NotValid(_))), "{refused:?}");
        }
    }
}

#[test]
fn the_folder_of_an_image_chooses_its_group() {
    let desk = Desk::new();
    let image = Sample::signed();
    let folder = fs::canonicalize(image.path.parent().unwrap()).unwrap();
    let group = |mode: &str, folder: &Path| {
        format!(
            "[[execgroup]]\ntagname = \"{mode}\"\nmode = \"{mode}\"\ndirpath = \"{}\"\nkeyfp = []\n",
            folder.display()
        )
    };
    let [any, elsewhere] = ["", "/"].map(Path::new);
    let named = |text: String| {
        let list = desk.list(&format!("activated = true\n{text}")).unwrap();
        assert!(list.is_active());
        let found = list.group(&folder).map(|group| group.name().to_owned());
        found.ok()
    };
    let first = group("blacklist", any) + &group("whitestrict", any);
    assert_eq!(named(first).as_deref(), Some("blacklist"));
    let own = group("blacklist", any) + &group("whitelist", &folder);
    assert_eq!(named(own).as_deref(), Some("whitelist"));
    assert_eq!(named(group("whitelist", elsewhere)), None);
    assert_eq!(named(String::new()), None);
    let passive = desk.list(&group("whitelist", any)).unwrap();
    assert!(!passive.is_active());
}

#[test]
fn signatures_of_the_old_form_count_where_the_list_says_so() {
    let Some(image) = vector("sylabs-sif/images/one-group-signed-legacy.sif") else {
        return;
    };
    let key = vector("sylabs-sif/keys/private.asc").unwrap();
    let keys = Keyring::open(key, KeyOrigin::Given).unwrap();
    let desk = Desk::new();
    for (legacy, admitted) in [(true, true), (false, false)] {
        let list = desk.list(&format!(
            "activated = true\nlegacyinsecure = {legacy}\n[[execgroup]]\nmode = \"whitelist\"\n\
             keyfp = [\"12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84\"]\n"
        ));
        let list = list.unwrap();
        let image = Image::open(&image).unwrap();
        let verifier = Verifier::new().select(list.selection()).source(&keys);
        let report = verifier.verify(&image);
        let asked = list.group(Path::new("/")).unwrap().admit(&report);
        assert_eq!(asked.is_ok(), admitted, "{asked:?}");
    }
}

#[test]
fn lists_that_cannot_be_followed_are_refused() {
    let desk = Desk::new();
    let folder = desk.path.display().to_string();
    let group = |mode: &str, folder: &str, key: &str| {
        format!("[[execgroup]]\nmode = \"{mode}\"\ndirpath = \"{folder}\"\nkeyfp = [\"{key}\"]\n")
    };
    let key = "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84";
    let good = group("whitelist", &folder, key);
    assert!(desk.list(&good).is_ok());
    let refused = |text: &str| desk.list(text).unwrap_err();
    let twice = refused(&good.repeat(2));
    assert!(matches!(twice, InvalidList::RepeatedFolder { .. }));
    for wrong in [
        "relative",
        &format!("{folder}/"),
        &format!("{folder}/../x"),
        &format!("{folder}/none"),
    ] {
        let error = refused(&group("whitelist", wrong, key));
        assert!(matches!(error, InvalidList::Folder { .. }), "{wrong}");
    }
    let mode = refused(&group("greylist", &folder, key));
    assert!(matches!(mode, InvalidList::Mode { .. }));
    for wrong in ["", "12045C8C", &format!("{key}00"), &"x".repeat(40)] {
        let error = refused(&group("whitelist", &folder, wrong));
        assert!(matches!(error, InvalidList::Key { .. }), "{wrong}");
    }
    for wrong in ["activated = 1", "[[execgroup]", "execgroup = 3"] {
        assert!(matches!(refused(wrong), InvalidList::Syntax(_)), "{wrong}");
    }
    fs::write(desk.path.join("ecl.toml"), [0xFF, 0xFE]).unwrap();
    let bytes = ControlList::open(&desk.path.join("ecl.toml"));
    assert!(matches!(bytes, Err(InvalidList::Syntax(_))));
    let none = ControlList::open(&desk.path.join("none.toml"));
    assert!(matches!(none, Err(InvalidList::File(_))));
}

#[cfg(unix)]
#[test]
fn a_folder_behind_a_link_is_not_named_by_the_link() {
    let desk = Desk::new();
    let link = desk.path.join("link");
    std::os::unix::fs::symlink("/", &link).unwrap();
    let text = format!(
        "[[execgroup]]\nmode = \"whitelist\"\ndirpath = \"{}\"\n",
        link.display()
    );
    assert!(matches!(desk.list(&text), Err(InvalidList::Folder { .. })));
}
