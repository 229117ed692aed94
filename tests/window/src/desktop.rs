//! A private desktop: screen, window manager, session bus, unlocked secret store, and a stand-in for
//! `xdg-open` that notes what would have been opened.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::programs::{Running, wait_until};

/// Size of the virtual screen; the app's window and a drag source fit side by side.
const SCREEN: &str = "1500x900x24";

/// A session bus that starts nothing by itself: what is on it, or may be started by it, a test has put there.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <servicedir>SERVICES</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Of the keychain.
pub(crate) const PASSWORD: &str = "window-tests";

/// A running desktop. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Desktop {
    // Fields are dropped in this order: first the programs, then their folder.
    programs: Vec<Running>,
    display: String,
    bus: String,
    /// More of the environment of its programs.
    variables: Vec<(&'static str, &'static str)>,
    folder: TempDir,
}

impl Desktop {
    /// Starts all of it and waits until it works.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub fn start() -> Result<Self> {
        let mut desktop = Self::bare()?;
        desktop.unlock_secrets()?;
        Ok(desktop)
    }

    /// Starts a desktop on which nothing keeps secrets.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub fn without_keychain() -> Result<Self> {
        Self::bare()
    }

    fn bare() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut desktop = Self {
            programs: Vec::new(),
            display: String::new(),
            bus: String::new(),
            variables: Vec::new(),
            folder,
        };
        desktop.lay_out()?;
        desktop.display = format!(
            ":{}",
            desktop.first_line(
                "Xvfb",
                &[
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    SCREEN,
                    "-nolisten",
                    "tcp",
                    "-noreset"
                ]
            )?
        );
        let bus = format!(
            "--config-file={}",
            desktop.folder.path().join("bus.conf").display()
        );
        desktop.bus =
            desktop.first_line("dbus-daemon", &[&bus, "--nofork", "--print-address=1"])?;
        let openbox = Running::start(
            desktop
                .command("openbox")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        desktop.programs.push(openbox);
        wait_until("the window manager", || {
            let answer = desktop
                .command("xprop")
                .args(["-root", "_NET_SUPPORTING_WM_CHECK"])
                .output()
                .ok()?;
            String::from_utf8_lossy(&answer.stdout)
                .contains("window id")
                .then_some(())
        })?;
        Ok(desktop)
    }

    /// A command that runs on this desktop.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env(
                "PATH",
                format!("{}:{path}", self.folder.path().join("bin").display()),
            )
            .env("HOME", self.folder.path())
            .env("XDG_RUNTIME_DIR", self.folder.path().join("run"))
            .env("XDG_CONFIG_HOME", self.folder.path().join("config"))
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_THEME", "Adwaita")
            // WebKit draws in software; a headless machine has nothing else.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .envs(self.variables.iter().copied());
        command
    }

    /// The home folder of its person.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Adds to the environment of the programs that start from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: &'static str) {
        self.variables.push((name, value));
    }

    /// The virtual screen, as `DISPLAY` names it.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// What the app asked the system to open, oldest first.
    #[must_use]
    pub fn opened(&self) -> Vec<String> {
        fs::read_to_string(self.opened_file())
            .map(|text| text.lines().map(str::to_owned).collect())
            .unwrap_or_default()
    }

    /// Writes the whole screen as a PNG.
    ///
    /// # Errors
    /// When the picture cannot be taken.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let status = Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .arg(file)
            .status()
            .context("could not start import")?;
        ensure!(status.success(), "import ended with {status}");
        Ok(())
    }

    /// A folder of this desktop for a test's own files.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn place(&self, name: &str) -> Result<PathBuf> {
        let place = self.folder.path().join("places").join(name);
        fs::create_dir_all(&place)?;
        Ok(place)
    }

    /// What the bus may start.
    pub(crate) fn services(&self) -> PathBuf {
        self.folder.path().join("services")
    }

    fn opened_file(&self) -> PathBuf {
        self.folder.path().join("opened")
    }

    fn lay_out(&self) -> Result<()> {
        let base = self.folder.path();
        for name in ["bin", "run", "config", "data", "services"] {
            fs::create_dir_all(base.join(name))?;
        }
        set_mode(&base.join("run"), 0o700)?;
        fs::write(
            base.join("bus.conf"),
            BUS.replace("FOLDER", &base.join("run").display().to_string())
                .replace("SERVICES", &base.join("services").display().to_string()),
        )?;
        let opener = base.join("bin/xdg-open");
        fs::write(
            &opener,
            format!(
                "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n",
                self.opened_file().display()
            ),
        )?;
        set_mode(&opener, 0o755)
    }

    /// Starts a program and returns the first line it prints.
    fn first_line(&mut self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut running = Running::start(
            self.command(program)
                .args(arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let stdout = running.child().stdout.take().context("no output to read")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        self.programs.push(running);
        Ok(line.trim().to_owned())
    }

    fn unlock_secrets(&mut self) -> Result<()> {
        let mut keyring = Running::start(
            self.command("gnome-keyring-daemon")
                .args(["--unlock", "--components=secrets", "--foreground"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        keyring
            .child()
            .stdin
            .take()
            .context("no input to write")?
            .write_all(PASSWORD.as_bytes())?;
        self.programs.push(keyring);
        self.wait_for_name("org.freedesktop.secrets")
    }

    /// Waits until a program answers to a name on the bus.
    ///
    /// # Errors
    /// When none does.
    pub fn wait_for_name(&self, name: &str) -> Result<()> {
        wait_until(&format!("{name} on the bus"), || {
            let answer = self
                .command("dbus-send")
                .args([
                    "--session",
                    "--print-reply",
                    "--dest=org.freedesktop.DBus",
                    "/org/freedesktop/DBus",
                    "org.freedesktop.DBus.NameHasOwner",
                    &format!("string:{name}"),
                ])
                .output()
                .ok()?;
            String::from_utf8_lossy(&answer.stdout)
                .contains("boolean true")
                .then_some(())
        })
    }

    /// Runs `xdotool`: the hands of a person at this screen.
    ///
    /// # Errors
    /// When it fails.
    pub fn hands(&self, arguments: &[&str]) -> Result<String> {
        let answer = self.command("xdotool").args(arguments).output()?;
        ensure!(
            answer.status.success(),
            "xdotool {arguments:?} ended with {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.stderr)
        );
        Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
    }

    /// Waits for a window by its title (a regular expression) and returns its number. Toolkits have small helpers
    /// of the same title, so the largest is meant.
    ///
    /// # Errors
    /// When none is shown.
    pub fn window(&self, title: &str) -> Result<String> {
        wait_until(&format!("a window named {title}"), || {
            let found = self.hands(&["search", "--onlyvisible", "--name", title]);
            let found = found.ok()?;
            let area = |window: &&str| -> i64 {
                let sides = ["WIDTH", "HEIGHT"].map(|side| self.measure(window, side));
                sides.into_iter().map(Result::unwrap_or_default).product()
            };
            found.lines().max_by_key(area).map(str::to_owned)
        })
    }

    /// One number of a window's geometry: `X`, `Y`, `WIDTH` or `HEIGHT`.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn measure(&self, window: &str, what: &str) -> Result<i64> {
        self.hands(&["getwindowgeometry", "--shell", window])?
            .lines()
            .find_map(|line| line.strip_prefix(what)?.strip_prefix('='))
            .and_then(|value| value.parse().ok())
            .with_context(|| format!("no {what} in the geometry"))
    }

    /// Puts a text on the clipboard, as copying in another program does.
    ///
    /// # Errors
    /// When that program does not start.
    pub fn copy(&self, text: &str) -> Result<()> {
        let mut xclip = self
            .command("xclip")
            .args(["-selection", "clipboard", "-in"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut input = xclip.stdin.take().context("no input to write")?;
        input.write_all(text.as_bytes())?;
        drop(input);
        // The program that was started leaves another one behind, which holds the text.
        xclip.wait()?;
        Ok(())
    }

    /// Waits until the clipboard holds a text for which `wanted` is true, and returns it.
    ///
    /// # Errors
    /// When that never happens.
    pub fn clipboard(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        wait_until(&format!("{what} on the clipboard"), || {
            let answer = self
                .command("xclip")
                .args(["-selection", "clipboard", "-out"])
                .output()
                .ok()?;
            let text = String::from_utf8_lossy(&answer.stdout).into_owned();
            wanted(&text).then_some(text)
        })
    }
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}
