//! After an upload: does the link work for somebody without an account?

use sifter_app_core::{Home, LOCAL_ID};
use sifter_contract::{Api as _, LinkCheck, Nothing, UploadItem};
use sifter_library_server::{Owner, create_access_token};
use sifter_test_support::front::{self, Front, Request, Seen, Upstream};
use sifter_test_support::{OciFront, Sessions, SifBuilder, SpawnedLibrary};

use crate::stage::{Stage, is_done, library, place};

/// A library that strangers ask for images through `hook`.
async fn stage<F, A>(hook: F) -> Stage
where
    F: Fn(Request, Upstream) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = front::Response> + Send + 'static,
{
    let library: SpawnedLibrary = library(|_| ()).await;
    let strangers = move |request: Request, upstream: Upstream| {
        let hook = hook.clone();
        async move {
            let is_signed = request.headers().contains_key("authorization");
            if !is_signed && request.uri().path().starts_with("/v1/images/") {
                hook(request, upstream).await
            } else {
                upstream.send(request).await
            }
        }
    };
    let front = Front::start(library.address(), strangers).await.unwrap();
    let (address, token) = (front.base_url(), library.token().to_owned());
    Stage::at(library, front, &address, &token).await
}

/// Questions for images without a token.
fn of_strangers(stage: &Stage) -> usize {
    let is_one = |seen: &&Seen| !seen.authorized && seen.target.starts_with("/v1/images/");
    stage.front.seen().iter().filter(is_one).count()
}

#[tokio::test]
async fn a_public_image_is_there_for_anyone_and_that_is_known_after_a_restart() {
    let mut stage = stage(|request: Request, upstream: Upstream| upstream.send(request)).await;
    let image = stage.image(SifBuilder::new(), 1);
    let pushed = stage.push(&image.path).await;
    assert!(is_done(&pushed));
    let asked = stage.wait(&pushed.id, |view| view.link.is_some()).await;
    assert_eq!(asked.link, Some(LinkCheck::Anyone));
    assert_eq!(of_strangers(&stage), 1);
    stage.restart().await;
    let list = stage.core.transfer_list(Nothing {}).await.unwrap();
    assert_eq!(list.history[0].link, Some(LinkCheck::Anyone));
    assert_eq!(of_strangers(&stage), 1, "nobody has asked again");
    stage.close().await;
}

#[tokio::test]
async fn a_private_image_is_there_only_for_people_it_is_shared_with() {
    let stage = stage(|request: Request, upstream: Upstream| upstream.send(request)).await;
    let image = stage.image(SifBuilder::new(), 1);
    let private = |item: &mut UploadItem| item.private = true;
    let pushed = stage.push_as(&image.path, private).await;
    assert!(is_done(&pushed));
    let asked = stage.wait(&pushed.id, |view| view.link.is_some()).await;
    assert_eq!(asked.link, Some(LinkCheck::OnlyShared));
    stage.close().await;
}

#[tokio::test]
async fn an_image_that_lies_in_a_registry_is_looked_for_there() {
    let library = library(|_| ()).await;
    let registry = OciFront::start(library.address(), Sessions::Lasting);
    let Some(registry) = registry.await.unwrap() else {
        println!("skipped: no registry is installed");
        return;
    };
    let pass = |request: Request, upstream: Upstream| upstream.send(request);
    let front = Front::start(registry.address(), pass).await.unwrap();
    let (address, token) = (front.base_url(), library.token().to_owned());
    let stage = Stage::at(library, front, &address, &token).await;
    let image = stage.image(SifBuilder::new(), 1);
    let pushed = stage.push(&image.path).await;
    assert!(is_done(&pushed), "{pushed:#?}");
    let asked = stage.wait(&pushed.id, |view| view.link.is_some()).await;
    assert_eq!(asked.link, Some(LinkCheck::Anyone));
    stage.close().await;
}

#[tokio::test]
async fn a_question_without_an_answer_is_asked_once_more() {
    let stage = stage(|_, _| async { front::empty(503) }).await;
    let image = stage.image(SifBuilder::new(), 1);
    let pushed = stage.push(&image.path).await;
    assert!(is_done(&pushed));
    let asked = stage.wait(&pushed.id, |view| view.link.is_some()).await;
    assert!(is_done(&asked), "the upload is as good as before");
    assert_eq!(asked.link, Some(LinkCheck::Unknown));
    assert_eq!(of_strangers(&stage), 2);
    stage.close().await;
}

#[tokio::test]
async fn done_does_not_wait_for_the_answer_and_the_next_start_asks_again() {
    let mut stage = stage(|_, _| std::future::pending()).await;
    let image = stage.image(SifBuilder::new(), 1);
    let pushed = stage.push(&image.path).await;
    assert!(is_done(&pushed));
    assert_eq!(pushed.link, None);
    // Ends at once, with the question still open.
    stage.restart().await;
    let list = stage.core.transfer_list(Nothing {}).await.unwrap();
    assert!(is_done(&list.history[0]));
    assert_eq!(list.history[0].link, None);
    stage.close().await;
}

#[tokio::test]
async fn what_is_on_this_computer_is_not_there_for_others() {
    let mut stage = stage(|request: Request, upstream: Upstream| upstream.send(request)).await;
    stage.core.server_start_local(Nothing {}).await.unwrap();
    let person = Owner {
        login: place().entity,
        display_name: String::new(),
    };
    let folder = Home::at(stage.path("home")).data().join("library");
    let token = create_access_token(&folder, &person, "test").unwrap();
    stage.server_id = LOCAL_ID.to_owned();
    let signed_in = stage.core.accept_token(LOCAL_ID, token.secret().clone());
    signed_in.await.unwrap();
    // Smaller than what that library takes in parts.
    let image = SifBuilder::new().build(stage.path("x.sif")).unwrap();
    let pushed = stage.push(&image.path).await;
    assert!(is_done(&pushed), "{pushed:#?}");
    let asked = stage.wait(&pushed.id, |view| view.link.is_some()).await;
    assert_eq!(asked.link, Some(LinkCheck::OnlyHere));
    stage.close().await;
}
