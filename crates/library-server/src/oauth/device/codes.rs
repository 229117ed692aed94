//! The short codes that people read from one screen and type on another.

use std::fmt;

use crate::error::Error;
use crate::ids;

/// No vowels, so that no words come out, and nothing that looks like something else (RFC 8628 section 6.1).
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Letters in a code: 20 to the power of 8 are 34 bits.
const LENGTH: usize = 8;

/// A code to be typed, written `BCDF-GHJK`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct UserCode([u8; LENGTH]);

impl UserCode {
    pub(crate) fn new() -> Result<Self, Error> {
        // The largest multiple of 20 in a byte: what lies above would make some letters likelier.
        const EVEN: u8 = 240;
        let mut letters = [0; LENGTH];
        let mut filled = 0;
        while filled < LENGTH {
            for byte in ids::random::<16>()? {
                let letter = ALPHABET.get(usize::from(byte % 20));
                if let (Some(slot), Some(letter), true) =
                    (letters.get_mut(filled), letter, byte < EVEN)
                {
                    *slot = *letter;
                    filled += 1;
                }
            }
        }
        Ok(Self(letters))
    }

    /// Reads what a person typed: small letters, spaces and dashes do not matter.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut letters = text
            .bytes()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-')
            .map(|byte| byte.to_ascii_uppercase());
        let mut code = [0; LENGTH];
        for slot in &mut code {
            *slot = letters.next().filter(|letter| ALPHABET.contains(letter))?;
        }
        letters.next().is_none().then_some(Self(code))
    }
}

impl fmt::Display for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, letter) in self.0.iter().enumerate() {
            let dash = if position == LENGTH / 2 { "-" } else { "" };
            write!(f, "{dash}{}", char::from(*letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed_in_many_ways() {
        let code = UserCode::new().unwrap();
        let shown = code.to_string();
        assert_eq!(shown.len(), 9);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', ""),
            format!(" {} ", shown.replace('-', " ")),
        ] {
            assert_eq!(UserCode::parse(&typed), Some(code), "{typed}");
        }
        assert_ne!(UserCode::new().unwrap(), code);
    }

    #[test]
    fn nothing_else_is_a_code() {
        for bad in [
            "",
            "BCDF-GHJ",
            "BCDF-GHJKL",
            "ACDF-GHJK",
            "BCDF-GHJ0",
            "ÄÖÜß-GHJK",
        ] {
            assert_eq!(UserCode::parse(bad), None, "{bad}");
        }
    }
}
