//! Judging one request at the listener.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::answer::Answer;
use super::{Door, Expect, Outcome};
use crate::error::error_word;

/// What to do with a request.
pub(super) enum Verdict {
    /// Answer it; the sign-in goes on waiting.
    Refuse(Answer),
    /// It is the answer of this sign-in.
    Accept(Outcome),
}

/// Judges a request head (without its blank line).
pub(super) fn judge(head: &str, door: &Door) -> Verdict {
    match target(head, door) {
        Ok(query) => answer_in(query, &door.expect),
        Err(answer) => Verdict::Refuse(answer),
    }
}

/// The query of a request that is a plain navigation to the redirect address.
fn target<'a>(head: &'a str, door: &Door) -> Result<&'a str, Answer> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Answer::bad_request());
    };
    let mut headers = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(Answer::bad_request)?;
        headers.push((name.to_ascii_lowercase(), value.trim()));
    }
    let values = |wanted: &str| -> Vec<&str> {
        let named = headers.iter().filter(|(name, _)| name == wanted);
        named.map(|(_, value)| *value).collect()
    };
    // A name that was made to point at 127.0.0.1 (DNS rebinding) shows in `Host`.
    if values("host") != [door.host.as_str()] {
        return Err(Answer::wrong_host());
    }
    if method != "GET" {
        return Err(Answer::wrong_method());
    }
    if !target.starts_with('/') {
        return Err(Answer::bad_request());
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != door.path {
        return Err(Answer::not_found());
    }
    // Browsers say what a request is for; an image, a frame or a script may not deliver a code.
    // Old browsers say nothing.
    let only = |name: &str, wanted: &str| values(name).iter().all(|value| *value == wanted);
    if !only("sec-fetch-mode", "navigate") || !only("sec-fetch-dest", "document") {
        return Err(Answer::forbidden());
    }
    Ok(query)
}

fn answer_in(query: &str, expect: &Expect) -> Verdict {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let values = |wanted: &str| -> Vec<&str> {
        let named = pairs.iter().filter(|(name, _)| name == wanted);
        named.map(|(_, value)| value.as_ref()).collect()
    };
    let right_state = match values("state")[..] {
        [state] => state
            .as_bytes()
            .ct_eq(expect.state.expose_secret().as_bytes())
            .into(),
        _ => false,
    };
    if !right_state {
        return Verdict::Refuse(Answer::not_ours());
    }
    let right_issuer = match values("iss")[..] {
        [] => !expect.issuer_required,
        [issuer] => expect.issuer.is(issuer),
        _ => false,
    };
    if !right_issuer {
        return Verdict::Accept(Outcome::IssuerMismatch);
    }
    match (&values("error")[..], &values("code")[..]) {
        ([error], _) => {
            let why = values("error_description");
            let number = why.first().and_then(|text| entra_number(text));
            Verdict::Accept(Outcome::Denied(match number {
                Some(number) => format!("{}:{number}", error_word(error)),
                None => error_word(error),
            }))
        }
        ([], [code]) if is_code(code) => Verdict::Accept(Outcome::Code(SecretString::from(*code))),
        _ => Verdict::Refuse(Answer::not_ours()),
    }
}

/// The number by which Microsoft says what `error` leaves open, such as `AADSTS65001`.
fn entra_number(text: &str) -> Option<&str> {
    let start = text.find("AADSTS")?;
    let rest = text.get(start..)?;
    let digits = rest.get(6..)?.bytes().take_while(u8::is_ascii_digit);
    let length = digits.count();
    (4..=7).contains(&length).then(|| rest.get(..6 + length))?
}

/// RFC 6749 A.11: printable ASCII. Anything else was not made by an authorization server.
fn is_code(code: &str) -> bool {
    !code.is_empty() && code.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}
