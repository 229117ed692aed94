//! Signing with one of the person's keys: an opened file, and what goes up.

use sifter_contract::requests::{FileRef, FileSign, KeyMake};
use sifter_contract::{Api, ErrorCode, Nothing, Passphrase, SignWith, Verdict};
use sifter_sif::Image;

use crate::stage::{Stage, check};

pub(crate) fn passphrase(text: &str) -> Passphrase {
    serde_json::from_value(text.into()).unwrap()
}

async fn make(stage: &Stage) -> String {
    let made = stage.core.key_make(KeyMake {
        name: "Ada".to_owned(),
        rsa: false,
        days: None,
        passphrase: Some(passphrase("correct horse")),
        keep: false,
    });
    made.await.unwrap().fingerprint
}

fn with(fingerprint: &str, text: Option<&str>, keep: bool) -> SignWith {
    SignWith {
        fingerprint: fingerprint.to_owned(),
        passphrase: text.map(passphrase),
        keep,
    }
}

fn signatures(path: &std::path::Path) -> usize {
    Image::open(path).unwrap().facts().unwrap().signatures
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_file_is_signed_and_a_passphrase_is_kept_when_that_is_wanted() {
    let stage = Stage::new().await;
    let ada = make(&stage).await;
    let path = stage.image("x.sif", None);
    let file_id = stage.opened(path.clone()).await;
    let sign = |with: SignWith| {
        let file_id = file_id.clone();
        stage.core.inspect_sign(FileSign { file_id, with })
    };
    let needed = sign(with(&ada, None, true)).await.unwrap_err();
    assert_eq!(needed.code, ErrorCode::PassphraseNeeded);
    let wrong = sign(with(&ada, Some("wrong"), true)).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::PassphraseWrong);
    assert_eq!(signatures(&path), 0);
    sign(with(&ada, Some("correct horse"), true)).await.unwrap();
    // It is kept now, a wrong one was not.
    sign(with(&ada, None, false)).await.unwrap();
    assert_eq!(signatures(&path), 2);
    let file_id = file_id.clone();
    let found = stage.core.inspect_check(FileRef { file_id }).await.unwrap();
    assert_eq!(found.verdict, Verdict::Verified);
    let path = with("/etc/passwd", None, false);
    let error = sign(path).await.unwrap_err();
    assert_eq!(
        error.code,
        ErrorCode::KeyUnusable,
        "the window names no files"
    );
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_up_is_signed_once_and_comes_down_verified() {
    let stage = Stage::new().await;
    let ada = make(&stage).await;
    let path = stage.image("tool.sif", None);
    let wrong = stage.sheet(&path, "tool", Some(with(&ada, Some("no"), false)));
    let wrong = stage.core.upload_start(wrong.await).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::PassphraseWrong);
    let list = stage.core.transfer_list(Nothing {}).await.unwrap();
    assert!(list.active.is_empty() && list.queued.is_empty() && list.history.is_empty());
    let signing = || Some(with(&ada, Some("correct horse"), false));
    stage.upload(&path, "tool", signing()).await;
    stage.upload(&path, "tool", signing()).await;
    assert_eq!(signatures(&path), 1, "it is signed by this key already");
    std::fs::remove_file(&path).unwrap();
    let view = stage.download("tool").await;
    assert_eq!(check(&view).verdict, Verdict::Verified);
    stage.end().await;
}
