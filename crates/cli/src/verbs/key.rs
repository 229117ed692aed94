//! `key list`, `key generate` and the others.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use sifter_app_core::{KeyDesk, NewKeyRequest, RevocationReason};
use sifter_contract::{KeyLent, KeyPlace, KeyStanding, KeyView};

use super::verify::in_fours;
use super::{Call, key_servers, signatures};
use crate::args::{KeyTool, KeyVerb, Reason};
use crate::failure::Failure;
use crate::format::table;
use crate::passphrase::read_if_named;

#[derive(Serialize)]
struct Keys<'a> {
    keys: &'a [KeyView],
}

#[derive(Serialize)]
struct Imported<'a> {
    keys: &'a [KeyView],
    secret: usize,
}

#[derive(Serialize)]
struct Exported<'a> {
    fingerprint: &'a str,
    armor: &'a str,
}

#[derive(Serialize)]
struct Revoked<'a> {
    fingerprint: &'a str,
    revocation: &'a str,
}

#[derive(Serialize)]
struct Removed<'a> {
    fingerprint: &'a str,
}

pub(super) async fn run(call: &Call<'_>, verb: &KeyVerb) -> Result<(), Failure> {
    let desk = signatures(call).await?.keys();
    call.stop.or(act(call, &desk, verb)).await
}

async fn act(call: &Call<'_>, desk: &KeyDesk, verb: &KeyVerb) -> Result<(), Failure> {
    match verb {
        KeyVerb::List => {
            let keys = desk.list().await?;
            call.output.result(&Keys { keys: &keys }, || list(&keys))
        }
        KeyVerb::Generate {
            name,
            rsa,
            days,
            passphrase_file,
            ..
        } => {
            let request = NewKeyRequest {
                name: name.clone(),
                rsa: *rsa,
                days: *days,
                passphrase: read_if_named(passphrase_file.as_deref())?,
            };
            let key = desk.generate(request).await?;
            call.output.result(&key, || describe(&key))
        }
        KeyVerb::Import { file } => {
            let report = desk.import(file).await?;
            let result = Imported {
                keys: &report.keys,
                secret: report.secret,
            };
            call.output.result(&result, || list(&report.keys))
        }
        KeyVerb::Export {
            fingerprint,
            secret,
        } => {
            let armor = desk.export(fingerprint, *secret).await?;
            let armor = armor.expose_secret();
            call.output.result(&Exported { fingerprint, armor }, || {
                armor.trim_end().to_owned()
            })
        }
        KeyVerb::Lend {
            fingerprint,
            to,
            secret,
        } => lend(call, desk, fingerprint, *to, *secret).await,
        KeyVerb::Revoke {
            fingerprint,
            reason,
            passphrase_file,
        } => {
            let passphrase = read_if_named(passphrase_file.as_deref())?;
            let revocation = desk.revoke(fingerprint, why(*reason), passphrase).await?;
            let result = Revoked {
                fingerprint,
                revocation: &revocation,
            };
            call.output
                .result(&result, || revocation.trim_end().to_owned())
        }
        KeyVerb::Expire {
            fingerprint,
            days,
            passphrase_file,
            ..
        } => {
            let passphrase = read_if_named(passphrase_file.as_deref())?;
            let key = desk.set_expiry(fingerprint, *days, passphrase).await?;
            call.output.result(&key, || describe(&key))
        }
        KeyVerb::Push {
            fingerprint,
            keyserver,
        } => key_servers::push(call, desk, fingerprint, keyserver.as_deref()).await,
        KeyVerb::Search { text, keyserver } => {
            key_servers::search(call, desk, text, keyserver).await
        }
        KeyVerb::Pull {
            fingerprint,
            trust,
            keyserver,
        } => key_servers::pull(call, desk, fingerprint, *trust, keyserver).await,
        KeyVerb::Remove { fingerprint } => {
            desk.remove(fingerprint).await?;
            call.output
                .result(&Removed { fingerprint }, || fingerprint.clone())
        }
    }
}

async fn lend(
    call: &Call<'_>,
    desk: &KeyDesk,
    fingerprint: &str,
    to: KeyTool,
    secret: bool,
) -> Result<(), Failure> {
    let tool = match to {
        KeyTool::Singularity => KeyPlace::Singularity,
        KeyTool::Apptainer => KeyPlace::Apptainer,
    };
    let (folder, lent) = desk.lend(fingerprint, tool, secret).await?;
    let result = KeyLent {
        folder: folder.display().to_string(),
        public: lent.public,
        secret: lent.secret,
    };
    call.output.result(&result, || {
        if lent.public || lent.secret {
            format!("{} has it", result.folder)
        } else {
            format!("{} had it already", result.folder)
        }
    })
}

fn why(reason: Reason) -> RevocationReason {
    match reason {
        Reason::Unspecified => RevocationReason::Unspecified,
        Reason::Compromised => RevocationReason::Compromised,
        Reason::Superseded => RevocationReason::Superseded,
        Reason::Retired => RevocationReason::Retired,
    }
}

fn list(keys: &[KeyView]) -> String {
    let rows = keys.iter().map(|key| {
        [
            key.fingerprint.clone(),
            key.algorithm.clone(),
            if key.mine { "secret" } else { "public" }.to_owned(),
            standing(key.standing).to_owned(),
            place(key.place).to_owned(),
            name(key),
        ]
    });
    table(&rows.collect::<Vec<_>>())
}

pub(super) fn describe(key: &KeyView) -> String {
    let end = key.expires.clone().unwrap_or_else(|| "never".to_owned());
    table(&[
        ["fingerprint".to_owned(), in_fours(&key.fingerprint)],
        ["name".to_owned(), name(key)],
        ["kind".to_owned(), key.algorithm.clone()],
        ["ends".to_owned(), end],
        [
            "protected".to_owned(),
            if key.protected { "yes" } else { "no" }.to_owned(),
        ],
    ])
}

fn name(key: &KeyView) -> String {
    key.names
        .first()
        .cloned()
        .unwrap_or_else(|| "(name not published)".to_owned())
}

pub(super) fn standing(standing: KeyStanding) -> &'static str {
    match standing {
        KeyStanding::Good => "good",
        KeyStanding::Expired => "expired",
        KeyStanding::Revoked => "revoked",
        KeyStanding::Weak => "weak",
        KeyStanding::NotForSigning => "not for signing",
    }
}

fn place(place: KeyPlace) -> &'static str {
    match place {
        KeyPlace::Sifter => "Sifter",
        KeyPlace::Singularity => "Singularity",
        KeyPlace::Apptainer => "Apptainer",
    }
}
