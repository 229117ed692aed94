//! The answer to a search, as key servers write it for programs.

use percent_encoding::{percent_decode_str, utf8_percent_encode};

use super::QUERY;
use crate::openpgp::{Certificate, Time};

/// The most keys read from one answer to a search.
const MOST_ENTRIES: usize = 10_000;

/// A key in the answer to a search. All of it is the server's claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Fingerprint or key id, upper-case digits.
    pub id: String,
    /// Number of the algorithm in OpenPGP; 1 RSA, 22 EdDSA.
    pub algorithm: Option<u8>,
    /// Length of the key in bits.
    pub bits: Option<u32>,
    /// When it was made.
    pub created: Option<Time>,
    /// When it ends.
    pub expires: Option<Time>,
    /// Whether its owner has revoked it.
    pub revoked: bool,
    /// Whether it has ended or is disabled.
    pub disabled: bool,
    /// Its names.
    pub names: Vec<String>,
}

impl Entry {
    /// What a key server says about a certificate.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        Self {
            id: certificate.fingerprint().to_string(),
            algorithm: Some(certificate.algorithm_number()),
            bits: Some(certificate.bits()).filter(|bits| *bits > 0),
            created: Some(certificate.created()),
            expires: certificate.expires(),
            revoked: certificate.revoked().is_some(),
            disabled: false,
            names: certificate.names().to_vec(),
        }
    }

    fn write(&self, now: Time, text: &mut String) {
        let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
        // Official clients know no more than one flag at a time.
        let flag = match self.expires {
            _ if self.revoked => "r",
            _ if self.disabled => "d",
            Some(end) if end <= now => "e",
            _ => "",
        };
        let fields = [
            "pub".to_owned(),
            self.id.clone(),
            // Official clients fail on an empty number.
            self.algorithm.unwrap_or(0).to_string(),
            self.bits.unwrap_or(0).to_string(),
            number(self.created.map(|time| time.0)),
            number(self.expires.map(|time| time.0)),
            flag.to_owned(),
        ];
        text.push_str(&fields.join(":"));
        text.push('\n');
        for name in &self.names {
            let name = utf8_percent_encode(name, QUERY);
            text.push_str(&format!("uid:{name}:::\n"));
        }
    }
}

/// Writes the machine-readable answer to a search, as it is right at `now`. The count is that of the keys in
/// this answer: official clients compare the two.
#[must_use]
pub fn write_index(entries: &[Entry], now: Time) -> String {
    let mut text = format!("info:1:{}\n", entries.len());
    for entry in entries {
        entry.write(now, &mut text);
    }
    text
}

/// Reads the machine-readable answer to a search. Lines that are not understood are passed over, and the
/// stated count is not relied on: servers disagree about both.
pub fn parse_index(answer: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in answer.lines() {
        let mut fields = line.trim_end().split(':');
        match fields.next() {
            Some("pub") if entries.len() < MOST_ENTRIES => entries.extend(entry(&mut fields)),
            Some("pub") => break,
            Some("uid") => {
                let name = fields.next().map(name).filter(|name| !name.is_empty());
                if let Some(entry) = entries.last_mut() {
                    entry.names.extend(name);
                }
            }
            _ => {}
        }
    }
    entries
}

fn entry<'t>(fields: &mut impl Iterator<Item = &'t str>) -> Option<Entry> {
    let id = fields.next()?;
    let is_id = (8..=64).contains(&id.len()) && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !is_id {
        return None;
    }
    let mut number = || fields.next().and_then(|text| text.parse::<u32>().ok());
    let (algorithm, bits, created, expires) = (number(), number(), number(), number());
    let flags = fields.next().unwrap_or_default();
    Some(Entry {
        id: id.to_ascii_uppercase(),
        algorithm: algorithm.and_then(|number| u8::try_from(number).ok()),
        bits,
        created: created.map(|seconds| Time(seconds.into())),
        expires: expires.map(|seconds| Time(seconds.into())),
        revoked: flags.contains('r'),
        disabled: flags.contains(['d', 'e']),
        names: Vec::new(),
    })
}

fn name(text: &str) -> String {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8_lossy();
    decoded
        .chars()
        .filter(|c| !c.is_control())
        .take(512)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_far_as_they_can_be() {
        let answer = "info:1:9\r\n\
            pub:12045c8c0b1004d058de4beda20c27ee7ff7ba84:1:2048:1588291200:1903651200:\r\n\
            uid:Ada+Lovelace+%3Cada%40example.org%3E:1588291200::\r\nuid::::\r\n\
            pub:short\n\
            pub:A20C27EE7FF7BA84:22:::x:re\nuid:Bob%0A%1b[31m\nnoise\n";
        let entries = parse_index(answer);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].names, ["Ada Lovelace <ada@example.org>"]);
        assert_eq!(
            (entries[0].algorithm, entries[0].bits),
            (Some(1), Some(2048))
        );
        assert_eq!(
            (entries[0].created, entries[0].expires),
            (Some(Time(1_588_291_200)), Some(Time(1_903_651_200)))
        );
        assert!(!entries[0].revoked && !entries[0].disabled);
        assert_eq!(entries[1].names, ["Bob[31m"], "no control characters");
        assert_eq!((entries[1].algorithm, entries[1].bits), (Some(22), None));
        assert!(entries[1].revoked && entries[1].disabled);
        assert!(parse_index("").is_empty());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let entry = Entry {
            id: "12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84".to_owned(),
            algorithm: Some(1),
            bits: Some(2048),
            created: Some(Time(1_588_291_200)),
            expires: None,
            revoked: false,
            disabled: false,
            names: vec!["Ada: 100 % + <ada@example.org>".to_owned()],
        };
        let now = Time(1_700_000_000);
        let text = write_index(std::slice::from_ref(&entry), now);
        assert_eq!(
            text,
            "info:1:1\npub:12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84:1:2048:1588291200::\n\
             uid:Ada%3A%20100%20%25%20%2B%20%3Cada%40example.org%3E:::\n"
        );
        assert_eq!(parse_index(&text), std::slice::from_ref(&entry));
        let ended = Entry {
            expires: Some(now),
            ..entry.clone()
        };
        assert!(write_index(std::slice::from_ref(&ended), now).contains(":1700000000:e\n"));
        let revoked = Entry {
            revoked: true,
            ..ended
        };
        let read = parse_index(&write_index(&[revoked, entry], now));
        assert!(read[0].revoked && !read[0].disabled && !read[1].revoked);
        assert_eq!(write_index(&[], now), "info:1:0\n");
    }
}
