//! What is kept with a transfer beside what the engine keeps.

use serde::{Deserialize, Serialize};
use sifter_contract::{FileCheck, LinkCheck};
use sifter_transfer::TransferView;

/// One line of JSON in the journal. Fields of other versions are passed over.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Remark {
    /// Whether the link of an upload works for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<LinkCheck>,
    /// What the signatures of a download say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) check: Option<FileCheck>,
}

impl Remark {
    /// What is kept with `view`.
    pub(super) fn of(view: &TransferView) -> Self {
        let remark = view.remark.as_deref();
        remark
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    pub(super) fn to_line(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}
