//! The head of an HTTP/1.1 message: enough of it to find the body and to change a header.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The largest head that is accepted, in bytes.
const LIMIT: usize = 64 << 10;
const END: &[u8] = b"\r\n\r\n";

/// A start line and headers, and what was read beyond them.
#[derive(Debug)]
pub(super) struct Head {
    start: String,
    headers: Vec<(String, String)>,
    /// The first bytes of the body.
    pub(super) rest: Vec<u8>,
}

impl Head {
    /// Reads a head; `None` when the other side closes before it is complete.
    pub(super) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        mut buffer: Vec<u8>,
    ) -> io::Result<Option<Self>> {
        loop {
            if let Some(end) = buffer.windows(END.len()).position(|window| window == END) {
                let rest = buffer.split_off(end + END.len());
                buffer.truncate(end);
                return Self::parse(&buffer, rest).map(Some);
            }
            if buffer.len() > LIMIT {
                return Err(io::Error::other("the head of a message is too long"));
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn parse(head: &[u8], rest: Vec<u8>) -> io::Result<Self> {
        let text = std::str::from_utf8(head).map_err(io::Error::other)?;
        let mut lines = text.split("\r\n");
        let start = lines.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), value.trim().to_owned()))
        };
        let headers = lines
            .map(|line| header(line).ok_or_else(|| io::Error::other("not an HTTP header")))
            .collect::<io::Result<_>>()?;
        Ok(Self {
            start,
            headers,
            rest,
        })
    }

    /// The word of the start line at `index`, from 0.
    pub(super) fn word(&self, index: usize) -> &str {
        self.start.split(' ').nth(index).unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    pub(super) fn is_chunked(&self) -> bool {
        self.header("transfer-encoding")
            .is_some_and(|coding| coding.contains("chunked"))
    }

    /// Removes a header.
    pub(super) fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(header, _)| !header.eq_ignore_ascii_case(name));
    }

    /// Sets a header, in place of any of that name.
    pub(super) fn set(&mut self, name: &str, value: impl ToString) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_string()));
    }

    /// The head as it goes over the wire.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        format!("{}\r\n{}\r\n", self.start, headers.collect::<String>()).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_head_is_split_from_its_body() {
        let mut wire = &b"PUT /a?b HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\nbody"[..];
        let mut head = Head::read(&mut wire, Vec::new()).await.unwrap().unwrap();
        assert_eq!((head.word(0), head.word(1)), ("PUT", "/a?b"));
        assert_eq!(head.rest, b"body");
        assert_eq!(head.header("range"), Some("bytes=0-1"));
        head.remove("RANGE");
        head.set("Connection", "close");
        assert_eq!(
            head.to_bytes(),
            b"PUT /a?b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
    }

    #[tokio::test]
    async fn a_connection_closed_early_has_no_head() {
        let mut wire = &b"GET / HT"[..];
        assert!(Head::read(&mut wire, Vec::new()).await.unwrap().is_none());
    }
}
