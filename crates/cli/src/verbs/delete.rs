//! `delete REF`. Asks nothing, and therefore wants to know exactly what.

use std::collections::BTreeSet;

use serde::Serialize;
use sifter_app_core::Reference;
use sifter_contract::requests::{ContainerRef, ImageRef};
use sifter_contract::{Api as _, ContainerPage, ErrorCode, ImageCell, UiError};

use super::{Call, address, full_path, one_target};
use crate::failure::Failure;
use crate::session::{Session, usage};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    server: String,
    reference: String,
    arch: String,
    hash: String,
}

pub(super) async fn run(call: &Call<'_>, reference: &Reference) -> Result<(), Failure> {
    let path = full_path(reference)?;
    let target = one_target(reference)?
        .ok_or_else(|| usage("the reference has to name a tag or a hash, such as :1.0"))?;
    let deleted = call
        .with(Some(reference), async |session| {
            let request = ContainerRef {
                server_id: session.server.id.clone(),
                path: path.clone(),
            };
            let page = session.core().library_container(request).await?;
            let arch = call.options.arch.as_deref();
            let found = image(session, &page, reference, target, arch)?;
            let request = ImageRef {
                server_id: session.server.id.clone(),
                path,
                tag: target.to_owned(),
                arch: found.arch.clone(),
            };
            session.core().library_delete_image(request).await?;
            Ok(Deleted {
                server: session.server.host.clone(),
                reference: address(&reference.names, &reference.tags),
                arch: found.arch,
                hash: found.digest,
            })
        })
        .await?;
    call.output.result(&deleted, || {
        format!(
            "Deleted {} ({}), {}",
            deleted.reference, deleted.arch, deleted.hash
        )
    })
}

/// The one image that is meant.
fn image(
    session: &Session,
    page: &ContainerPage,
    reference: &Reference,
    target: &str,
    arch: Option<&str>,
) -> Result<ImageCell, Failure> {
    let found: Vec<&ImageCell> = images(page, target)
        .filter(|image| arch.is_none_or(|arch| image.arch == arch))
        .collect();
    let archs: BTreeSet<&str> = found.iter().map(|image| image.arch.as_str()).collect();
    match (found.first(), archs.len()) {
        (None, _) => Err(UiError::new(ErrorCode::NotFound)
            .with("what", address(&reference.names, &reference.tags))
            .with("server", session.server.name.as_str())
            .with("signedIn", session.server.account.is_some())
            .into()),
        (Some(image), 1) => Ok((*image).clone()),
        _ => Err(Failure::said(
            "several_architectures",
            format!(
                "There is an image for each of {}. Say with --arch which one to delete; nothing was deleted.",
                archs.into_iter().collect::<Vec<_>>().join(", ")
            ),
        )),
    }
}

/// Every image that a tag or a hash names, one per architecture.
pub(super) fn images<'a>(
    page: &'a ContainerPage,
    target: &'a str,
) -> impl Iterator<Item = &'a ImageCell> {
    let tagged = page.tags.iter().flat_map(move |row| {
        let named = row.tag == target || row.aliases.iter().any(|alias| alias == target);
        row.images
            .iter()
            .filter(move |image| named || image.digest == target)
    });
    tagged.chain(
        page.untagged
            .iter()
            .filter(move |image| image.digest == target),
    )
}
