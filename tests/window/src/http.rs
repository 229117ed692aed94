//! One HTTP request at a time, to a server of this computer.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::{Context, Result};

use crate::programs::PATIENCE;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// Asks the server at `address` (host and port) for a path.
///
/// # Errors
/// When there is no answer or it is not HTTP.
pub fn get(address: &str, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
    let mut lines = String::new();
    for (name, value) in headers {
        lines.push_str(&format!("{name}: {value}\r\n"));
    }
    exchange(address, &format!("GET {path}"), &lines, "")
}

/// Sends a form, whose names and values need no escaping, to the server at `address`.
///
/// # Errors
/// When there is no answer or it is not HTTP.
pub fn post_form(address: &str, path: &str, form: &str) -> Result<Answer> {
    let length = form.len();
    let lines =
        format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n");
    exchange(address, &format!("POST {path}"), &lines, form)
}

fn exchange(address: &str, what: &str, lines: &str, body: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("asking {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = format!("{what} HTTP/1.0\r\nHost: {address}\r\n{lines}\r\n{body}");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    // The connection may be kept open, so the stated length ends the answer too.
    while !is_whole(&answer) {
        match stream.read(&mut buffer)? {
            0 => break,
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").context("no HTTP answer")?;
    let status = head.split_whitespace().nth(1).context("no status")?;
    Ok(Answer {
        status: status.parse()?,
        body: body.to_owned(),
    })
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, _)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let named = name.eq_ignore_ascii_case("content-length");
        named.then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| answer.len() >= head.len() + 4 + length)
}
