//! The `/.singularity.d` tree: the names, modes and variables by which runtimes and containers
//! understand each other. The scripts are our own.

use std::collections::BTreeMap;
use std::io::Cursor;

use anyhow::Result;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::squashfs::RootFs;

const MOUNT_POINTS: [&str; 9] = [
    "/dev",
    "/proc",
    "/sys",
    "/tmp",
    "/var/tmp",
    "/home",
    "/root",
    "/etc",
    "/.singularity.d/libs",
];

const LINKS: [(&str, &str); 6] = [
    ("/singularity", ".singularity.d/runscript"),
    ("/.run", ".singularity.d/actions/run"),
    ("/.exec", ".singularity.d/actions/exec"),
    ("/.test", ".singularity.d/actions/test"),
    ("/.shell", ".singularity.d/actions/shell"),
    ("/environment", ".singularity.d/env/90-environment.sh"),
];

/// Reads every environment script, in the order of their names.
const SOURCE_ENVIRONMENT: &str = "#!/bin/sh
for part in /.singularity.d/env/*.sh; do
    if [ -f \"$part\" ]; then
        . \"$part\"
    fi
done
";

const PATH_SCRIPT: &str = "#!/bin/sh
export PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"
";

const ENVIRONMENT: &str = "#!/bin/sh
# Environment of this container.
";

const LIBRARIES: &str = "#!/bin/sh
LD_LIBRARY_PATH=\"${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/.singularity.d/libs\"
PS1=\"Singularity> \"
export LD_LIBRARY_PATH PS1
";

/// Fills `root` with what every container of this kind has.
pub(super) fn populate(
    root: &mut RootFs,
    definition: &str,
    runscript: &str,
    labels: &BTreeMap<String, String>,
) -> Result<()> {
    for path in MOUNT_POINTS {
        root.directory(path)?;
    }
    for (link, target) in LINKS {
        root.symlink(link, target)?;
    }
    let action = |rest: &str| format!("{SOURCE_ENVIRONMENT}{rest}\n");
    let scripts = [
        ("actions/exec", action("exec \"$@\"")),
        (
            "actions/run",
            action("exec /.singularity.d/runscript \"$@\""),
        ),
        (
            "actions/shell",
            action("exec \"${SINGULARITY_SHELL:-/bin/sh}\" \"$@\""),
        ),
        (
            "actions/start",
            action("exec /.singularity.d/startscript \"$@\""),
        ),
        ("actions/test", action("exec /.singularity.d/test \"$@\"")),
        (
            "env/01-base.sh",
            "#!/bin/sh\n# The first of the environment scripts.\n".to_owned(),
        ),
        ("env/10-docker2singularity.sh", PATH_SCRIPT.to_owned()),
        ("env/90-environment.sh", ENVIRONMENT.to_owned()),
        ("env/94-appsbase.sh", String::new()),
        ("env/99-base.sh", LIBRARIES.to_owned()),
        ("runscript", runscript.to_owned()),
        ("startscript", "#!/bin/sh\n".to_owned()),
    ];
    for (name, text) in scripts {
        root.file(&format!("/.singularity.d/{name}"), 0o755, Cursor::new(text))?;
    }
    let texts = [
        ("/.singularity.d/Singularity", definition.to_owned()),
        ("/.singularity.d/labels.json", labels_json(labels)?),
        ("/etc/hosts", String::new()),
        ("/etc/resolv.conf", String::new()),
        ("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n".to_owned()),
        ("/etc/group", "root:x:0:\n".to_owned()),
    ];
    for (path, text) in texts {
        root.file(path, 0o644, Cursor::new(text))?;
    }
    Ok(())
}

/// A runscript around `body`. Its `eval` line makes runtimes interpret the script themselves, so
/// that a container without any shell can say hello.
pub(super) fn runscript(body: &str) -> String {
    format!(
        "#!/bin/sh\n\nSINGULARITY_OCI_RUN='-- \"$@\"'\neval \"set ${{SINGULARITY_OCI_RUN}}\"\n{body}\n"
    )
}

/// The environment scripts that `inspect --environment` shows.
pub(super) fn inspected_environment() -> BTreeMap<String, String> {
    [
        ("10-docker2singularity.sh", PATH_SCRIPT),
        ("90-environment.sh", ENVIRONMENT),
    ]
    .map(|(name, text)| {
        (
            format!("/.singularity.d/env/{name}"),
            text.trim_end().to_owned(),
        )
    })
    .into()
}

/// A flat object, one tab deep, without a line end.
fn labels_json(labels: &BTreeMap<String, String>) -> Result<String> {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b"\t"));
    serde::Serialize::serialize(labels, &mut serializer)?;
    Ok(String::from_utf8(text)?)
}
