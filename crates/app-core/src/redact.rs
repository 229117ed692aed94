//! Takes secrets out of text that leaves the program's memory: the log and the details of errors.
//!
//! A net, not a plan: nothing is meant to put a secret there in the first place. Kept free of regular
//! expressions so that one short file shows all of what it catches.

/// What stands in the place of a secret.
const GONE: &str = "[redacted]";

/// How tokens of known makers begin.
const TOKEN_PREFIXES: [&str; 13] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "dckr_pat_",
    "ya29.",
    "1//0",
    "eyJ",
    "AKIA",
    "ASIA",
];

/// Names whose value is a secret, in addresses, forms and JSON.
const SECRET_NAMES: [&str; 22] = [
    "code",
    "state",
    "nonce",
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "code_verifier",
    "code_challenge",
    "device_code",
    "password",
    "secret",
    "token",
    "ticket",
    "sig",
    "signature",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "cookie",
    "set-cookie",
    "authorization",
];

/// Words before a credential, as in an `Authorization` header.
const SCHEMES: [&str; 2] = ["bearer", "basic"];

/// Shorter words after a known prefix are no tokens.
const SHORTEST_TOKEN: usize = 16;

/// The text without what looks like a secret.
#[must_use]
pub(crate) fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // What comes next is the value of a secret name or of a scheme.
    let mut hide_next = false;
    while !rest.is_empty() {
        let word_end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if word_end == 0 {
            let mut chars = rest.chars();
            let Some(c) = chars.next() else { break };
            hide_next &= is_bridge(c);
            if c == '@' {
                hide_userinfo(&mut out);
            }
            out.push(c);
            rest = chars.as_str();
            continue;
        }
        let (word, after) = rest.split_at(word_end);
        if SCHEMES
            .iter()
            .any(|scheme| word.eq_ignore_ascii_case(scheme))
        {
            out.push_str(word);
            hide_next = true;
        } else if hide_next || is_token(word) {
            out.push_str(GONE);
            hide_next = false;
            // Base64 holds characters that end a word elsewhere.
            rest = &rest[rest.find(ends_value).unwrap_or(rest.len())..];
            continue;
        } else {
            out.push_str(word);
            hide_next = is_secret_name(word) && assigns(after);
        }
        rest = after;
    }
    out
}

/// Characters of tokens, names and values.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "-_.~+%".contains(c)
}

/// Characters that may stand between a secret's name and its value.
fn is_bridge(c: char) -> bool {
    matches!(c, '=' | ':' | '"' | '\\' | ' ' | '\'' | '/' | '(' | '[')
}

/// Characters that no secret holds unescaped.
fn ends_value(c: char) -> bool {
    c.is_whitespace() || "\"'\\&,;()[]{}<>".contains(c)
}

/// Whether a value follows: `name=value`, `"name":"value"`, `name: value`.
fn assigns(after: &str) -> bool {
    let after = after.trim_start_matches(['\\', '"', '\'']);
    after.starts_with('=') || after.starts_with(':')
}

fn is_secret_name(word: &str) -> bool {
    let word = word.rsplit('.').next().unwrap_or(word);
    SECRET_NAMES
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name))
}

fn is_token(word: &str) -> bool {
    word.len() >= SHORTEST_TOKEN && TOKEN_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
}

/// Takes `user:password` out of an address whose `@` comes next.
fn hide_userinfo(out: &mut String) {
    if let Some(start) = out.rfind("://") {
        let start = start + "://".len();
        let userinfo = out.get(start..).unwrap_or_default();
        if !userinfo.is_empty() && !userinfo.contains(['/', '?', '#', ' ', '"']) {
            out.truncate(start);
            out.push_str(GONE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_left_in_the_shapes_that_secrets_come_in() {
        const SECRET: &str = "S3cr3tS3cr3tS3cr3t";
        for text in [
            format!("Authorization: Bearer {SECRET}"),
            format!("authorization: basic {SECRET}"),
            format!("\"authorization\":\"Bearer {SECRET}\""),
            format!("GET /callback?code={SECRET}&state={SECRET}&iss=x"),
            format!("{{\"access_token\":\"{SECRET}\",\"expires_in\":3}}"),
            format!("{{\\\"refresh_token\\\":\\\"{SECRET}\\\"}}"),
            format!("token={SECRET}"),
            format!("Bearer ab/{SECRET}=="),
            format!("https://ada:{SECRET}@library.example/v1"),
            format!("https://{SECRET}@library.example/v1"),
            format!("PUT https://s3.example/b/k?X-Amz-Signature={SECRET}&x=1"),
            format!("https://127.0.0.1:9/blob?exp=1&sig={SECRET}"),
            format!("http://127.0.0.1:9/sign-in?ticket={SECRET}"),
            format!("the server said ghp_{SECRET}"),
            format!("eyJhbGciOiJFUzI1NiJ9.{SECRET}.{SECRET}"),
            format!("glpat-{SECRET} and github_pat_{SECRET}"),
        ] {
            let clean = redact(&text);
            assert!(!clean.contains(SECRET), "{clean}");
            assert!(clean.contains(GONE), "{clean}");
        }
    }

    #[test]
    fn ordinary_lines_stay_as_they_are() {
        for text in [
            "uploaded part 3 of 12 to https://library.example:5000/v1/images/ada/tools/x:1.2?arch=amd64",
            "sha256.2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "status code 507 after 3 s",
            "the token is refused",
            "größe ändern, naïve ✓",
            "mail ada@example.org",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
