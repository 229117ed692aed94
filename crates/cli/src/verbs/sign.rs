//! `sign FILE`.

use serde::Serialize;
use sifter_app_core::SignRequest;
use sifter_contract::SignedView;

use super::{Call, signatures};
use crate::args::Sign;
use crate::failure::Failure;
use crate::passphrase;

#[derive(Serialize)]
struct Signed<'a> {
    file: String,
    #[serde(flatten)]
    signed: &'a SignedView,
}

pub(super) async fn run(call: &Call<'_>, options: &Sign) -> Result<(), Failure> {
    let request = SignRequest {
        key: options.key.clone(),
        passphrase: passphrase::read_if_named(options.passphrase_file.as_deref())?,
        objects: options.object.into_iter().collect(),
        groups: options.group.into_iter().collect(),
        deterministic: options.deterministic,
    };
    let signatures = signatures(call).await?;
    let signed = call
        .stop
        .or(signatures.sign(&options.file, request))
        .await?;
    let result = Signed {
        file: options.file.display().to_string(),
        signed: &signed,
    };
    call.output.result(&result, || {
        let key = signed.fingerprint.as_ref().or(signed.key.as_ref());
        format!(
            "{}  {}",
            key.map_or("", String::as_str),
            options.file.display()
        )
    })
}
