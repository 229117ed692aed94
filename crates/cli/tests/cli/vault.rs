//! Signing in for longer than a call on a computer without a keychain.

use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::bench::Bench;

const PASSPHRASE: &str = "correct horse battery";

/// Another program in the place of the command, with its folder and its environment.
fn like_the_command(bench: &Bench, program: &str) -> Command {
    let model = bench.command(&[]);
    let mut command = Command::new(program);
    for (name, value) in model.as_std().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
        .current_dir(bench.path(""))
        .env("SIFTER", env!("CARGO_BIN_EXE_sifter-cli"))
        .env("SERVER", bench.library.base_url())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A person at a terminal, where a line of the shell runs.
struct Person {
    child: Child,
    keyboard: ChildStdin,
    screen: ChildStdout,
    seen: String,
}

impl Person {
    fn at_a_terminal(bench: &Bench, line: &str) -> Self {
        let mut command = like_the_command(bench, "script");
        let mut child = command
            .args(["--quiet", "--return", "--command", line, "/dev/null"])
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            keyboard: child.stdin.take().unwrap(),
            screen: child.stdout.take().unwrap(),
            seen: String::new(),
            child,
        }
    }

    /// Answers once the screen asks; what was asked before does not count again.
    async fn answers(&mut self, question: &str, answer: &str) {
        let mut buffer = [0; 1024];
        while !self.seen.contains(question) {
            let count = self.screen.read(&mut buffer).await.unwrap();
            assert!(count > 0, "no {question:?} in {:?}", self.seen);
            self.seen
                .push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        self.seen = self.seen.replacen(question, "", 1);
        self.keyboard.write_all(answer.as_bytes()).await.unwrap();
    }

    /// What else the screen showed, to the end.
    async fn leaves(mut self) -> (bool, String) {
        let mut rest = Vec::new();
        self.screen.read_to_end(&mut rest).await.unwrap();
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        let status = self.child.wait().await.unwrap();
        assert!(!self.seen.contains(PASSPHRASE), "{:?}", self.seen);
        (status.success(), self.seen)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_lies_in_the_vault_and_serves_later_calls() {
    let bench = Bench::new().await;
    bench.write_token("passphrase", PASSPHRASE);
    bench.write_token("wrong", "correct horse buttery");
    let file = ["--vault-passphrase-file", "passphrase"];
    let login = [&["--json"], &file[..], &["login"]].concat();
    let refused = bench.run(&login).await.failed(1).says("--vault");
    assert_eq!(refused.json()["error"]["code"], "no_keychain");
    let made = bench.run(&[&login[..], &["--vault"]].concat()).await;
    assert_eq!(made.ok().json()["keychain"], "vault");
    std::fs::remove_file(bench.path("token")).unwrap();

    let call = |file: &'static str, verb: &[&'static str]| {
        [&["--json", "--vault-passphrase-file", file], verb].concat()
    };
    let person = bench.run_bare(&call("passphrase", &["whoami"])).await.ok();
    assert_eq!(person.json()["stored"], true);
    assert_eq!(person.json()["login"], "tester");
    bench.image("x.sif", sifter_sif::Arch::Amd64, 4096, 1);
    let push = ["push", "x.sif", "tester/tools/x:1"];
    bench.run_bare(&call("passphrase", &push)).await.ok();
    let wrong = bench.run_bare(&call("wrong", &push)).await.failed(1);
    assert_eq!(wrong.json()["error"]["code"], "vault_passphrase_wrong");
    for secret in [bench.library.token(), PASSPHRASE] {
        assert!(bench.files_with(secret).is_empty());
    }

    // A batch job has no terminal.
    let job = like_the_command(&bench, "setsid")
        .args(["--wait", env!("CARGO_BIN_EXE_sifter-cli"), "--json"])
        .args(push)
        .stdin(Stdio::null())
        .output();
    let job = job.await.unwrap();
    assert_eq!(job.status.code(), Some(1));
    let said: serde_json::Value = serde_json::from_slice(&job.stdout).unwrap();
    assert_eq!(said["error"]["code"], "vault_closed");
    let message = said["error"]["message"].as_str().unwrap();
    assert!(message.contains("--vault-passphrase-file"), "{message}");

    let gone = bench.run_bare(&call("passphrase", &["logout"])).await.ok();
    assert_eq!(gone.json()["login"], "tester");
    bench
        .run_bare(&call("passphrase", &["whoami"]))
        .await
        .failed(1)
        .says("Nobody is signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_is_asked_for_on_the_terminal_and_shown_nowhere() {
    let bench = Bench::new().await;
    let line = r#""$SIFTER" --server "$SERVER" --token-file token login --vault"#;
    let typed = format!("{PASSPHRASE}\n");
    let mut person = Person::at_a_terminal(&bench, line);
    person.answers("at least eight characters: ", &typed).await;
    person.answers("The same once more: ", &typed).await;
    let (done, seen) = person.leaves().await;
    assert!(done && seen.contains("tester is signed in"), "{seen}");

    // A slip of the finger is forgiven. The output may go elsewhere.
    let mut person = Person::at_a_terminal(&bench, r#""$SIFTER" whoami > who 2> errors"#);
    let question = "Passphrase of Sifter's vault: ";
    person.answers(question, "correct horse buttery\n").await;
    person.answers(question, &typed).await;
    assert!(person.leaves().await.0);
    let who = std::fs::read_to_string(bench.path("who")).unwrap();
    assert!(who.starts_with("tester on "), "{who}");

    // Whoever gives up finds the terminal as it was.
    let line = r#"trap : INT; "$SIFTER" whoami; stty -a | tr ' ' '\n' | grep -x -e echo -e -echo"#;
    let mut person = Person::at_a_terminal(&bench, line);
    person.answers(question, "\u{3}").await;
    let (_, seen) = person.leaves().await;
    let last = seen.lines().last().unwrap();
    assert_eq!(last, "echo", "{seen}");
}
