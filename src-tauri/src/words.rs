//! The few sentences that the system shows for Sifter while its window may not be there to show its own.

use sifter_app_core::{Notice, Reminder, RevokedSigner};

/// Sifter's name.
pub(crate) const APP: &str = "Sifter";

/// Why the computer does not fall asleep.
pub(crate) const STAYS_AWAKE: &str = "Files are being transferred";

/// Title and text of a notification.
pub(crate) fn notice(notice: &Notice) -> (String, String) {
    let Notice {
        uploads,
        downloads,
        stopped,
        file_name,
        reminder,
        revoked,
    } = notice;
    if let Some(reminder) = reminder {
        return ending(reminder);
    }
    if let Some(signer) = revoked {
        return taken_back(signer);
    }
    if let Some(name) = file_name {
        let what = match (uploads, downloads) {
            (1, _) => "Uploaded.",
            (_, 1) => "Downloaded, and its digest verified.",
            _ => "It stopped and needs you.",
        };
        return (name.clone(), what.to_owned());
    }
    let done = [(uploads, "upload"), (downloads, "download")];
    let mut parts: Vec<String> = done
        .into_iter()
        .filter(|(count, _)| **count > 0)
        .map(|(count, what)| counted(*count, what))
        .collect();
    if let Some(last) = parts.last_mut() {
        last.push_str(" finished");
    }
    if *stopped > 0 {
        let needs = if *stopped == 1 { "needs" } else { "need" };
        parts.push(format!("{stopped} {needs} you"));
    }
    let title = if *stopped > 0 {
        "Transfers need you"
    } else {
        "Transfers finished"
    };
    (title.to_owned(), format!("{}.", parts.join(", ")))
}

/// A token that ends, or has ended.
fn ending(reminder: &Reminder) -> (String, String) {
    let server = &reminder.server;
    match reminder.days {
        0 => (
            format!("Your token for {server} has ended"),
            "Open Sifter to sign in again.".to_owned(),
        ),
        1 => (
            format!("Your token for {server} ends within a day"),
            "Open Sifter to replace it, so that nothing stops.".to_owned(),
        ),
        days => (
            format!("Your token for {server} ends within {days} days"),
            "Open Sifter to replace it in time.".to_owned(),
        ),
    }
}

/// A key that its owner does not want to be believed any more.
fn taken_back(signer: &RevokedSigner) -> (String, String) {
    let text = match signer.downloads {
        0 => "Nothing that is still on this computer was signed with it.".to_owned(),
        count => format!(
            "{} on this computer: open Sifter to see which.",
            signed(count)
        ),
    };
    (format!("The key of {} is revoked", signer.name), text)
}

fn signed(count: u32) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!("{} {were} signed with it", counted(count, "download"))
}

fn counted(count: u32, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_counts_what_ended_and_names_one_alone() {
        let several = |uploads, downloads, stopped| {
            let of = Notice {
                uploads,
                downloads,
                stopped,
                ..Notice::default()
            };
            notice(&of).1
        };
        assert_eq!(several(3, 0, 1), "3 uploads finished, 1 needs you.");
        assert_eq!(several(1, 2, 0), "1 upload, 2 downloads finished.");
        assert_eq!(several(0, 0, 2), "2 need you.");
        let ends = Notice {
            reminder: Some(Reminder {
                server: "lab".into(),
                days: 7,
            }),
            ..Notice::default()
        };
        assert_eq!(notice(&ends).0, "Your token for lab ends within 7 days");
        let revoked = |downloads| {
            notice(&Notice {
                revoked: Some(RevokedSigner {
                    name: "Ada".into(),
                    downloads,
                }),
                ..Notice::default()
            })
        };
        assert_eq!(revoked(0).0, "The key of Ada is revoked");
        assert!(revoked(2).1.starts_with("2 downloads were signed with it"));
        let one = Notice {
            downloads: 1,
            file_name: Some("samtools_1.22.sif".into()),
            ..Notice::default()
        };
        assert_eq!(
            notice(&one),
            (
                "samtools_1.22.sif".to_owned(),
                "Downloaded, and its digest verified.".to_owned()
            )
        );
    }
}
