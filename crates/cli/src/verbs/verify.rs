//! `verify FILE_OR_REF`.

use std::path::Path;

use serde::Serialize;
use sifter_app_core::{CertificateFiles, ControlError, Reference, Target, VerifyRequest};
use sifter_contract::{ClashPolicy, SignatureForm, SignatureView, Verdict, VerificationView};

use super::{Call, full_path, inspect, pull, signatures};
use crate::args::Verify;
use crate::failure::Failure;
use crate::format::table;
use crate::session::{scratch, usage};
use crate::words;

/// The name of an image while it is looked at.
const FETCHED: &str = "image.sif";

/// The object that scripts get; its fields are promised.
#[derive(Serialize)]
struct Verified<'a> {
    ok: bool,
    verdict: Verdict,
    signatures: Vec<Signature<'a>>,
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct Signature<'a> {
    object: u32,
    covers: &'a [u32],
    fingerprint: Option<&'a str>,
    ok: bool,
    error: Option<&'a str>,
}

pub(super) async fn run(call: &Call<'_>, options: &Verify) -> Result<(), Failure> {
    let path = Path::new(&options.what);
    if let Some(list) = &options.ecl {
        return control(call, options, path, list).await;
    }
    if path.exists() || inspect::looks_like_a_path(&options.what) {
        return verify(call, options, path, None).await;
    }
    let reference =
        Reference::parse(&options.what).map_err(|error| usage(words::sentence(&error)))?;
    full_path(&reference)?;
    // Whoever asks about an image in a library gets it whole: only then is it known what every byte is.
    let folder = scratch()?;
    let target = Target {
        folder: folder.path().to_owned(),
        file_name: Some(FETCHED.to_owned()),
    };
    let fetched = pull::fetch(call, &reference, target, ClashPolicy::Ask).await?;
    verify(
        call,
        options,
        &folder.path().join(FETCHED),
        fetched.key_server,
    )
    .await
}

async fn verify(
    call: &Call<'_>,
    options: &Verify,
    path: &Path,
    library_key_server: Option<String>,
) -> Result<(), Failure> {
    if options.cosign {
        return cosign(call, options, path).await;
    }
    let request = VerifyRequest {
        library_key_server,
        ..request(options)
    };
    let signatures = signatures(call).await?;
    let view = call.stop.or(signatures.verify(path, request)).await?;
    let result = Verified {
        ok: view.ok,
        verdict: view.verdict,
        signatures: view.signatures.iter().map(signature).collect(),
        error: view.error.as_deref(),
    };
    call.output.result(&result, || text(&view))?;
    if view.ok {
        return Ok(());
    }
    let reason = view
        .error
        .unwrap_or_else(|| "no signature was found".to_owned());
    Err(Failure::No {
        sentence: format!("{}: {reason}.", meaning(view.verdict)),
    })
}

/// The object for cosign signatures: the same fields, and what was signed.
#[derive(Serialize)]
struct CosignVerified<'a> {
    #[serde(flatten)]
    common: Verified<'a>,
    payloads: Vec<&'a serde_json::Value>,
}

async fn cosign(call: &Call<'_>, options: &Verify, path: &Path) -> Result<(), Failure> {
    let signatures = signatures(call).await?;
    let found = call
        .stop
        .or(signatures.verify_cosign(path, &options.pem))
        .await?;
    let report = &found.report;
    let error = report.failure().map(ToString::to_string);
    let good = report.signatures.iter();
    let result = CosignVerified {
        common: Verified {
            ok: report.is_ok(),
            verdict: found.verdict,
            signatures: good
                .clone()
                .map(|one| Signature {
                    object: one.object,
                    covers: &report.intact,
                    fingerprint: None,
                    ok: true,
                    error: None,
                })
                .collect(),
            error: error.as_deref(),
        },
        payloads: good.map(|one| &one.payload).collect(),
    };
    call.output.result(&result, || {
        let mut rows = Vec::new();
        for signature in &report.signatures {
            rows.push(["image".to_owned(), signature.image.clone()]);
            rows.push(["key".to_owned(), signature.key.clone()]);
        }
        let text = meaning(found.verdict);
        if rows.is_empty() {
            text.to_owned()
        } else {
            format!("{text}\n{}", table(&rows))
        }
    })?;
    match error {
        None if report.is_ok() => Ok(()),
        reason => Err(Failure::No {
            sentence: format!(
                "{}: {}.",
                meaning(found.verdict),
                reason.unwrap_or_else(|| "no signature was found".to_owned())
            ),
        }),
    }
}

/// The object for a control list: the same fields, and the group that decided.
#[derive(Serialize)]
struct Controlled<'a> {
    #[serde(flatten)]
    common: Verified<'a>,
    group: Option<&'a str>,
}

async fn control(
    call: &Call<'_>,
    options: &Verify,
    path: &Path,
    list: &Path,
) -> Result<(), Failure> {
    let signatures = signatures(call).await?;
    let asked = async {
        let asked = signatures.control(path, list, &options.keyring).await;
        asked.map_err(|error| match error {
            ControlError::Image(error) => error.into(),
            error => Failure::said(
                "control_list_unusable",
                format!(
                    "The control list {} cannot be followed: {error}. Ask its administrator to mend it.",
                    list.display()
                ),
            ),
        })
    };
    let found = call.stop.or(asked).await?;
    let verified = found.verification.as_ref();
    let result = Controlled {
        common: Verified {
            ok: found.refusal.is_none(),
            verdict: verified.map_or(Verdict::CouldNotCheck, |view| view.verdict),
            signatures: verified
                .iter()
                .flat_map(|view| view.signatures.iter().map(signature))
                .collect(),
            error: found.refusal.as_deref(),
        },
        group: found.group.as_deref(),
    };
    call.output.result(&result, || {
        let may = match (&found.refusal, &found.group) {
            (Some(_), _) => return "It may not run".to_owned(),
            (None, Some(group)) => format!("It may run: group \"{group}\" lets it"),
            (None, None) => "It may run: the list is not activated".to_owned(),
        };
        may + &verified.map_or_else(String::new, |view| format!("\n\n{}", text(view)))
    })?;
    match found.refusal {
        None => Ok(()),
        Some(why) => Err(Failure::No {
            sentence: format!("It may not run: {why}."),
        }),
    }
}

fn request(options: &Verify) -> VerifyRequest {
    VerifyRequest {
        keyrings: options.keyring.clone(),
        pems: options.pem.clone(),
        certificate: options
            .certificate
            .clone()
            .map(|certificate| CertificateFiles {
                certificate,
                chain: options.chain.clone(),
                roots: options.roots.clone(),
                ocsp: options.ocsp,
            }),
        objects: options.object.into_iter().collect(),
        groups: options.group.into_iter().collect(),
        legacy: options.legacy,
        legacy_all: options.legacy_all,
        offline: options.offline,
        library_key_server: None,
        key_servers: options.keyserver.clone(),
        without_data: false,
    }
}

fn signature(view: &SignatureView) -> Signature<'_> {
    Signature {
        object: view.object,
        covers: &view.covers,
        fingerprint: view.fingerprint.as_deref(),
        ok: view.ok,
        error: view.error.as_deref(),
    }
}

/// The verdict in words.
fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "Verified: signed by a key you trust",
        Verdict::UnknownSigner => "Signed, by somebody whose key you have not taken over",
        Verdict::NotSigned => "Not signed",
        Verdict::CouldNotCheck => "Could not be checked",
        Verdict::DoNotUse => "Do not use it",
    }
}

fn text(view: &VerificationView) -> String {
    let mut text = meaning(view.verdict).to_owned();
    for signature in &view.signatures {
        let mut rows = vec![
            [
                "signature".to_owned(),
                format!("object {}, {}", signature.object, form(signature.form)),
            ],
            ["covers".to_owned(), covers(&signature.covers)],
        ];
        let facts = [
            ("signer", signature.signer.clone()),
            (
                "fingerprint",
                signature.fingerprint.as_deref().map(in_fours),
            ),
            ("key", signature.key.clone()),
            ("key from", signature.origin.clone()),
            ("made", signature.made.clone()),
            ("problem", signature.error.clone()),
        ];
        rows.extend(
            facts
                .into_iter()
                .filter_map(|(label, fact)| Some([label.to_owned(), fact?])),
        );
        text.push_str("\n\n");
        text.push_str(&table(&rows));
    }
    text
}

fn form(form: SignatureForm) -> &'static str {
    match form {
        SignatureForm::OpenPgp => "OpenPGP",
        SignatureForm::Dsse => "DSSE",
        SignatureForm::Legacy => "OpenPGP, old form: header and descriptors are not covered",
        SignatureForm::Unknown => "of an unknown form",
    }
}

fn covers(objects: &[u32]) -> String {
    if objects.is_empty() {
        return "nothing".to_owned();
    }
    let ids: Vec<String> = objects.iter().map(u32::to_string).collect();
    format!("objects {}", ids.join(", "))
}

/// A fingerprint in groups of four digits, to compare by eye.
pub(super) fn in_fours(fingerprint: &str) -> String {
    let mut text = String::with_capacity(fingerprint.len() + fingerprint.len() / 4);
    for (index, digit) in fingerprint.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_shown_in_groups_of_four() {
        assert_eq!(in_fours("12045C8C0B"), "1204 5C8C 0B");
        assert_eq!(in_fours(""), "");
    }
}
