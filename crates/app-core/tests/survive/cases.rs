//! The faults, and what has to come of each.

use std::time::Duration;

use sifter_contract::ErrorCode;
use sifter_test_support::{Direction, Fault, Rule};

use crate::stage::{
    FILLING, GIVES, Mode, PARALLEL, PART, REGISTRY_GIVES, REGISTRY_TAKES, TAKES, TRIES,
};

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Push,
    Pull,
}

/// How it has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Well.
    Done,
    /// Well, learned by asking.
    DoneLate,
    /// With this error while the fault lasts, and well when it is gone.
    Fails(ErrorCode),
}

/// One fault of one way in one mode.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) fault: &'static str,
    pub(crate) way: Way,
    pub(crate) mode: Mode,
    pub(crate) rules: Vec<Rule>,
    pub(crate) end: End,
    /// Parts that may cross the line again.
    pub(crate) parts_again: u64,
    /// How long it takes at least, because the server asked to wait.
    pub(crate) at_least: Duration,
    /// How long silence may last.
    pub(crate) silence: Duration,
    /// How long signed addresses work.
    pub(crate) addresses: Duration,
    /// The network goes away in the middle and comes back.
    pub(crate) outage: bool,
    /// Runs with every `cargo test`.
    pub(crate) sample: bool,
}

impl Case {
    /// Bytes of one part: of the whole file when it goes in one piece.
    pub(crate) fn part(&self) -> u64 {
        match self.mode {
            Mode::Single => FILLING + PART,
            Mode::Parts | Mode::Oci | Mode::Fragile => PART,
        }
    }
}

/// Every case of one way and one mode.
struct Cases {
    way: Way,
    mode: Mode,
    all: Vec<Case>,
}

impl Cases {
    /// The fault meets requests for data.
    fn rule(&self, fault: Fault) -> Rule {
        match (self.way, self.mode) {
            (Way::Push, Mode::Single | Mode::Parts) => Rule::new(TAKES, fault),
            (Way::Pull, Mode::Single | Mode::Parts) => Rule::new(GIVES, fault),
            (Way::Push, _) => Rule::new(REGISTRY_TAKES, fault).method("PATCH"),
            (Way::Pull, _) => Rule::new(REGISTRY_GIVES, fault).method("GET"),
        }
    }

    fn direction(&self) -> Direction {
        match self.way {
            Way::Push => Direction::Upload,
            Way::Pull => Direction::Download,
        }
    }

    /// Parts in all.
    fn whole(&self) -> u64 {
        match self.mode {
            Mode::Single => 1,
            Mode::Parts | Mode::Oci | Mode::Fragile => FILLING / PART + 2,
        }
    }

    fn add(&mut self, fault: &'static str, rule: Rule, end: End, parts_again: u64) -> &mut Case {
        self.all.push(Case {
            fault,
            way: self.way,
            mode: self.mode,
            rules: vec![rule],
            end,
            parts_again,
            at_least: Duration::ZERO,
            silence: Duration::from_millis(1500),
            addresses: Duration::from_secs(3600),
            outage: false,
            sample: false,
        });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    /// The fault meets one request for data, which is not the first where there are several.
    fn once(&mut self, name: &'static str, fault: Fault) -> &mut Case {
        let rule = self.rule(fault).nth(self.whole().min(2) as usize);
        self.add(name, rule, End::Done, 1)
    }

    /// The fault meets every request for data.
    fn always(&mut self, name: &'static str, fault: Fault, end: End, again: u64) -> &mut Case {
        self.add(name, self.rule(fault), end, again)
    }

    fn common(&mut self) {
        let (way, half) = (self.direction(), PART / 2 + 17);
        let second = Duration::from_secs(1);
        let slow = Fault::Delay(Duration::from_millis(300));
        self.always("delay of 300 ms", slow, End::Done, 0);
        // Silence begins when the system has taken the last byte, which is not when it has sent it.
        let drains = Duration::from_secs(6);
        self.always("3 MiB a second", Fault::Bandwidth(3 << 20), End::Done, 0)
            .silence = drains;
        self.once("closed within a part", Fault::DropAfter(way, half))
            .sample = true;
        self.once("reset within a part", Fault::ResetAfter(way, half))
            .sample = true;
        self.once("stands still within a part", Fault::StallAfter(way, half))
            .sample = true;
        self.once("no answer", Fault::HalfOpen);
        let throttled = self.once("429, Retry-After 1", Fault::Status(429, Some(1)));
        (throttled.sample, throttled.at_least) = (true, second);
        self.once("500", Fault::Status(500, None));
        self.once("502", Fault::Status(502, None));
        self.once("503, Retry-After 1", Fault::Status(503, Some(1)))
            .at_least = second;
        self.once("504", Fault::Status(504, None)).sample = true;
        self.once("answer replaced by 502", Fault::StatusAfterwards(502));
        if self.mode == Mode::Oci {
            self.once("401, token ran out", Fault::Status(401, None))
                .sample = true;
        } else {
            let late = Fault::Delay(Duration::from_millis(2200));
            let expired = self.once("403, address expired", late);
            expired.silence = Duration::from_secs(5);
            expired.addresses = Duration::from_secs(2);
        }
        let tries = u64::from(TRIES) * PARALLEL as u64;
        let unreachable = End::Fails(ErrorCode::Unreachable);
        self.always("503 for ever", Fault::Status(503, None), unreachable, tries)
            .sample = true;
        // A signed address that is refused has run out; a registry means the account.
        let refused = match (self.way, self.mode) {
            (Way::Push, Mode::Oci) => End::Fails(ErrorCode::Forbidden),
            _ => unreachable,
        };
        self.always("403 for ever", Fault::Status(403, None), refused, tries);
        let parallel = PARALLEL as u64;
        let line = Fault::Bandwidth(3 << 20);
        let gone = self.always("network gone for a while", line, End::Done, parallel);
        (gone.outage, gone.silence) = (true, drains);
    }

    fn push(&mut self) {
        let whole = self.whole();
        let flip = Fault::FlipByte(Direction::Upload, PART / 2);
        let wrong = self.once("wrong byte", flip.clone());
        wrong.sample = true;
        if wrong.mode == Mode::Oci {
            // Only the whole blob has a digest.
            wrong.parts_again = whole;
        }
        let tries = 40 * self.whole();
        let refused = End::Fails(ErrorCode::NotConfirmed);
        self.always("wrong byte for ever", flip, refused, tries);
        let (completes, begins, tags) = match self.mode {
            Mode::Oci => (
                Rule::new("/manifests/sha256.", Fault::StatusAfterwards(504)).method("PUT"),
                Rule::new("/v1/oci-redirect", Fault::Status(503, None)),
                Rule::new("/manifests/1", Fault::Status(500, None)).method("PUT"),
            ),
            _ => (
                Rule::new("_complete", Fault::StatusAfterwards(504)),
                Rule::new("/v2/imagefile/", Fault::Status(503, None)),
                Rule::new("/tags/", Fault::Status(500, None)).method("POST"),
            ),
        };
        self.add("504 after completion", completes.first(1), End::DoneLate, 0)
            .sample = true;
        self.add("503 at the beginning", begins.first(2), End::Done, 0);
        self.add("500 at the tags", tags.first(2), End::Done, 0);
        if self.mode == Mode::Oci {
            let rule = |fault| Rule::new(REGISTRY_TAKES, fault).first(1);
            let blob = rule(Fault::StatusAfterwards(504)).method("PUT");
            self.add("504 after the blob", blob, End::Done, 0);
            let start = rule(Fault::Status(503, None)).method("POST");
            self.add("503 at the upload", start, End::Done, 0);
            let status = rule(Fault::Status(503, None)).method("GET");
            let lost = self.rule(Fault::StatusAfterwards(502)).nth(2);
            self.add("502, then 503 at the status", lost, End::Done, 0)
                .rules
                .push(status);
        }
    }

    /// What a registry that forgets makes of it: the upload begins again, and says so.
    fn forgotten(&mut self) {
        let (half, whole) = (PART / 2 + 17, self.whole());
        let closed = Fault::DropAfter(Direction::Upload, half);
        let closed = self.once("closed within a part", closed);
        (closed.parts_again, closed.sample) = (whole, true);
        let unheard = Fault::StatusAfterwards(502);
        self.once("answer replaced by 502", unheard).parts_again = whole;
        self.once("503", Fault::Status(503, None)).parts_again = 1;
    }

    fn pull(&mut self) {
        let (whole, flip) = (self.whole(), Fault::FlipByte(Direction::Download, PART / 2));
        let wrong = self.once("wrong byte", flip.clone());
        // Nothing says which range arrived wrong.
        (wrong.parts_again, wrong.sample) = (whole, true);
        let damaged = End::Fails(ErrorCode::Damaged);
        self.always("wrong byte for ever", flip, damaged, 2 * whole);
        // Some bytes always come, so that no silence gives it away.
        let trickle = Fault::TrickleAfter(Direction::Download, PART / 2 + 17);
        self.once("a byte now and then", trickle).sample = true;
        self.once("body cut short", Fault::Truncate(PART / 2))
            .sample = true;
        let refused = End::Fails(ErrorCode::InvalidAnswer);
        let short = Fault::Truncate(PART / 2);
        self.always("body cut short for ever", short, refused, 2 * whole);
        // A server without ranges has only the whole file to send.
        let again = (PARALLEL as u64 + 1) * (FILLING / PART + 2);
        self.always("200 instead of 206", Fault::IgnoreRange, End::Done, again)
            .sample = true;
        let resolve = if self.mode == Mode::Oci {
            "/manifests/"
        } else {
            "/v1/imagefile/"
        };
        let resolve = Rule::new(resolve, Fault::Status(503, None)).first(2);
        self.add("503 at the beginning", resolve, End::Done, 0);
    }
}

/// Everything that can go wrong on the line.
pub(crate) fn all() -> Vec<Case> {
    let mut found = Vec::new();
    for way in [Way::Push, Way::Pull] {
        for mode in [Mode::Single, Mode::Parts, Mode::Oci] {
            let mut cases = Cases {
                way,
                mode,
                all: Vec::new(),
            };
            cases.common();
            match way {
                Way::Push => cases.push(),
                Way::Pull => cases.pull(),
            }
            found.append(&mut cases.all);
        }
    }
    let mut forgetting = Cases {
        way: Way::Push,
        mode: Mode::Fragile,
        all: Vec::new(),
    };
    forgetting.forgotten();
    found.append(&mut forgetting.all);
    found
}
