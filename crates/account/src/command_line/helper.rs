//! Docker's credential helpers: programs that keep passwords, asked one at a time after the person said so.
//!
//! A helper runs without a shell and with little of the environment, gets the registry on its standard input,
//! and has ten seconds for a short answer.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::docker::Login;

/// How long a helper may take; it may have to ask the person to unlock something.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer read, in bytes.
const LONGEST: usize = 64 * 1024;
/// The user name that says that the secret is a token.
const TOKEN_USER: &str = "<token>";
/// What a helper gets to know of the environment.
const PASSED_ON: [&str; 14] = [
    "HOME",
    "PATH",
    "USER",
    "LANG",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "PASSWORD_STORE_DIR",
    "GNUPGHOME",
    "APPDATA",
    "SYSTEMROOT",
];

/// A helper that gave no secret.
#[derive(Debug, thiserror::Error)]
#[error("docker-credential-{name}: {problem}")]
pub struct HelperError {
    /// The helper's name, as far as it may be shown.
    pub name: String,
    /// Why.
    pub problem: HelperProblem,
}

/// Why a helper gave no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HelperProblem {
    /// The file names a helper that cannot be one.
    #[error("not a name")]
    Name,
    /// There is no such program in a folder that only administrators or this person can change.
    #[error("not installed")]
    Missing,
    /// It did not answer in ten seconds.
    #[error("no answer in time")]
    TimedOut,
    /// It knows nothing about the registry, or said no.
    #[error("no credentials")]
    Nothing,
    /// Its answer is not one.
    #[error("the answer makes no sense")]
    Answer,
}

impl HelperProblem {
    /// The name of the problem; stable, one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Missing => "missing",
            Self::TimedOut => "timeout",
            Self::Nothing => "nothing",
            Self::Answer => "answer",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    username: String,
    secret: SecretString,
}

/// Asks a helper for the credentials of a registry. `folders` is where programs are looked for.
pub(super) async fn ask(
    name: &str,
    registry: &str,
    folders: &[PathBuf],
) -> Result<Login, HelperError> {
    let failed = |problem| HelperError {
        name: name
            .chars()
            .filter(char::is_ascii_graphic)
            .take(64)
            .collect(),
        problem,
    };
    if !is_name(name) {
        return Err(failed(HelperProblem::Name));
    }
    let found = locate(&format!("docker-credential-{name}"), folders);
    let program = found.ok_or_else(|| failed(HelperProblem::Missing))?;
    let answer = tokio::time::timeout(PATIENCE, run(&program, registry));
    match answer.await {
        Ok(login) => login.map_err(failed),
        Err(_) => Err(failed(HelperProblem::TimedOut)),
    }
}

/// Lower case letters, digits, `_` and `-`, beginning with a letter or digit: no way into another folder.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=64).contains(&name.len())
        && name.bytes().next().is_some_and(plain)
        && name
            .bytes()
            .all(|byte| plain(byte) || b"_-".contains(&byte))
}

fn locate(program: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let program = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    let absolute = folders.iter().filter(|folder| folder.is_absolute());
    absolute
        .map(|folder| folder.join(&program))
        .find(|path| is_safe(path))
}

/// Whether a program can be trusted as far as its place goes: nobody else can put another in its place.
fn is_safe(path: &Path) -> bool {
    let Ok(facts) = std::fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let folder = path
            .parent()
            .and_then(|folder| std::fs::metadata(folder).ok());
        let others_write = |facts: &std::fs::Metadata| facts.mode() & 0o002 != 0;
        if facts.mode() & 0o111 == 0
            || others_write(&facts)
            || folder.is_none_or(|facts| others_write(&facts))
        {
            return false;
        }
    }
    facts.is_file()
}

async fn run(program: &Path, registry: &str) -> Result<Login, HelperProblem> {
    let mut command = Command::new(program);
    command.arg("get").env_clear();
    for name in PASSED_ON {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|_| HelperProblem::Missing)?;
    let (answer, status) = talk(&mut child, registry)
        .await
        .map_err(|_| HelperProblem::Answer)?;
    // Errors are told on the standard output as well, in words.
    if !status.success() {
        return Err(HelperProblem::Nothing);
    }
    if answer.len() > LONGEST {
        return Err(HelperProblem::Answer);
    }
    let answer: Answer = serde_json::from_slice(&answer).map_err(|_| HelperProblem::Answer)?;
    let is_user = !answer.username.is_empty() && answer.username != TOKEN_USER;
    Ok(Login {
        user: is_user.then_some(answer.username),
        secret: answer.secret,
    })
}

async fn talk(
    child: &mut Child,
    registry: &str,
) -> std::io::Result<(Zeroizing<Vec<u8>>, ExitStatus)> {
    if let Some(mut input) = child.stdin.take() {
        // A helper that does not listen may still answer.
        let _ = input.write_all(format!("{registry}\n").as_bytes()).await;
    }
    let mut answer = Zeroizing::new(Vec::new());
    if let Some(output) = child.stdout.take() {
        // The pipe is closed after that, which ends a helper that goes on.
        let mut output = output.take(LONGEST as u64 + 1);
        output.read_to_end(&mut answer).await?;
    }
    if answer.len() > LONGEST {
        child.start_kill()?;
    }
    Ok((answer, child.wait().await?))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use secrecy::ExposeSecret as _;

    use super::*;

    /// A folder with a helper `test` that is this script.
    fn helper(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker-credential-test");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        folder
    }

    async fn problem(name: &str, folders: &[PathBuf]) -> HelperProblem {
        ask(name, "r.example", folders).await.unwrap_err().problem
    }

    #[tokio::test]
    async fn a_helper_is_asked_on_its_input_and_gives_a_login_or_a_token() {
        let script = r#"read server; [ "$1" = get ] || exit 1
            echo "{\"ServerURL\":\"$server\",\"Username\":\"${server%%.*}\",\"Secret\":\"s-$server\"}""#;
        let folder = helper(script);
        let folders = [folder.path().to_owned()];
        let login = ask("test", "ada.example", &folders).await.unwrap();
        assert_eq!(login.user.as_deref(), Some("ada"));
        assert_eq!(login.secret.expose_secret(), "s-ada.example");
        let folder = helper(r#"echo '{"Username":"<token>","Secret":"t"}'"#);
        let login = ask("test", "x", &[folder.path().to_owned()]).await.unwrap();
        assert_eq!(login.user, None);
    }

    #[tokio::test]
    async fn a27_what_cannot_be_a_helper_or_lies_in_a_bad_place_is_not_run() {
        let folder = helper("echo ran >&2; exit 0");
        let there = [folder.path().to_owned()];
        for name in ["../test", "a/b", "", "-x", "Test", "a b", &"x".repeat(65)] {
            assert_eq!(problem(name, &there).await, HelperProblem::Name, "{name}");
        }
        assert_eq!(problem("other", &there).await, HelperProblem::Missing);
        assert_eq!(
            problem("test", &[PathBuf::from(".")]).await,
            HelperProblem::Missing
        );
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(problem("test", &there).await, HelperProblem::Missing);
    }

    #[tokio::test]
    async fn a27_a_helper_that_fails_or_never_stops_talking_is_ended() {
        for (script, expected) in [
            (
                "echo 'credentials not found'; exit 1",
                HelperProblem::Nothing,
            ),
            ("exec yes", HelperProblem::Nothing),
            (
                "head -c 200000 /dev/zero | tr '\\0' x; exit 0",
                HelperProblem::Answer,
            ),
            ("echo '{}'", HelperProblem::Answer),
            ("echo '[1'", HelperProblem::Answer),
        ] {
            let folder = helper(script);
            let told = problem("test", &[folder.path().to_owned()]).await;
            let ended = told == HelperProblem::Nothing && expected == HelperProblem::Answer;
            assert!(told == expected || ended, "{script}: {told}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a27_a_helper_that_says_nothing_is_ended_after_ten_seconds() {
        let folder = helper("exec sleep 1000");
        let told = problem("test", &[folder.path().to_owned()]).await;
        assert_eq!(told, HelperProblem::TimedOut);
    }
}
