//! Sentences about keys and about signing.

use super::facts::Facts;

pub(super) fn unusable(facts: &Facts<'_>) -> String {
    let name = facts.some_text("name");
    let the = name.clone().unwrap_or_else(|| "The key".to_owned());
    match facts.text("reason", "").as_str() {
        "unreadable" => format!(
            "{the} holds no key or certificate that Sifter understands. OpenPGP keys, PEM keys (RSA, ECDSA, Ed25519) and \
             PEM certificates are."
        ),
        "not_found" => match name {
            Some(name) => format!(
                "There is no key {name}. \"sifter-cli key list\" shows the keys that there are; name one by its fingerprint."
            ),
            None => "There is no key to sign with. Make one with \"sifter-cli key generate\", or name a key file with \
                     --key."
                .to_owned(),
        },
        "not_published" => format!(
            "{the} is on none of the key servers that were asked. Ask its owner to publish it, or name another key server \
             with --keyserver."
        ),
        "ambiguous" => format!(
            "{} several secret keys. Name one by its fingerprint with --key.",
            name.map_or_else(|| "There are".to_owned(), |name| format!("{name} holds"))
        ),
        "encrypted" => format!(
            "{the} is encrypted in a form that is not read. Decrypt it first, with \"openssl pkey\" for instance."
        ),
        "expired" => format!(
            "{the} has expired, so nobody would believe a signature by it. Move its end with \"sifter-cli key expire\", or \
             use another key."
        ),
        "revoked" => format!(
            "{the} has been revoked, so nobody would believe a signature by it. Use another key."
        ),
        "weak" => format!("{the} is too weak to be believed. Use an RSA key of 2048 bits or more, or Ed25519."),
        "not_for_signing" => format!("{the} is not meant for signing images. Use another key."),
        "name" => "A key needs a name of at most 255 characters in one line. Write for instance \"Ada <ada@example.org>\"."
            .to_owned(),
        "expiry" => format!("{the} cannot end then. Name a number of days from 1 on, before the year 2106."),
        "revocation" => format!("{the} is no revocation of a key that is there. Import the key first."),
        "no_roots" => "The certificate was not compared with anything. Name the root certificates you trust with --roots."
            .to_owned(),
        "out_of_date" => format!("{the} is not valid today, or a certificate above it is not. Ask the signer for a new one."),
        "purpose" => format!("{the} is not meant for signing code. Ask the signer for the right certificate."),
        "unknown_authority" => format!(
            "No certificate of --chain leads from {} to one of --roots. Check the three files.",
            facts.text("name", "the certificate")
        ),
        "chain" => format!("{the}, or a certificate above it, breaks the rules for certificates. Check the three files."),
        _ => format!("{the} cannot be used. Choose another one."),
    }
}

pub(super) fn unsignable(facts: &Facts<'_>) -> String {
    let file = facts.file();
    match facts.text("reason", "").as_str() {
        "full" => format!(
            "{file} has no room for another signature: all its descriptors are in use. Nothing was changed; build it again."
        ),
        "no_space" => format!(
            "{file} is full, and the disk has no room for a larger copy of it. Nothing was changed; make room, then \
             sign it again."
        ),
        "no_copy" => format!(
            "{file} is full, and a larger copy cannot be written beside it. Nothing was changed; move it to a folder \
             that you may write to."
        ),
        "changed" => format!(
            "Another program was writing to {file}. Nothing was changed; sign it again when that is done."
        ),
        "unwritten" => format!(
            "The signature could not be written to {file}: the disk is full, or does not do what it is asked. What \
             was in the image is unharmed."
        ),
        "nothing" => format!(
            "{file} has no such object or group to sign. Nothing was changed; \"sifter-cli inspect\" shows what it has."
        ),
        _ => format!("{file} is damaged, so nothing was added to it. Build or fetch it again."),
    }
}
