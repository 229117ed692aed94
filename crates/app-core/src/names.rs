//! Names: the file name of a download, and the container name and tags that a file name suggests.

use sifter_transfer::is_device;
use unicode_normalization::UnicodeNormalization as _;

/// Longest stem of a download's file name, in bytes.
const LONGEST_STEM: usize = 200;
/// Longest suggested container name or tag, in bytes.
const LONGEST_SUGGESTION: usize = 64;
/// What an image is called when nothing of its name can be used.
const NAMELESS: &str = "image";

/// The file name of a download: `container_tag[_arch].sif`, safe in any folder on any system
/// whatever the server calls its things.
pub(crate) fn download_name(container: &str, tag: &str, arch: Option<&str>) -> String {
    let mut stem = container.to_owned();
    // A digest makes a poor name: twelve digits of it tell images apart.
    let tag = tag
        .strip_prefix("sha256.")
        .map_or(tag, |hex| hex.get(..12).unwrap_or(hex));
    for part in [Some(tag), arch]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
    {
        stem.push('_');
        stem.push_str(part);
    }
    format!("{}.sif", safe_stem(&stem))
}

/// What is left of a name once nothing in it can leave the folder, hide the file, or mean a device.
fn safe_stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut stem = String::with_capacity(name.len());
    for c in name.nfc().filter(|&c| !is_invisible(c)) {
        let c = if "<>:\"|?*".contains(c) { '_' } else { c };
        if stem.len() + c.len_utf8() > LONGEST_STEM {
            break;
        }
        stem.push(c);
    }
    let stem = stem
        .trim_end_matches(['.', ' '])
        .trim_start_matches(['.', '-', ' ']);
    if stem.is_empty() {
        NAMELESS.to_owned()
    } else if is_device(stem) {
        format!("{NAMELESS}_{stem}")
    } else {
        stem.to_owned()
    }
}

/// Control characters, and those that turn or hide the text around them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What a file name says about where its image belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suggestion {
    /// A container name that the library's grammar allows.
    pub(crate) container: String,
    /// Tags that the grammar allows; `latest` when the name has none.
    pub(crate) tags: Vec<String>,
}

/// Reads `samtools_1.22.sif` as container `samtools`, tag `1.22`: the form that pulls are named in.
/// An architecture at the end is dropped, because the image says it better.
pub(crate) fn suggest(file_name: &str) -> Suggestion {
    let stem = strip_suffixes(file_name);
    let stem = strip_arch(stem);
    let (container, tag) = match stem.rsplit_once('_') {
        Some((container, tag)) if !container.is_empty() && !tag.is_empty() => {
            (container, Some(tag))
        }
        // `samtools-1.22`: only a version may follow a dash, for dashes are common inside names.
        _ => match stem.rsplit_once('-') {
            Some((container, tag))
                if !container.is_empty()
                    && tag
                        .trim_start_matches('v')
                        .starts_with(|c: char| c.is_ascii_digit()) =>
            {
                (container, Some(tag))
            }
            _ => (stem, None),
        },
    };
    let container = to_grammar(container);
    let tag = tag.map(to_grammar).filter(|tag| !tag.is_empty());
    Suggestion {
        container: if container.is_empty() {
            NAMELESS.to_owned()
        } else {
            container
        },
        tags: vec![tag.unwrap_or_else(|| "latest".to_owned())],
    }
}

fn strip_suffixes(file_name: &str) -> &str {
    let mut stem = file_name;
    for suffix in [".sif", ".simg", ".img", ".oci"] {
        if let Some(cut) = stem.len().checked_sub(suffix.len()).filter(|&cut| cut > 0)
            && stem.is_char_boundary(cut)
            && stem[cut..].eq_ignore_ascii_case(suffix)
        {
            stem = &stem[..cut];
        }
    }
    stem
}

fn strip_arch(stem: &str) -> &str {
    match stem.rsplit_once(['_', '-']) {
        Some((before, arch))
            if !before.is_empty()
                && matches!(
                    arch.to_ascii_lowercase().as_str(),
                    "amd64"
                        | "arm64"
                        | "aarch64"
                        | "ppc64le"
                        | "s390x"
                        | "riscv64"
                        | "386"
                        | "loong64"
                ) =>
        {
            before
        }
        // The only architecture with a separator in its name.
        _ => stem
            .len()
            .checked_sub("_x86_64".len())
            .filter(|&cut| cut > 0 && stem.is_char_boundary(cut))
            .filter(|&cut| matches!(&stem[cut..], "_x86_64" | "-x86_64"))
            .map_or(stem, |cut| &stem[..cut]),
    }
}

/// Bends a text into runs of lower-case letters and digits joined by single `.`, `_` or `-`.
fn to_grammar(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        if name.len() == LONGEST_SUGGESTION {
            break;
        }
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if name.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            name.push(if matches!(c, '.' | '_') { c } else { '-' });
        }
    }
    name.trim_end_matches(['.', '_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_suggests_the_container_and_tag_it_was_pulled_from() {
        for (file, container, tag) in [
            ("samtools_1.22.sif", "samtools", "1.22"),
            ("samtools_1.22_amd64.sif", "samtools", "1.22"),
            ("samtools_1.22_x86_64.sif", "samtools", "1.22"),
            ("samtools-1.22.sif", "samtools", "1.22"),
            ("samtools-v2.sif", "samtools", "v2"),
            ("hello-world.sif", "hello-world", "latest"),
            ("My Tool_Final Version.SIF", "my-tool", "final-version"),
            ("alpine.oci.sif", "alpine", "latest"),
            ("Übung.sif", "bung", "latest"),
            ("…", "image", "latest"),
            (".sif", "sif", "latest"),
            ("_1.sif", "1", "latest"),
            ("gromacs_2024.3.img", "gromacs", "2024.3"),
        ] {
            let found = suggest(file);
            assert_eq!(
                (found.container.as_str(), found.tags[0].as_str()),
                (container, tag),
                "{file}"
            );
        }
    }

    #[test]
    fn what_is_suggested_passes_the_grammar_of_the_library() {
        for file in [
            "a__b--c..d.sif",
            "-x-_1..0-.sif",
            "ÄÖÜ_ß.sif",
            &"long".repeat(99),
            "a_.sif",
        ] {
            let found = suggest(file);
            for name in found.tags.iter().chain([&found.container]) {
                assert!(
                    name.parse::<sifter_library_api::Tag>().is_ok(),
                    "{file} became {name}"
                );
            }
        }
    }

    #[test]
    fn a_download_is_named_after_container_tag_and_architecture() {
        assert_eq!(
            download_name("samtools", "1.22", Some("amd64")),
            "samtools_1.22_amd64.sif"
        );
        assert_eq!(download_name("samtools", "1.22", None), "samtools_1.22.sif");
        let digest = format!("sha256.{}", "ab".repeat(32));
        assert_eq!(
            download_name("samtools", &digest, None),
            "samtools_abababababab.sif"
        );
    }

    #[test]
    fn a29_no_name_of_a_server_leaves_the_folder_or_means_something_else() {
        for (container, tag) in [
            ("../../etc/passwd", "x"),
            ("../../.bashrc", ""),
            ("..\\x", ""),
            ("CON.sif", ""),
            ("a:b", "1"),
            ("x.sif\0.exe", "1"),
            (".", ""),
            ("..\\..\\boot", "x"),
            ("/absolute", "/y"),
            ("a", "../../b"),
            ("con", ""),
            (".hidden", "1"),
            ("-rf", "1"),
            ("x\u{202e}fis", "1"),
            ("a\0b\n", "\u{200b}"),
            ("q?*:<>|\"", "1"),
            ("", ""),
            (&"long".repeat(1250), "t"),
        ] {
            let name = download_name(container, tag, Some("amd64"));
            assert!(
                !name.contains(['/', '\\', '\0', '\n', '\u{202e}', '?', ':', '*']),
                "{name:?}"
            );
            assert!(!name.starts_with(['.', '-']), "{name:?}");
            assert!(!is_device(&name), "{name:?}");
            assert!(
                name.ends_with(".sif") && name.len() <= LONGEST_STEM + 4,
                "{name:?}"
            );
        }
    }
}
