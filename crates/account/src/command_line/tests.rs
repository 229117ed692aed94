//! The command lines' files as a whole: what is found in them, and what a token put into them does.

use std::fs;
use std::path::Path;

use secrecy::ExposeSecret as _;

use super::*;

struct Rig {
    home: tempfile::TempDir,
    command_line: CommandLine,
}

impl Rig {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let places = Places {
            singularity: home.path().join(".singularity"),
            apptainer: home.path().join(".apptainer"),
            system: vec![(Program::Singularity, home.path().join("etc/remote.yaml"))],
            credentials: vec![home.path().join(".docker/config.json")],
            programs: vec![home.path().join("bin")],
        };
        let command_line = CommandLine::new(places, home.path());
        Self { home, command_line }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.home.path().join(name)).unwrap()
    }

    fn hand_over(
        &self,
        program: Program,
        uri: &str,
        token: &str,
    ) -> Result<Option<String>, FileError> {
        let handover = Handover {
            uri: uri.to_owned(),
            insecure: false,
            name: uri.to_owned(),
            activate: true,
        };
        self.command_line
            .hand_over(program, &handover, &token.into())
    }
}

const REMOTES: &str = "\
Active: lab
Remotes:
  SylabsCloud:
    URI: cloud.sylabs.io
    Token: cloud-token
    System: true
    Exclusive: false
  lab:
    URI: lab.example
    System: false
    Exclusive: false
    Insecure: true
";

#[tokio::test]
async fn everything_is_found_without_secrets_and_read_again_with_them() {
    let rig = Rig::new();
    rig.write(".singularity/remote.yaml", REMOTES);
    rig.write(".apptainer/remote.yaml", "Remotes: [broken\n");
    rig.write(".singularity/sylabs-token", "old-token\nrest\n");
    rig.write(
        ".docker/config.json",
        r#"{"auths":{"hub.example":{"auth":"YWRhOmh1c2g="}},"credHelpers":{"r.example":"none"}}"#,
    );
    let before = REMOTES.to_owned();
    let found = rig.command_line.found();
    let told: Vec<_> = found
        .items
        .iter()
        .map(|item| {
            (
                item.address.as_str(),
                item.has_secret,
                item.insecure,
                item.login.as_deref(),
            )
        })
        .collect();
    let expected = [
        ("cloud.sylabs.io", true, false, None),
        ("lab.example", false, true, None),
        ("cloud.sylabs.io", true, false, None),
        ("hub.example", true, false, Some("ada")),
        ("r.example", true, false, None),
    ];
    assert_eq!(told, expected);
    assert_eq!(found.problems.len(), 1);
    assert!(found.problems[0].path.ends_with(".apptainer/remote.yaml"));
    let shown = format!("{found:?}");
    for secret in ["cloud-token", "old-token", "hush"] {
        assert!(!shown.contains(secret), "{shown}");
    }

    let mut secrets = Vec::new();
    for item in &found.items {
        let read = rig.command_line.credential(item.id.as_str()).await;
        secrets.push(read.map(|read| read.secret.map(|secret| secret.expose_secret().to_owned())));
    }
    assert!(matches!(
        secrets.pop(),
        Some(Err(CommandLineError::Helper(_)))
    ));
    let secrets: Vec<_> = secrets.into_iter().map(Result::unwrap).collect();
    assert_eq!(
        secrets.iter().map(Option::as_deref).collect::<Vec<_>>(),
        [Some("cloud-token"), None, Some("old-token"), Some("hush")]
    );
    assert!(rig.command_line.has_token_beginning("cloud-to"));
    assert!(!rig.command_line.has_token_beginning("lab-to"));
    let gone = rig.command_line.credential("nothing").await;
    assert!(matches!(gone, Err(CommandLineError::Gone)));
    assert_eq!(
        rig.read(".singularity/remote.yaml"),
        before,
        "reading changes nothing"
    );
}

#[test]
fn a_token_goes_into_the_file_of_the_program_that_was_chosen() {
    let rig = Rig::new();
    rig.write(".singularity/remote.yaml", REMOTES);
    let prospect = |uri: &str, insecure| {
        rig.command_line
            .prospect(Program::Singularity, uri, insecure)
            .unwrap()
    };
    let cloud = prospect("cloud.sylabs.io", false);
    assert_eq!(
        (cloud.name.as_deref(), cloud.replaces, cloud.is_active),
        (Some("SylabsCloud"), true, false)
    );
    let lab = prospect("lab.example", true);
    assert_eq!(
        (lab.name.as_deref(), lab.replaces, lab.is_active),
        (Some("lab"), false, true)
    );
    assert_eq!(prospect("new.example", false).name, None);

    let name = rig
        .hand_over(Program::Singularity, "cloud.sylabs.io", "fresh")
        .unwrap();
    assert_eq!(name.as_deref(), Some("SylabsCloud"));
    let expected = REMOTES
        .replace("cloud-token", "fresh")
        .replace("Active: lab", "Active: SylabsCloud");
    assert_eq!(rig.read(".singularity/remote.yaml"), expected);

    rig.hand_over(Program::TokenFile, "cloud.sylabs.io", "fresh")
        .unwrap();
    assert_eq!(rig.read(".singularity/sylabs-token"), "fresh\n");
}

#[test]
fn the_first_file_of_a_program_is_complete_and_private() {
    let rig = Rig::new();
    let name = rig
        .hand_over(Program::Singularity, "cloud.sylabs.io", "tok")
        .unwrap();
    assert_eq!(name.as_deref(), Some("SylabsCloud"));
    let expected = "Active: SylabsCloud
Remotes:
  SylabsCloud:
    URI: cloud.sylabs.io
    Token: tok
    System: true
    Exclusive: false
";
    assert_eq!(rig.read(".singularity/remote.yaml"), expected);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| {
            fs::metadata(rig.home.path().join(name))
                .unwrap()
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(
            (mode(".singularity"), mode(".singularity/remote.yaml")),
            (0o700, 0o600)
        );
    }
}

#[test]
fn a_name_that_the_installation_has_is_not_taken() {
    let rig = Rig::new();
    rig.write(
        "etc/remote.yaml",
        "Remotes:\n  lab.example:\n    URI: other.example\n    System: true\n",
    );
    let name = rig
        .hand_over(Program::Singularity, "lab.example", "tok")
        .unwrap();
    assert_eq!(name.as_deref(), Some("lab.example-sifter"));
}

#[test]
fn apptainer_is_not_kept_from_taking_over_the_settings_of_singularity() {
    let rig = Rig::new();
    rig.write(".singularity/remote.yaml", REMOTES);
    let refused = rig
        .hand_over(Program::Apptainer, "lab.example", "tok")
        .unwrap_err();
    assert_eq!(refused.problem.word(), "not_set_up");
    assert!(!rig.home.path().join(".apptainer").exists());
    fs::create_dir(rig.home.path().join(".apptainer")).unwrap();
    rig.hand_over(Program::Apptainer, "lab.example", "tok")
        .unwrap();
}

#[cfg(unix)]
#[test]
fn a28_a_link_in_the_place_of_the_file_is_neither_followed_nor_replaced() {
    let rig = Rig::new();
    rig.write("elsewhere.yaml", REMOTES);
    fs::create_dir(rig.home.path().join(".singularity")).unwrap();
    let link = rig.home.path().join(".singularity/remote.yaml");
    std::os::unix::fs::symlink(rig.home.path().join("elsewhere.yaml"), &link).unwrap();
    let refused = rig
        .hand_over(Program::Singularity, "lab.example", "tok")
        .unwrap_err();
    assert_eq!(refused.problem.word(), "link");
    assert_eq!(rig.read("elsewhere.yaml"), REMOTES);
    assert_eq!(rig.command_line.found().problems.len(), 1);
    assert_eq!(
        fs::read_link(&link).unwrap(),
        Path::new(&rig.home.path().join("elsewhere.yaml"))
    );
}
