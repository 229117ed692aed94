//! Sentences about what a server has, takes and offers.

use super::facts::Facts;
use crate::format::size;

pub(super) fn not_found(facts: &Facts<'_>) -> String {
    let what = facts.some_text("what").unwrap_or_else(|| "It".to_owned());
    if facts.flag("signedIn") {
        return format!(
            "{what} was not found on {}, or your account may not see it. Check the spelling, the tag and --arch.",
            facts.server()
        );
    }
    format!(
        "{what} was not found on {}, or is private. You are not signed in there; check the spelling, the tag and \
         --arch, or run \"sifter-cli login\".",
        facts.server()
    )
}

pub(super) fn quota(facts: &Facts<'_>) -> String {
    let mut text = format!("There is not enough space on {}.", facts.server());
    if let Some(needs) = facts.number("needs") {
        text.push_str(&format!(" The image needs {}", size(needs)));
        match (facts.number("left"), facts.number("total")) {
            (Some(left), Some(total)) => {
                text.push_str(&format!(
                    "; you have {} left of {}.",
                    size(left),
                    size(total)
                ));
            }
            (Some(left), None) => text.push_str(&format!("; you have {} left.", size(left))),
            _ => text.push('.'),
        }
    }
    text.push_str(" Delete images you do not need, or choose another server.");
    text
}

pub(super) fn not_offered(facts: &Facts<'_>) -> String {
    match facts.text("what", "this").as_str() {
        "browser_sign_in" => format!(
            "{} has no sign-in page. Make a token on its web page and name it with --token-file.",
            facts.the_server()
        ),
        "device_code" => format!(
            "{} has no sign-in by a code. Sign in on a computer with a browser, or name a token with --token-file.",
            facts.the_server()
        ),
        "publish" => format!(
            "{} takes keys only from people who are signed in to it, which Sifter cannot do for you. Nothing was \
             published; name another key server with --keyserver, or publish the key on its web page.",
            facts.the_server()
        ),
        "architecture" => {
            "The image does not say which processor it is for, so it cannot be given a tag. Say it \
             with --arch."
                .to_owned()
        }
        "private" => format!(
            "{} makes public containers only. Make a private one on its web page first.",
            facts.the_server()
        ),
        "ranges" => format!(
            "{} sends whole files only, so an image cannot be looked into where it is. Fetch it with \"sifter-cli pull\", \
             then look into the file.",
            facts.the_server()
        ),
        what => format!(
            "{} does not offer {what}. Another server may.",
            facts.the_server()
        ),
    }
}

pub(super) fn local_library(facts: &Facts<'_>) -> String {
    let why = match facts.text("reason", "").as_str() {
        "port" => "its port is taken by another program",
        "already_running" => "another program uses its folder",
        "newer" => "a newer version of Sifter has used it",
        "disk" => "its folder cannot be used",
        "off" => "it was switched off",
        _ => "something went wrong inside it",
    };
    format!("The library on this computer did not start: {why}. Start it in the Sifter app.")
}
