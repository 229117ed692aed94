//! Signing in by a code, which is entered on the library's page in another browser.

use secrecy::ExposeSecret as _;
use sifter_contract::requests::SignInRef;
use sifter_contract::{Api as _, ErrorCode, SignInHow, SignInPhase, SignInView};
use sifter_library_server::{Owner, create_access_token, mint_ticket};
use sifter_test_support::{SpawnedLibrary, spawn_library};

use crate::stage::{Stage, browser, ended, hidden_fields, reached};

/// Enters the code on its page and lets the device in, as the owner of the library.
pub(crate) async fn enter(library: &SpawnedLibrary, view: &SignInView) {
    let shown = view.code.as_ref().unwrap();
    let browser = browser();
    let form = [("user_code", shown.code.as_str())];
    let answer = browser.post(&shown.page).form(&form).send().await.unwrap();
    let cookies: Vec<String> = answer
        .headers()
        .get_all(reqwest::header::SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect();
    let page = answer.text().await.unwrap();
    let mut form = hidden_fields(&page);
    form.retain(|(name, _)| name != "decision" && name != "ticket");
    let ticket = mint_ticket(library.folder(), None).unwrap();
    form.push(("decision".to_owned(), "allow".to_owned()));
    form.push((
        "ticket".to_owned(),
        ticket.secret().expose_secret().to_owned(),
    ));
    let answer = browser
        .post(format!("{}/oauth/consent", library.base_url()))
        .header(reqwest::header::COOKIE, cookies.join("; "))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert!(
        answer.status().is_success(),
        "{}",
        answer.text().await.unwrap()
    );
}

#[tokio::test]
async fn another_person_than_meant_is_refused_by_name_and_can_be_added_beside() {
    let library = spawn_library().await.unwrap();
    let bob = Owner {
        login: "bob".into(),
        display_name: "Bob".into(),
    };
    let token = create_access_token(library.folder(), &bob, "bob's").unwrap();
    let stage = Stage::open().await;
    let id = stage.connect(&library.base_url()).await.id;
    let token = token.secret().expose_secret();
    stage.core.accept_token(&id, token.into()).await.unwrap();

    let mut events = stage.core.watch();
    let waits = |view: &SignInView| view.phase == SignInPhase::WaitingForCode;
    let started = stage.start(&id, SignInHow::Code, false).await;
    let waiting = reached(&mut events, &started.id, waits).await;
    enter(&library, &waiting).await;
    let refused = ended(&mut events, &started.id).await.error.unwrap();
    assert_eq!(refused.code, ErrorCode::OtherPerson);
    assert_eq!(
        (&refused.params["expected"], &refused.params["found"]),
        (&"bob".into(), &"tester".into())
    );
    assert_eq!(stage.server(&id).await.account.unwrap().login, "bob");

    let started = stage.start(&id, SignInHow::Code, true).await;
    let waiting = reached(&mut events, &started.id, waits).await;
    enter(&library, &waiting).await;
    assert_eq!(
        ended(&mut events, &started.id).await.phase,
        SignInPhase::Done
    );
    let server = stage.server(&id).await;
    let account = server.account.unwrap();
    assert!(account.login == "tester" && account.by_browser && account.signed_in);
    assert_eq!(server.accounts.len(), 2);
    stage.core.shutdown().await;
}

#[tokio::test]
async fn a_code_that_nobody_enters_can_be_given_up() {
    let library = spawn_library().await.unwrap();
    let stage = Stage::open().await;
    let id = stage.connect(&library.base_url()).await.id;
    let mut events = stage.core.watch();
    let started = stage.start(&id, SignInHow::Code, false).await;
    let waits = |view: &SignInView| view.phase == SignInPhase::WaitingForCode;
    reached(&mut events, &started.id, waits).await;
    let sign_in_id = started.id.clone();
    stage
        .core
        .sign_in_cancel(SignInRef { sign_in_id })
        .await
        .unwrap();
    assert_eq!(
        ended(&mut events, &started.id).await.phase,
        SignInPhase::Cancelled
    );
    stage.core.shutdown().await;
}

#[tokio::test]
async fn without_a_browser_a_code_is_offered_beside_the_link() {
    let library = spawn_library().await.unwrap();
    let stage = Stage::open().await;
    let id = stage.connect(&library.base_url()).await.id;
    *stage.host.browserless.lock().unwrap() = true;
    let mut events = stage.core.watch();
    let started = stage.start(&id, SignInHow::Browser, false).await;
    let waiting = reached(&mut events, &started.id, |view| view.code.is_some()).await;
    assert_eq!(waiting.phase, SignInPhase::WaitingForBrowser);
    assert!(!waiting.browser_opened && stage.core.sign_in_link(&started.id).is_some());
    enter(&library, &waiting).await;
    assert_eq!(
        ended(&mut events, &started.id).await.phase,
        SignInPhase::Done
    );
    assert_eq!(stage.server(&id).await.account.unwrap().login, "tester");
    stage.core.shutdown().await;
}
