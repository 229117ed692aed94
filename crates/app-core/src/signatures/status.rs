//! Asking whether the certificates of a signer have been taken back.

use sifter_contract::{CheckedContents, UiError, Verdict, VerificationView};
use sifter_library_client::{Http, PlainHttp};
use sifter_signing::openpgp::Time;
use sifter_signing::x509::status::{
    ANSWER_LIMIT, REQUEST_TYPE, StatusFailure, StatusQuestion, questions,
};
use time::OffsetDateTime;
use url::Url;

use super::verify::{CertificateFiles, Chain};
use super::{apart, shown};
use crate::clock::rfc3339;
use crate::errors;

/// Asks about each certificate of the chain in `files`. `None` when all of them are good, else what to say instead of
/// verifying anything.
///
/// # Errors
/// `key_unusable` about the files.
pub(super) async fn check(
    http: &Http,
    files: &CertificateFiles,
    offline: bool,
) -> Result<Option<VerificationView>, UiError> {
    if offline {
        return Ok(Some(unchecked("OCSP verification needs a network")));
    }
    let files = files.clone();
    let asked = apart(move |_| {
        let chain = Chain::read(&files)?;
        let asked = questions(
            &chain.certificate,
            &chain.intermediates,
            &chain.roots,
            Time::now(),
        );
        asked.map_err(|error| errors::certificate(&error, &shown(&files.certificate)))
    });
    let asked = match asked.await? {
        Ok(asked) => asked,
        Err(failure) => return Ok(Some(failed(failure))),
    };
    // Responders are asked without encryption everywhere: their answers are signed.
    let http = http.clone().with_plain(PlainHttp::Allowed);
    for question in &asked {
        match ask(&http, question).await {
            Ok(()) => {}
            Err(Silence::Failure(failure)) => return Ok(Some(failed(failure))),
            Err(Silence::Unreachable(details)) => {
                tracing::info!(%details, "an OCSP responder does not answer");
                return Ok(Some(unchecked("OCSP verification has failed: no answer")));
            }
        }
    }
    Ok(None)
}

enum Silence {
    Failure(StatusFailure),
    Unreachable(String),
}

async fn ask(http: &Http, question: &StatusQuestion) -> Result<(), Silence> {
    let url =
        Url::parse(question.url()).map_err(|_| Silence::Failure(StatusFailure::NoResponder))?;
    let answer = http.ask_public(&url, REQUEST_TYPE, question.request(), ANSWER_LIMIT);
    let answer = answer
        .await
        .map_err(|error| Silence::Unreachable(errors::chain(&error)))?;
    question
        .check(&answer, Time::now())
        .map_err(Silence::Failure)
}

fn failed(failure: StatusFailure) -> VerificationView {
    let verdict = match failure {
        StatusFailure::Revoked => Verdict::DoNotUse,
        _ => Verdict::CouldNotCheck,
    };
    view(verdict, &format!("OCSP verification has failed: {failure}"))
}

fn unchecked(text: &str) -> VerificationView {
    view(Verdict::CouldNotCheck, text)
}

fn view(verdict: Verdict, error: &str) -> VerificationView {
    VerificationView {
        ok: false,
        verdict,
        signatures: Vec::new(),
        error: Some(error.to_owned()),
        reason: None,
        contents: CheckedContents::Read,
        asked: Vec::new(),
        checked: rfc3339(OffsetDateTime::now_utc()).unwrap_or_default(),
    }
}
