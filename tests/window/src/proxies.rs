//! The network settings of a GNOME desktop.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::desktop::Desktop;

/// What makes GIO's helper for scripts startable.
const HELPER: &str = "org.gtk.GLib.PACRunner.service";

impl Desktop {
    /// Makes it a GNOME desktop with these proxy settings, in the form of GSettings' key file. For programs that start
    /// afterwards.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn set_proxies(&mut self, settings: &str) -> Result<()> {
        let folder = self.folder().join("config/glib-2.0/settings");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("keyfile"), settings)?;
        self.set("XDG_CURRENT_DESKTOP", "GNOME");
        self.set("GSETTINGS_BACKEND", "keyfile");
        let service = Path::new("/usr/share/dbus-1/services").join(HELPER);
        if service.exists() {
            fs::copy(service, self.folder().join("services").join(HELPER))?;
        }
        Ok(())
    }
}

/// Whether this machine's GIO runs scripts that choose a proxy (PAC).
#[must_use]
pub fn runs_scripts() -> bool {
    // libproxy before 0.5 leaves that to a module; since then it does it itself.
    let libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
    libraries.iter().map(Path::new).any(|libraries| {
        let modules = fs::read_dir(libraries.join("libproxy"));
        let mut modules = modules.into_iter().flatten().flatten();
        let has_module = modules.any(|version| {
            let files = fs::read_dir(version.path().join("modules"));
            let mut files = files.into_iter().flatten().flatten();
            files.any(|file| file.file_name().to_string_lossy().starts_with("pacrunner_"))
        });
        has_module || libraries.join("libproxy/libpxbackend-1.0.so").exists()
    })
}
