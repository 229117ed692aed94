//! A file goes up and comes back by every dialect, and what it had to do without is said and remembered.

use sifter_contract::Capabilities;
use sifter_contract::CapabilityNote::{
    self, MovesLatest, NoArchTags, NoParts, NoRanges, OldUpload,
};
use sifter_test_support::{Dialect, SifBuilder};

use crate::stage::{Stage, is_done};

/// Goes up and down; the notes of either have to be these. Answers what is known of the server after a restart.
async fn there_and_back(
    dialect: Dialect,
    up: &[CapabilityNote],
    down: &[CapabilityNote],
    shown_by: (&str, &str, u16),
) -> Capabilities {
    let mut stage = Stage::new(dialect).await;
    let image = stage.image(SifBuilder::new(), 1);
    let pushed = stage.push_away(&image).await;
    assert!(is_done(&pushed), "{dialect:?}: {pushed:#?}");
    assert_eq!(pushed.notes, up, "{dialect:?}");
    let (pulled, digest) = stage.pull("amd64").await;
    assert!(is_done(&pulled), "{dialect:?}: {pulled:#?}");
    assert_eq!(digest, image.sha256, "{dialect:?}");
    assert_eq!(pulled.notes, down, "{dialect:?}");
    let (method, part, status) = shown_by;
    assert!(
        stage.front.seen().iter().any(|seen| {
            seen.method == method && seen.target.contains(part) && seen.status == status
        }),
        "{dialect:?} did not come into it"
    );
    stage.restart().await;
    let known = stage.capabilities().await;
    stage.close().await;
    known
}

#[tokio::test]
async fn a_library_without_upload_v2() {
    let by = ("POST", "/v1/imagefile/", 200);
    there_and_back(Dialect::Old, &[NoArchTags, OldUpload], &[], by).await;
}

#[tokio::test]
async fn a_library_without_a_version() {
    let by = ("GET", "/version", 404);
    there_and_back(Dialect::Unversioned, &[NoArchTags, OldUpload], &[], by).await;
}

#[tokio::test]
async fn a_library_without_tags_per_architecture() {
    let by = ("POST", "/v1/tags/", 200);
    there_and_back(Dialect::NoArchTags, &[NoArchTags], &[], by).await;
}

#[tokio::test]
async fn a_library_without_multipart() {
    for status in [404, 405] {
        let by = ("POST", "/_multipart", status);
        let known = there_and_back(Dialect::NoMultipart(status), &[NoParts], &[], by).await;
        assert_eq!(known.multipart, Some(false));
        assert_eq!(known.ranges, Some(true));
        assert_eq!(known.registry, Some(false));
    }
}

#[tokio::test]
async fn a_storage_that_ignores_ranges() {
    let by = ("GET", "/signed/image/", 200);
    let known = there_and_back(Dialect::RangesIgnored, &[], &[NoRanges], by).await;
    assert_eq!(known.multipart, Some(true));
    assert_eq!(known.ranges, Some(false));
}

#[tokio::test]
async fn a_storage_that_answers_with_another_range() {
    let by = ("GET", "/signed/image/", 206);
    let known = there_and_back(Dialect::WrongRanges, &[], &[NoRanges], by).await;
    assert_eq!(known.ranges, Some(false));
}

#[tokio::test]
async fn hinkskalle() {
    let by = ("PUT", "/v2/imagefile/_upload/", 200);
    let known = there_and_back(Dialect::Hinkskalle, &[MovesLatest], &[NoRanges], by).await;
    assert_eq!(known.multipart, Some(true));
    assert_eq!(known.ranges, Some(false));
    assert_eq!(known.only_asked_tags, Some(false));
}
