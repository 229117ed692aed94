//! What a refusal asks for (`WWW-Authenticate`, RFC 9110 section 11.6.1), as far as it is about the scopes of a
//! bearer token (RFC 6750 section 3).

use ::http::{HeaderMap, header};
use http_auth::ChallengeRef;
use http_auth::parser::ChallengeParser;

/// The longest header that is read, in bytes.
const LONGEST: usize = 4 << 10;
/// The longest list of scopes that is believed, in bytes.
const LONGEST_SCOPES: usize = 512;

/// The scopes that a token lacks, where an answer says that it lacks any; empty when it does not say which, or
/// names what cannot be a scope.
pub(super) fn missing_scopes(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|value| value.len() <= LONGEST)
        // What comes after a mistake in a header is not read.
        .flat_map(|value| ChallengeParser::new(value).map_while(Result::ok))
        .find_map(|challenge| scopes_of(&challenge))
}

fn scopes_of(challenge: &ChallengeRef<'_>) -> Option<String> {
    let value = |name: &str| {
        let mut named = (challenge.params.iter()).filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.to_unescaped())
    };
    let lacks = challenge.scheme.eq_ignore_ascii_case("bearer")
        && value("error").as_deref() == Some("insufficient_scope");
    lacks.then(|| {
        let scopes = value("scope").unwrap_or_default();
        let scopes: Vec<&str> = scopes.split_ascii_whitespace().collect();
        let scopes = scopes.join(" ");
        let is_good = scopes.len() <= LONGEST_SCOPES && scopes.bytes().all(is_scope_byte);
        if is_good { scopes } else { String::new() }
    })
}

/// A character of a scope (RFC 6749 section 3.3), or the blank between two.
fn is_scope_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, value.parse().unwrap());
        }
        missing_scopes(&headers)
    }

    #[test]
    fn scopes_are_read_from_whichever_challenge_speaks_of_them() {
        let write = Some("library:write".to_owned());
        for values in [
            &[r#"Bearer error="insufficient_scope", scope="library:write""#][..],
            &[r#"bearer Scope="library:write",ERROR=insufficient_scope"#],
            &[
                r#"Basic realm="a, b", Bearer realm="x\"y", error="insufficient_scope", scope=" library:write ""#,
            ],
            &[
                "Negotiate",
                r#"Bearer error="insufficient_scope",scope="library:write""#,
            ],
        ] {
            assert_eq!(said(values), write, "{values:?}");
        }
        let both = r#"Bearer error="insufficient_scope", scope="a  b""#;
        assert_eq!(said(&[both]).as_deref(), Some("a b"));
        let none = r#"Bearer error="insufficient_scope""#;
        assert_eq!(said(&[none]).as_deref(), Some(""));
    }

    #[test]
    fn other_refusals_are_left_alone() {
        for values in [
            &[][..],
            &["Bearer"],
            &[r#"Bearer error="invalid_token", scope="a""#],
            &[r#"Basic error="insufficient_scope""#],
            &[r#"Bearer scope="insufficient_scope""#],
            &["%%% error=insufficient_scope"],
        ] {
            assert_eq!(said(values), None, "{values:?}");
        }
        let long = format!(
            r#"Bearer x="{}", error="insufficient_scope""#,
            "a".repeat(LONGEST)
        );
        assert_eq!(said(&[&long]), None);
    }

    #[test]
    fn what_cannot_be_a_scope_is_not_repeated() {
        let long = "a".repeat(LONGEST_SCOPES + 1);
        for scope in [r#"a\\b"#, r#"a\"b"#, long.as_str()] {
            let value = format!(r#"Bearer error="insufficient_scope", scope="{scope}""#);
            assert_eq!(said(&[&value]).as_deref(), Some(""), "{scope}");
        }
    }
}
