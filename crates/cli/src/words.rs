//! Every sentence about a failure: what happened, why, what now. One arm per code of the contract, so that a new
//! code does not compile until it has its words.

mod command_line;
mod facts;
mod keys;
mod servers;
mod sign_in;

use sifter_contract::{ErrorCode, UiError};

use crate::format::{duration, size};
use facts::Facts;

/// What a person reads about an error.
pub(crate) fn sentence(error: &UiError) -> String {
    let facts = Facts(error);
    match error.code {
        ErrorCode::InvalidRequest => "Sifter asked itself for something that makes no sense. \
             This is a defect; please report it with the details."
            .to_owned(),
        ErrorCode::InvalidAddress => format!(
            "\"{}\" is not the address of a server. Write a host such as cloud.sylabs.io, or an address that \
             begins with https://.",
            facts.text("text", "the text")
        ),
        ErrorCode::InvalidName => invalid_name(&facts),
        ErrorCode::NotFound => servers::not_found(&facts),
        ErrorCode::SignInNeeded => format!(
            "{} wants to know who you are. Run \"sifter-cli login\" first, or name a token with --token-file.",
            facts.the_server()
        ),
        ErrorCode::SignInExpired => format!(
            "{} does not accept the sign-in any more. Run \"sifter-cli login\" again, or use a newer token.",
            facts.the_server()
        ),
        ErrorCode::Forbidden => match facts.some_text("owner") {
            Some(owner) => format!(
                "Your account may not do this on {}: it belongs to {owner}. Choose a place of your own, or ask the owner.",
                facts.server()
            ),
            None => format!(
                "Your account may not do this on {}. Choose a place of your own, or ask its owner.",
                facts.server()
            ),
        },
        ErrorCode::QuotaExceeded => servers::quota(&facts),
        ErrorCode::DiskFull => disk_full(&facts),
        ErrorCode::Throttled => match facts.number("seconds").filter(|seconds| *seconds > 0) {
            Some(seconds) => format!(
                "{} asks to slow down. Try again in {}.",
                facts.the_server(),
                duration(seconds)
            ),
            None => format!("{} asks to slow down. Try again in a while.", facts.the_server()),
        },
        ErrorCode::ServerFault => match facts.number("status") {
            Some(status) => format!(
                "{} could not do it and answered {status}. The fault is on its side; trying again later may help.",
                facts.the_server()
            ),
            None => format!(
                "{} could not do it. The fault is on its side; trying again later may help.",
                facts.the_server()
            ),
        },
        ErrorCode::HostUnknown => format!(
            "No server is called {}. Check the spelling, and whether this computer is online.",
            facts.server()
        ),
        ErrorCode::Unreachable => format!(
            "{} does not answer. It may be down, or a firewall or proxy is in between; try again later.",
            facts.the_server()
        ),
        ErrorCode::CertificateUntrusted => format!(
            "The certificate of {} is not trusted on this computer, so nothing was sent. Ask the administrator of \
             the server for its certificate authority.",
            facts.server()
        ),
        ErrorCode::CertificateChanged => format!(
            "The certificate of {} is not the one that was accepted for it, so nothing was sent. If its administrator \
             has renewed it, look at the new one in the Sifter app.",
            facts.server()
        ),
        ErrorCode::CertificateInvalid => format!(
            "The certificate of {} cannot be used, so nothing was sent. Ask the administrator of the server to renew it.",
            facts.server()
        ),
        ErrorCode::AuthorityUnusable => format!(
            "{} holds no certificate authority that can be used.",
            facts.file()
        ),
        ErrorCode::ProxyFailed => format!(
            "The proxy on the way to {} does not let it through. Look at the proxy in the settings of the Sifter app.",
            facts.server()
        ),
        ErrorCode::NotSecured => format!(
            "The connection to {} could not be secured. The port may be one without encryption.",
            facts.server()
        ),
        ErrorCode::NotEncrypted => format!(
            "{} is reached without encryption, so anyone on the network could read what you send. If you accept \
             that, connect it once in the Sifter app; the command line then uses it too.",
            facts.the_server()
        ),
        ErrorCode::NotALibrary => format!(
            "Something answers at {}, but not as a container library. Check the address.",
            facts.server()
        ),
        ErrorCode::InvalidAnswer => format!(
            "The answer of {} made no sense. It may be an old or a different kind of server.",
            facts.server()
        ),
        ErrorCode::NotOffered => servers::not_offered(&facts),
        ErrorCode::OciImage => "This is a Docker image, not a Singularity file (SIF), so it cannot be fetched from a \
             library. Pull it with \"singularity pull docker://…\"."
            .to_owned(),
        ErrorCode::Damaged => "The bytes that arrived are not the ones the library promised. \
             Nothing was put in the folder; try again, and tell the owner of the image if it happens twice."
            .to_owned(),
        ErrorCode::FileUnreadable => format!(
            "{} cannot be read. Check the permissions of the file.",
            facts.file()
        ),
        ErrorCode::FileMissing => format!("{} is not there. Check the path.", facts.file()),
        ErrorCode::FileIsFolder => format!(
            "{} is a folder, not an image. Name a SIF file.",
            facts.file()
        ),
        ErrorCode::NotASif => format!(
            "{} is not a Singularity image (SIF). Sifter pushes and inspects SIF files only.",
            facts.file()
        ),
        ErrorCode::SifDamaged => format!(
            "{} begins like an image but ends too early or contradicts itself. Build or fetch it again.",
            facts.file()
        ),
        ErrorCode::FileChanged => format!(
            "{} changed while it was being sent. Wait until nothing writes to it, then push it again.",
            facts.file()
        ),
        ErrorCode::FileExists => format!(
            "{} is there already and holds something else. Nothing was changed; use --force to replace it, or \
             choose another name.",
            facts.file()
        ),
        ErrorCode::FolderUnwritable => format!(
            "The folder \"{}\" cannot be written to, or is not there. Choose another one.",
            facts.text("folder", ".")
        ),
        ErrorCode::UploadForgotten => {
            "The server forgot the upload that was under way. Push the image again.".to_owned()
        }
        ErrorCode::NotConfirmed => format!(
            "All data was sent, but {} does not show the image under its tag. Push it again; what is there already is \
             not sent twice.",
            facts.server()
        ),
        ErrorCode::KeychainLocked => "The keychain of this computer is locked. Unlock it and try again, or name a \
             token with --token-file."
            .to_owned(),
        ErrorCode::KeychainFailed => "The keychain of this computer did not do what it was asked. Name a token with \
             --token-file instead."
            .to_owned(),
        ErrorCode::VaultClosed => "The sign-in lies in Sifter's vault, which is closed. Name a file that holds its \
             passphrase with --vault-passphrase-file, or a token with --token-file."
            .to_owned(),
        ErrorCode::VaultPassphraseWrong => {
            "This is not the passphrase of the vault. Nothing was changed.".to_owned()
        }
        ErrorCode::VaultPassphraseWeak => {
            "The passphrase is too short for a vault. Take eight characters or more.".to_owned()
        }
        ErrorCode::VaultDamaged => "The vault file is damaged, or was made by a newer Sifter. It was left as it is; put \
             it back from a backup, or delete it in the app and sign in again."
            .to_owned(),
        ErrorCode::BrowserUnavailable => "No browser could be opened on this computer. Make a token on the server's \
             page elsewhere and name it with --token-file."
            .to_owned(),
        ErrorCode::SignInDeclined => "The sign-in was declined in the browser. Nothing was stored; run \"sifter-cli \
             login\" to try again."
            .to_owned(),
        ErrorCode::SignInRejected => "The answer to the sign-in failed a security check and was thrown away. Close \
             other sign-in pages and run \"sifter-cli login\" again."
            .to_owned(),
        ErrorCode::SignInTimedOut => {
            "Nobody finished the sign-in in time. Run \"sifter-cli login\" again for a new link.".to_owned()
        }
        ErrorCode::SignInBusy => {
            "Several sign-ins are waiting already. Finish or close one of them, then try again.".to_owned()
        }
        code @ (ErrorCode::ClientIdRefused
        | ErrorCode::ApprovalNeeded
        | ErrorCode::SingleSignOnNeeded
        | ErrorCode::ScopeMissing
        | ErrorCode::SignInNotAccepted
        | ErrorCode::NoSecretInClipboard) => sign_in::refused(code, &facts),
        ErrorCode::NoTokenInClipboard => format!(
            "The token file holds nothing that can be a token for {}. Put the token alone into the file.",
            facts.server()
        ),
        ErrorCode::TokenRefused => format!(
            "{} refuses this token. It may have run out, have been revoked, or belong to another server; make a \
             new one.",
            facts.the_server()
        ),
        ErrorCode::OtherPerson => format!(
            "You signed in as {}, not as {}. Run \"sifter-cli login\" again and choose the right account in the browser.",
            facts.text("found", "somebody else"),
            facts.text("expected", "before")
        ),
        ErrorCode::CommandLineFile => command_line::file(&facts),
        ErrorCode::CredentialHelper => command_line::helper(&facts),
        ErrorCode::LocalLibraryFailed => servers::local_library(&facts),
        ErrorCode::KeyUnusable => keys::unusable(&facts),
        ErrorCode::PassphraseNeeded => format!(
            "{} is protected by a passphrase. Name a file that holds it with --passphrase-file.",
            facts.text("name", "The key")
        ),
        ErrorCode::PassphraseWrong => format!(
            "The passphrase does not open {}. Check the file that --passphrase-file names.",
            facts.text("name", "the key")
        ),
        ErrorCode::ContentsUnreadable => format!(
            "The files in {} cannot be looked at: its file system is encrypted, damaged, or of a kind that is not read.",
            facts.text("name", "the image")
        ),
        ErrorCode::FetchLimit => format!(
            "Too much of {} would have to be fetched for a look. Pull it, and look at the file.",
            facts.text("name", "the image")
        ),
        ErrorCode::InQuarantine => format!(
            "{} is in quarantine, because it must not be used. Look at it in Sifter.",
            facts.text("name", "The file")
        ),
        ErrorCode::CannotSign => keys::unsignable(&facts),
        ErrorCode::StorageFailed => "A file of Sifter's own could not be used. Check that the disk is not full and \
             that the folder of --home is yours."
            .to_owned(),
        ErrorCode::Cancelled => "It was stopped before it was done.".to_owned(),
        ErrorCode::Internal => "Something happened that Sifter did not foresee. Trying again may help; the details \
             help a report."
            .to_owned(),
    }
}

fn invalid_name(facts: &Facts<'_>) -> String {
    let text = facts.text("text", "");
    match facts.text("field", "name").as_str() {
        "reference" => format!(
            "\"{text}\" is not a library reference. Write library://entity/collection/container:tag, in lower case."
        ),
        "arch" => format!(
            "\"{text}\" is no architecture that an image can have. Write for instance amd64 or arm64."
        ),
        "search" => {
            "A search needs at least three letters or digits. Write a longer word.".to_owned()
        }
        "token" => "A token needs a name of 1 to 100 characters in one line.".to_owned(),
        "file" => "The file cannot have this name. Choose one without the characters / \\ and :."
            .to_owned(),
        field if text.is_empty() => format!(
            "The reference names no {field}. Write all of it: library://entity/collection/container:tag."
        ),
        field => format!(
            "\"{text}\" cannot be the name of a {}. Use lower-case letters and digits, with single dots, dashes or \
             underscores between them.",
            if field == "entity" {
                "person or project"
            } else {
                field
            }
        ),
    }
}

fn disk_full(facts: &Facts<'_>) -> String {
    let folder = facts.text("folder", ".");
    match (facts.number("needs"), facts.number("free")) {
        (Some(needs), Some(free)) => format!(
            "The image needs {}, but the disk of the folder \"{folder}\" has only {} left. Choose another folder, or \
             make room.",
            size(needs),
            size(free)
        ),
        _ => format!(
            "The disk of the folder \"{folder}\" is full. Choose another folder, or make room."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_named_and_missing_ones_leave_a_sentence() {
        let full = UiError::new(ErrorCode::QuotaExceeded)
            .with("server", "lab")
            .with("needs", 3_u64 << 30)
            .with("left", 1_u64 << 30)
            .with("total", 11_u64 << 30);
        assert_eq!(
            sentence(&full),
            "There is not enough space on lab. The image needs 3.0 GiB; you have 1.0 GiB left of 11.0 GiB. \
             Delete images you do not need, or choose another server."
        );
        for code in [
            ErrorCode::NotFound,
            ErrorCode::Forbidden,
            ErrorCode::QuotaExceeded,
            ErrorCode::DiskFull,
            ErrorCode::Throttled,
            ErrorCode::ServerFault,
            ErrorCode::InvalidName,
            ErrorCode::NotOffered,
            ErrorCode::FileExists,
            ErrorCode::LocalLibraryFailed,
            ErrorCode::KeyUnusable,
            ErrorCode::PassphraseNeeded,
            ErrorCode::PassphraseWrong,
            ErrorCode::ContentsUnreadable,
            ErrorCode::FetchLimit,
            ErrorCode::InQuarantine,
            ErrorCode::CannotSign,
        ] {
            let text = sentence(&UiError::new(code));
            assert!(text.ends_with('.') && !text.contains("  "), "{text}");
            assert!(
                text.starts_with(|c: char| c.is_uppercase() || c == '"'),
                "{text}"
            );
        }
    }

    #[test]
    fn a_stranger_is_told_that_signing_in_may_help() {
        let error = UiError::new(ErrorCode::NotFound).with("what", "ada/x/y:1");
        assert!(sentence(&error).contains("sifter-cli login"));
        assert!(!sentence(&error.with("signedIn", true)).contains("login"));
    }
}
