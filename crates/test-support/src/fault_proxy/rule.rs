//! Rules: which request meets which fault.

use std::time::Duration;

/// Which way bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The body of the request, from client to server.
    Upload,
    /// The body of the answer, from server to client.
    Download,
}

/// What goes wrong. Positions count bytes of a body, from 0, transfer coding included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The request waits before it is passed on.
    Delay(Duration),
    /// Bodies travel no faster than this on each connection, in bytes per second, both ways.
    Bandwidth(u64),
    /// After this many bytes the connection is closed in an orderly way. With the whole length of
    /// an upload the server receives everything and its answer is lost.
    DropAfter(Direction, u64),
    /// After this many bytes the connection is reset.
    ResetAfter(Direction, u64),
    /// After this many bytes nothing moves any more, and the connection stays open.
    StallAfter(Direction, u64),
    /// After this many bytes a single byte comes now and then, so that the connection is never silent.
    TrickleAfter(Direction, u64),
    /// The proxy answers with this status itself, with `Retry-After` in seconds if given; the
    /// server never hears of the request.
    Status(u16, Option<u32>),
    /// The server does the work, but its answer is replaced by this status: a lost confirmation.
    StatusAfterwards(u16),
    /// The answer's body is cut to this many bytes, and its stated length corrected, so that
    /// nothing but the content shows it.
    Truncate(u64),
    /// Every bit of the byte at this position is turned.
    FlipByte(Direction, u64),
    /// The server is not told of the `Range` asked for, so that it answers 200 with everything.
    IgnoreRange,
    /// The request is read whole, and no answer ever comes.
    HalfOpen,
}

/// Which requests meet a fault.
#[derive(Debug, Clone)]
pub struct Rule {
    method: Option<String>,
    path: String,
    occurrences: Occurrences,
    fault: Fault,
}

#[derive(Debug, Clone, Copy)]
enum Occurrences {
    Every,
    First(usize),
    Nth(usize),
}

impl Rule {
    /// Every request whose target (path and query) contains `path` meets `fault`.
    pub fn new(path: impl Into<String>, fault: Fault) -> Self {
        Self {
            method: None,
            path: path.into(),
            occurrences: Occurrences::Every,
            fault,
        }
    }

    /// Only requests with this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only the first `count` of the requests that match.
    #[must_use]
    pub fn first(mut self, count: usize) -> Self {
        self.occurrences = Occurrences::First(count);
        self
    }

    /// Only the `n`th of the requests that match, from 1.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.occurrences = Occurrences::Nth(n);
        self
    }

    /// The text that its requests contain.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same rule for other requests.
    #[must_use]
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    pub(super) fn arm(self) -> Armed {
        Armed {
            rule: self,
            matched: 0,
        }
    }
}

/// A rule that counts what it has seen.
#[derive(Debug)]
pub(super) struct Armed {
    rule: Rule,
    matched: usize,
}

impl Armed {
    /// The fault, if this request is one to meet it.
    pub(super) fn due(&mut self, method: &str, target: &str) -> Option<Fault> {
        let Rule {
            method: wanted,
            path,
            occurrences,
            fault,
        } = &self.rule;
        if wanted.as_ref().is_some_and(|wanted| wanted != method) || !target.contains(path) {
            return None;
        }
        self.matched += 1;
        let due = match *occurrences {
            Occurrences::Every => true,
            Occurrences::First(count) => self.matched <= count,
            Occurrences::Nth(n) => self.matched == n,
        };
        due.then(|| fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_only_what_it_matches() {
        let mut rule = Rule::new("/part", Fault::HalfOpen)
            .method("PUT")
            .nth(2)
            .arm();
        let requests = [("GET", "/part"), ("PUT", "/other"), ("PUT", "/part/1")];
        assert!(
            requests
                .iter()
                .all(|(method, target)| rule.due(method, target).is_none())
        );
        assert_eq!(rule.due("PUT", "/part/2"), Some(Fault::HalfOpen));
        assert_eq!(rule.due("PUT", "/part/3"), None);
    }

    #[test]
    fn the_first_ones_are_the_first_ones() {
        let mut rule = Rule::new("", Fault::HalfOpen).first(2).arm();
        let due: Vec<bool> = (0..4).map(|_| rule.due("GET", "/").is_some()).collect();
        assert_eq!(due, [true, true, false, false]);
    }
}
