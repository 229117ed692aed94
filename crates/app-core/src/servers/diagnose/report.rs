//! The diagnosis as text for somebody who helps. Labels are in English, because helpers read them; there is no secret
//! in what it is made from.

use std::fmt::Write as _;

use sifter_contract::{CheckKind, CheckOutcome, DiagnosisView, Seen, UiError};

use crate::errors::clean;
use crate::system;

pub(super) fn report(view: &DiagnosisView) -> String {
    let mut out = format!(
        "Sifter: {} on {}\nServer: {}\n",
        env!("CARGO_PKG_VERSION"),
        system::os(),
        clean(&view.subject)
    );
    if !view.done {
        out.push_str("State: still looking\n");
    }
    for host in &view.hosts {
        // Writing into a String cannot fail.
        let _ = write!(out, "\n{}\n", host.host);
        for check in &host.checks {
            let _ = writeln!(out, "  {}: {}", name(check.kind), said(&check.outcome));
        }
    }
    out
}

fn name(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Name => "Name (DNS)",
        CheckKind::Proxy => "Proxy",
        CheckKind::Connection => "Connection (TCP)",
        CheckKind::Encryption => "Encryption (TLS)",
        CheckKind::Discovery => "Discovery",
        CheckKind::Library => "Library",
        CheckKind::Keys => "Key server",
        CheckKind::Builder => "Build service",
        CheckKind::Registry => "Registry",
        CheckKind::SignIn => "Sign-in page",
        CheckKind::Account => "Account",
    }
}

fn said(outcome: &CheckOutcome) -> String {
    match outcome {
        CheckOutcome::Waiting | CheckOutcome::Running => "not known yet".to_owned(),
        CheckOutcome::Good { seen } => format!("good, {}", seen_text(seen)),
        CheckOutcome::Bad { error } => bad(error),
        CheckOutcome::Skipped { why } => format!("not looked at ({})", word(why)),
    }
}

fn bad(error: &UiError) -> String {
    let mut text = format!("BAD, {}", word(&error.code));
    for (key, value) in &error.params {
        if key == "server" {
            continue;
        }
        let value = match value {
            sifter_contract::Param::Text(value) => value.clone(),
            sifter_contract::Param::Number(value) => value.to_string(),
            sifter_contract::Param::Flag(value) => value.to_string(),
        };
        let _ = write!(text, ", {key} {value}");
    }
    if !error.details.is_empty() {
        let _ = write!(text, "; {}", error.details);
    }
    // A space, so that an address ends where its line did.
    let line = text.replace(char::is_control, " ");
    clean(&line)
}

fn seen_text(seen: &Seen) -> String {
    match seen {
        Seen::Addresses { addresses } => addresses.join(", "),
        Seen::Connected { to } => format!("connected to {to}"),
        Seen::Through { proxy, system } => {
            let whose = if *system { "of the system" } else { "as set" };
            format!("through {proxy} {whose}")
        }
        Seen::Secured {
            issuer,
            until,
            pinned,
        } => {
            let how = if *pinned {
                ", accepted by a person"
            } else {
                ""
            };
            format!("issued by {issuer}, until {until}{how}")
        }
        Seen::Services { count } => format!("{count} services"),
        Seen::LibraryItself => "the library itself".to_owned(),
        Seen::Version { version } => format!("version {version}"),
        Seen::Answers => "answers".to_owned(),
        Seen::SignInPage { providers } => format!("{providers} other providers"),
        Seen::SignedIn { login } => format!("signed in as {login}"),
    }
}

/// A word as it is written in the contract.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    let text = value.as_ref().and_then(serde_json::Value::as_str);
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use sifter_contract::{Check, DiagnosedHost, ErrorCode, SkipReason};

    use super::*;

    #[test]
    fn a_report_names_every_row_and_no_secret() {
        let row = |kind, outcome| Check { kind, outcome };
        let error = UiError::new(ErrorCode::Unreachable)
            .with("server", "lab")
            .with("how", "refused")
            .details("GET https://ada:hunter2@lab.example/?token=hunter2\nfailed");
        let view = DiagnosisView {
            id: "1".into(),
            subject: "https://ada:hunter2@lab.example".into(),
            done: true,
            hosts: vec![DiagnosedHost {
                host: "lab.example".into(),
                checks: vec![
                    row(
                        CheckKind::Proxy,
                        CheckOutcome::Skipped {
                            why: SkipReason::NoProxy,
                        },
                    ),
                    row(CheckKind::Connection, CheckOutcome::Bad { error }),
                    row(
                        CheckKind::Library,
                        CheckOutcome::Good {
                            seen: Seen::Version {
                                version: "1.2".into(),
                            },
                        },
                    ),
                ],
            }],
        };
        let text = report(&view);
        assert!(!text.contains("hunter2"), "{text}");
        for line in [
            "  Proxy: not looked at (no_proxy)",
            "  Library: good, version 1.2",
        ] {
            assert!(text.lines().any(|found| found == line), "{text}");
        }
        let bad = text.lines().find(|line| line.contains("BAD")).unwrap();
        assert!(bad.starts_with("  Connection (TCP): BAD, unreachable, how refused; GET"));
        assert!(bad.ends_with("failed"));
    }
}
