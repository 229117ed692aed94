//! Following one transfer to its end.

use sifter_app_core::AppCore;
use sifter_contract::{AppEvent, ErrorCode, Phase, TransferList, TransferView, UiError};

use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;

/// Waits until a transfer has ended well, and shows how far it is. There is no limit of time.
pub(crate) async fn follow(
    core: &AppCore,
    transfer_id: &str,
    output: Output,
) -> Result<TransferView, Failure> {
    let mut events = core.watch();
    let mut progress = Progress::new(output);
    while let Some(event) = events.next().await {
        let AppEvent::Transfers { list } = event else {
            continue;
        };
        let Some(transfer) = find(list, transfer_id) else {
            continue;
        };
        progress.show(&transfer);
        match transfer.phase {
            Phase::Done { .. } => return Ok(transfer),
            Phase::NeedsAttention { error } => return Err(error.into()),
            Phase::Cancelled => return Err(Failure::Interrupted),
            _ => {}
        }
    }
    Err(UiError::new(ErrorCode::Internal).into())
}

fn find(list: TransferList, transfer_id: &str) -> Option<TransferView> {
    let mut all = list
        .active
        .into_iter()
        .chain(list.queued)
        .chain(list.attention)
        .chain(list.history);
    all.find(|transfer| transfer.id == transfer_id)
}
