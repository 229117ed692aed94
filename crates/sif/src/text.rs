//! Header, list and info as `siftool` prints them, for people and scripts that know that tool.

use std::fmt::{Display, Write};

use crate::codes::DataType;
use crate::descriptor::{Descriptor, Link};
use crate::header::Header;
use crate::image::Image;
use crate::source::Source;

/// The lines of `siftool header`.
pub fn header_text(header: &Header) -> String {
    let mut rows = Rows::default();
    if let Some(script) = header.launch_script() {
        rows.add("Launch Script", printable(script.trim_end()));
    }
    rows.add("Version", header.version());
    if let Some(arch) = header.arch() {
        rows.add("Primary Architecture", arch);
    }
    if !header.id.is_nil() {
        rows.add("ID", header.id);
    }
    if !header.created.is_zero() {
        rows.add("Created At", header.created);
    }
    if !header.modified.is_zero() {
        rows.add("Modified At", header.modified);
    }
    rows.add("Descriptors Free", header.descriptors_free);
    rows.add("Descriptors Total", header.descriptors_total);
    rows.add("Descriptors Offset", header.descriptors_offset);
    rows.add("Descriptors Size", rounded(header.descriptors_size));
    rows.add("Data Offset", header.data_offset);
    rows.add("Data Size", rounded(header.data_size));
    rows.print("", " ")
}

/// The table of `siftool list`.
pub fn list_text<S: Source>(image: &Image<S>) -> String {
    let rule = "-".repeat(78);
    let mut text =
        format!("{rule}\nID   |GROUP   |LINK    |SIF POSITION (start-end)  |TYPE\n{rule}\n");
    for object in image.descriptors() {
        let link = match object.link() {
            Some(Link::Group(group)) => format!("{group:<3} (G)"),
            other => link(other),
        };
        let end = object.offset().saturating_add(object.size());
        let row = format!(
            "{:<4} |{:<7} |{:<7} |{:<25} |{}\n",
            object.id(),
            group(object),
            link,
            format!("{}-{end}", object.offset()),
            kind(object),
        );
        text.push_str(&row);
    }
    text
}

/// The lines of `siftool info` for one object.
pub fn info_text(object: &Descriptor) -> String {
    let mut rows = Rows::default();
    rows.add("Data Type", object.data_type());
    rows.add("ID", object.id());
    rows.add("Group ID", group(object));
    let link = match object.link() {
        Some(Link::Group(group)) => format!("{group} (G)"),
        other => link(other),
    };
    rows.add("Linked ID", link);
    rows.add("Offset", object.offset());
    rows.add("Size", object.size());
    if !object.created().is_zero() {
        rows.add("Created At", object.created());
    }
    if !object.modified().is_zero() {
        rows.add("Modified At", object.modified());
    }
    if let Some(name) = object.name() {
        rows.add("Name", printable(&name));
    }
    add_metadata(object, &mut rows);
    rows.print("  ", "  ")
}

fn add_metadata(object: &Descriptor, rows: &mut Rows) {
    if let Ok(partition) = object.partition() {
        rows.add("Filesystem Type", partition.file_system);
        rows.add("Partition Type", partition.kind);
        rows.add(
            "Architecture",
            partition.arch.map_or("unknown", |arch| arch.name()),
        );
    } else if let Ok(signature) = object.signature() {
        rows.add("Hash Type", signature.hash);
        if let Some(fingerprint) = signature.fingerprint {
            rows.add("Entity", upper_hex(&fingerprint));
        }
    } else if let Ok(message) = object.crypto_message() {
        rows.add("Format Type", message.format);
        rows.add("Message Type", message.message);
    } else if let Ok(format) = object.sbom() {
        rows.add("Format", format);
    } else if let Ok(digest) = object.oci_digest() {
        rows.add("Digest", digest);
    }
}

/// The last cell of a list row: the data type and what its metadata adds.
fn kind(object: &Descriptor) -> String {
    let data_type = object.data_type();
    match data_type {
        DataType::Partition => object.partition().ok().map(|partition| {
            let arch = partition.arch.map_or("unknown", |arch| arch.name());
            format!(
                "{data_type} ({}/{}/{arch})",
                partition.file_system, partition.kind
            )
        }),
        DataType::Signature => object
            .signature()
            .ok()
            .map(|signature| format!("{data_type} ({})", signature.hash)),
        DataType::CryptoMessage => object
            .crypto_message()
            .ok()
            .map(|message| format!("{data_type} ({}/{})", message.format, message.message)),
        DataType::Sbom => object
            .sbom()
            .ok()
            .map(|format| format!("{data_type} ({format})")),
        _ => None,
    }
    .unwrap_or_else(|| data_type.to_string())
}

fn group(object: &Descriptor) -> String {
    object
        .group()
        .map_or_else(|| "NONE".to_owned(), |group| group.to_string())
}

fn link(link: Option<Link>) -> String {
    match link {
        None => "NONE".to_owned(),
        Some(Link::Object(number) | Link::Group(number)) => number.to_string(),
    }
}

fn upper_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// Text from a file without the control characters that could rewrite a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect()
}

/// A size in whole binary units, half rounded away from zero, as siftool rounds.
fn rounded(size: i64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let Ok(size) = u64::try_from(size) else {
        return format!("{size} B");
    };
    if size < 1024 {
        return format!("{size} B");
    }
    let power = (size.ilog2() / 10).clamp(1, 6);
    let unit = 1_u64 << (power * 10);
    let whole = size / unit + u64::from(size % unit >= unit / 2);
    format!("{whole} {}", UNITS[power as usize - 1])
}

/// Labels and values, the values in one column.
#[derive(Default)]
struct Rows(Vec<(&'static str, String)>);

impl Rows {
    fn add(&mut self, label: &'static str, value: impl Display) {
        self.0.push((label, value.to_string()));
    }

    fn print(&self, indent: &str, gap: &str) -> String {
        let width = self
            .0
            .iter()
            .map(|(label, _)| label.len() + 1)
            .max()
            .unwrap_or_default();
        self.0
            .iter()
            .fold(String::new(), |mut text, (label, value)| {
                let _ = writeln!(text, "{indent}{:<width$}{gap}{value}", format!("{label}:"));
                text
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_half_away_from_zero() {
        for (size, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (28_080, "27 KiB"),
            (1536, "2 KiB"),
            (1535, "1 KiB"),
            (5 << 30, "5 GiB"),
            (i64::MAX, "8 EiB"),
            (-1, "-1 B"),
        ] {
            assert_eq!(rounded(size), text);
        }
    }

    #[test]
    fn control_characters_of_a_name_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\u{FFFD}[2Jb");
    }
}
