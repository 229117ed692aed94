//! Signing in for longer than a call, with a real secret service on a bus of its own.
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use tokio::process::Command;

use crate::bench::Bench;

/// Unlocks a keyring that is gone afterwards, then does the whole of it.
const SCRIPT: &str = r#"
set -eu
printf %s password | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
"$SIFTER" --server "$SERVER" --token-file token --json login
rm token
"$SIFTER" --json whoami
"$SIFTER" --server "$SERVER" push hello.sif tester/tools/hello:1
"$SIFTER" --json logout
"$SIFTER" --json whoami || echo "status $?"
"#;

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_lies_in_the_keychain_until_it_is_ended() {
    if !(is_there("dbus-run-session") && is_there("gnome-keyring-daemon")) {
        eprintln!("skipped: dbus-run-session or gnome-keyring-daemon is not installed");
        return;
    }
    let bench = Bench::new().await;
    bench.image("hello.sif", sifter_sif::Arch::Amd64, 4096, 1);
    let runtime = bench.path("runtime");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", SCRIPT])
        .current_dir(bench.path(""))
        .env("SIFTER", env!("CARGO_BIN_EXE_sifter-cli"))
        .env("SERVER", bench.library.base_url())
        .env("SIFTER_HOME", bench.path("home"))
        .env("SIFTER_LOG", "debug")
        .env("HOME", bench.path("tmp"))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("XDG_DATA_HOME")
        .env_remove("SIFTER_SERVER")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{out}{err}");
    let lines: Vec<&str> = out.lines().collect();
    let [login, whoami, push, logout, nobody, status] = lines[..] else {
        panic!("{out}{err}");
    };
    assert!(
        login.contains("\"keychain\":\"") && login.contains("\"tester\""),
        "{login}"
    );
    assert!(whoami.contains("\"stored\":true"), "{whoami}");
    assert!(push.starts_with("sha256."), "{push}");
    assert!(logout.contains("\"login\":\"tester\""), "{logout}");
    assert!(nobody.contains("\"sign_in_needed\""), "{nobody}");
    assert_eq!(status, "status 1");
    let secret = bench.library.token();
    assert!(!out.contains(secret) && !err.contains(secret));
    assert!(bench.files_with(secret).is_empty());
}
