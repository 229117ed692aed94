//! System packages: installed on Debian and its kin, named elsewhere.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::step;

/// What the packages are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compile the app.
    Build,
    /// Run the app without a display, and drive it.
    Drive,
}

/// Compilers and the web view.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libgtk-3-dev",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
];

/// A virtual screen, a session bus with a secret store, a browser, what drives them, and an OCI registry.
const DRIVE: &[&str] = &[
    "xvfb",
    "openbox",
    "xdotool",
    "xclip",
    "x11-utils",
    "imagemagick",
    "dbus",
    "gnome-keyring",
    "libsecret-tools",
    "webkit2gtk-driver",
    "chromium",
    "chromium-driver",
    "python3-gi",
    "gir1.2-gtk-3.0",
    "fonts-inter",
    "fonts-jetbrains-mono",
    "adwaita-icon-theme",
    "squashfs-tools",
    "docker-registry",
];

/// Makes sure the packages are there.
///
/// On a system without `apt-get` nothing can be installed for certain: the packages are named once, and the
/// build goes on, since they may be there under other names.
pub(crate) fn ensure(purpose: Purpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let mut wanted: Vec<&str> = BUILD.to_vec();
    if purpose == Purpose::Drive {
        wanted.extend(DRIVE);
    }
    if !step::on_path("dpkg-query") || !step::on_path("apt-get") {
        return elsewhere();
    }
    let missing: Vec<&str> = wanted
        .into_iter()
        .filter(|package| !installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    step::say(&format!("  missing packages: {}", missing.join(" ")));
    let root = effective_user_is_root();
    if !root && !step::on_path("sudo") {
        bail!("run as root: apt-get install {}", missing.join(" "));
    }
    let apt = || {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            Command::new("sudo")
        };
        if !root {
            command.args(["--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    step::quiet("package lists", apt().args(["update"]))?;
    step::quiet(
        "system packages",
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(&missing),
    )
}

/// Other systems: says what to install, and stops only when the web view is certainly absent.
fn elsewhere() -> Result<()> {
    let found = Command::new("pkg-config")
        .args(["--exists", "webkit2gtk-4.1", "gtk+-3.0"])
        .status()
        .is_ok_and(|status| status.success());
    if found {
        return Ok(());
    }
    let command = if step::on_path("dnf") {
        "sudo dnf install webkit2gtk4.1-devel gtk3-devel librsvg2-devel gcc pkgconf"
    } else if step::on_path("pacman") {
        "sudo pacman -S --needed webkit2gtk-4.1 gtk3 librsvg base-devel"
    } else if step::on_path("zypper") {
        "sudo zypper install webkit2gtk3-devel gtk3-devel librsvg-devel gcc pkg-config"
    } else {
        "install WebKitGTK 4.1, GTK 3 and librsvg with their development files"
    };
    bail!("the web view is missing. {command}")
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout.ends_with(b"install ok installed"))
}

fn effective_user_is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
