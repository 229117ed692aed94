//! The device grant: what a device asks, what the person sees, what comes of the decision.

use reqwest::{Response, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sifter_library_server::mint_ticket;
use sifter_test_support::Habits;

use crate::browser::Browser;
use crate::federation::federated;
use crate::harness::{CHALLENGE, Fields, Rig, cookies_of, hidden_fields, text, with};

/// The confirmation page in a browser: the fields of its form and the cookie that came with it.
struct Confirm {
    page: String,
    fields: Fields<'static>,
    cookie: String,
}

impl Rig {
    async fn start_device(&self) -> Value {
        let form = vec![("client_id", "sifter-desktop".to_owned())];
        let (status, started) = self.post("/oauth/device_authorization", &form).await;
        assert_eq!(status, StatusCode::OK, "{started}");
        started
    }

    async fn ask(&self, started: &Value) -> (StatusCode, Value) {
        let form = vec![
            (
                "grant_type",
                "urn:ietf:params:oauth:grant-type:device_code".to_owned(),
            ),
            ("client_id", "sifter-desktop".to_owned()),
            ("device_code", text(&started["device_code"]).to_owned()),
        ];
        self.post("/oauth/token", &form).await
    }

    async fn type_code(&self, code: &str) -> Response {
        let form = [("user_code", code)];
        let call = self.client.post(self.url("/device")).form(&form);
        call.send().await.unwrap()
    }

    async fn confirm(&self, started: &Value) -> Confirm {
        let answer = self.type_code(text(&started["user_code"])).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let (cookie, _) = cookies_of(&answer);
        let page = answer.text().await.unwrap();
        let hidden = hidden_fields(&page);
        let field = |name: &str| hidden[name].clone();
        Confirm {
            fields: vec![("attempt", field("attempt")), ("form", field("form"))],
            page,
            cookie,
        }
    }

    async fn decide(&self, confirm: &Confirm, more: &[(&'static str, &str)]) -> Response {
        let form = with(&confirm.fields, more);
        let call = self.client.post(self.url("/oauth/consent")).form(&form);
        let call = call.header(header::COOKIE, &confirm.cookie);
        call.send().await.unwrap()
    }

    fn free_ticket(&self) -> String {
        let ticket = mint_ticket(self.folder(), None).unwrap();
        ticket.secret().expose_secret().to_owned()
    }
}

#[tokio::test]
async fn a_device_gets_tokens_after_the_owner_has_let_it_in() {
    let rig = Rig::start().await;
    let started = rig.start_device().await;
    assert_eq!(
        started["verification_uri"],
        format!("{}/device", rig.issuer())
    );
    assert_eq!(
        (&started["expires_in"], &started["interval"]),
        (&json!(600), &json!(5))
    );
    let link = text(&started["verification_uri_complete"]);
    let filled = rig
        .client
        .get(link)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let code = text(&started["user_code"]);
    assert!(filled.contains(&format!("value=\"{code}\"")), "{filled}");

    let confirm = rig.confirm(&started).await;
    for shown in [
        code,
        "<strong>127.0.0.1</strong>",
        "see, add and delete images",
        "this computer",
    ] {
        assert!(confirm.page.contains(shown), "{shown} in {}", confirm.page);
    }
    let ticket = rig.free_ticket();
    let answer = rig
        .decide(&confirm, &[("decision", "allow"), ("ticket", &ticket)])
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let (_, lines) = cookies_of(&answer);
    assert!(lines[0].contains("Max-Age=0"), "{lines:?}");

    let (status, tokens) = rig.ask(&started).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert!(rig.works(&tokens["access_token"]).await);
    assert_eq!(
        rig.refresh(&tokens["refresh_token"]).await.0,
        StatusCode::OK
    );
    assert_eq!(rig.ask(&started).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a16_a_device_waits_slows_down_and_is_told_when_it_is_turned_away() {
    let rig = Rig::start().await;
    let started = rig.start_device().await;
    assert_eq!(rig.ask(&started).await.1["error"], "authorization_pending");
    assert_eq!(rig.ask(&started).await.1["error"], "slow_down");

    let started = rig.start_device().await;
    let confirm = rig.confirm(&started).await;
    let answer = rig.decide(&confirm, &[("decision", "deny")]).await;
    assert!(answer.text().await.unwrap().contains("turned away"));
    assert_eq!(rig.ask(&started).await.1["error"], "access_denied");
    assert_eq!(rig.ask(&started).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn without_a_ticket_of_the_owner_no_device_is_let_in() {
    let rig = Rig::start().await;
    let bound = rig.library.mint_ticket(CHALLENGE).await.unwrap();
    let spent = rig.free_ticket();
    let confirm = rig.confirm(&rig.start_device().await).await;
    rig.decide(&confirm, &[("decision", "allow"), ("ticket", &spent)])
        .await;
    for ticket in ["", "made-up", bound.secret().expose_secret(), &spent] {
        let started = rig.start_device().await;
        let confirm = rig.confirm(&started).await;
        let answer = rig
            .decide(&confirm, &[("decision", "allow"), ("ticket", ticket)])
            .await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(rig.ask(&started).await.1["error"], "authorization_pending");
    }
}

#[tokio::test]
async fn a_decision_counts_only_from_the_browser_and_the_page_it_was_shown_in() {
    let rig = Rig::start().await;
    let started = rig.start_device().await;
    let confirm = rig.confirm(&started).await;
    let ticket = rig.free_ticket();
    let allow = with(
        &confirm.fields,
        &[("decision", "allow"), ("ticket", &ticket)],
    );
    let post = |form: Fields<'static>| rig.client.post(rig.url("/oauth/consent")).form(&form);
    let foreign = post(allow.clone())
        .header(header::COOKIE, &confirm.cookie)
        .header("origin", "https://evil.test");
    let planted = format!("{}; {}", confirm.cookie, confirm.cookie);
    let guessed = format!("{}=guess", confirm.cookie.split('=').next().unwrap());
    for call in [
        post(allow.clone()),
        post(allow.clone()).header(header::COOKIE, "sifter-00000000=x"),
        post(allow.clone()).header(header::COOKIE, guessed),
        post(allow.clone()).header(header::COOKIE, planted),
        post(with(&allow, &[("form", "guess")])).header(header::COOKIE, &confirm.cookie),
        post(with(&allow, &[("attempt", "guess")])).header(header::COOKIE, &confirm.cookie),
        foreign,
    ] {
        assert_eq!(call.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(rig.ask(&started).await.1["error"], "authorization_pending");
    // None of this has ended it, and the true one counts once.
    let more = [("decision", "allow"), ("ticket", ticket.as_str())];
    assert_eq!(rig.decide(&confirm, &more).await.status(), StatusCode::OK);
    assert_eq!(
        rig.decide(&confirm, &more).await.status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn guessing_codes_closes_the_page_to_the_guesser_only() {
    let rig = Rig::start().await;
    let started = rig.start_device().await;
    for wrong in 0..10 {
        let answer = rig.type_code("BBBB-BBBB").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{wrong}");
        assert!(answer.text().await.unwrap().contains("No device waits"));
    }
    let right = text(&started["user_code"]);
    assert_eq!(
        rig.type_code(right).await.status(),
        StatusCode::TOO_MANY_REQUESTS
    );
    // Signing in otherwise goes on.
    assert!(rig.works(&rig.tokens().await["access_token"]).await);
}

#[tokio::test]
async fn the_device_endpoint_takes_its_own_client_and_known_scopes_and_not_too_many() {
    let rig = Rig::start().await;
    let path = "/oauth/device_authorization";
    for (form, error) in [
        (vec![], "invalid_client"),
        (vec![("client_id", "other")], "invalid_client"),
        (
            vec![("client_id", "sifter-desktop"), ("scope", "admin")],
            "invalid_scope",
        ),
    ] {
        let form: Fields<'_> = form.into_iter().map(|(n, v)| (n, v.to_owned())).collect();
        assert_eq!(rig.post(path, &form).await.1["error"], error);
    }
    for _ in 0..50 {
        rig.start_device().await;
    }
    let form = vec![("client_id", "sifter-desktop".to_owned())];
    assert_eq!(rig.post(path, &form).await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn over_tls_the_cookie_belongs_to_this_host_alone() {
    let public = "https://library.example.org".parse().unwrap();
    let rig = Rig::start_with(|config| config.public_url = Some(public)).await;
    let started = rig.start_device().await;
    let answer = rig.type_code(text(&started["user_code"])).await;
    let (_, lines) = cookies_of(&answer);
    assert!(lines[0].starts_with("__Host-sifter-"), "{lines:?}");
    for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/;"] {
        assert!(lines[0].contains(attribute), "{attribute} in {lines:?}");
    }
    let rig = Rig::start().await;
    let started = rig.start_device().await;
    let answer = rig.type_code(text(&started["user_code"])).await;
    let (_, lines) = cookies_of(&answer);
    assert!(
        !lines[0].contains("Secure") && lines[0].contains("; HttpOnly"),
        "{lines:?}"
    );
}

#[tokio::test]
async fn behind_a_proxy_the_page_names_the_address_the_proxy_saw() {
    let public = "https://library.example.org".parse().unwrap();
    let rig = Rig::start_with(|config| config.public_url = Some(public)).await;
    let form = [("client_id", "sifter-desktop")];
    let call = rig
        .client
        .post(rig.url("/oauth/device_authorization"))
        .form(&form);
    let call = call.header("x-forwarded-for", "203.0.113.9, 198.51.100.7");
    let started: Value = call.send().await.unwrap().json().await.unwrap();
    let confirm = rig.confirm(&started).await;
    assert!(confirm.page.contains("198.51.100.7"), "{}", confirm.page);
    // Without a proxy the header is the client's own invention.
    let rig = Rig::start().await;
    let call = rig
        .client
        .post(rig.url("/oauth/device_authorization"))
        .form(&form);
    let call = call.header("x-forwarded-for", "203.0.113.9");
    let started: Value = call.send().await.unwrap().json().await.unwrap();
    let page = rig.confirm(&started).await.page;
    assert!(page.contains("<strong>127.0.0.1</strong>"), "{page}");
    assert!(!page.contains("203.0.113.9"), "{page}");
}

#[tokio::test]
async fn a_device_is_let_in_by_somebody_a_provider_knows() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let started = rig.start_device().await;
    let mut browser = Browser::new(&rig);
    let code = started["user_code"].as_str().unwrap();
    let answer = browser.type_code(&rig, code).await;
    let page = browser.follow(answer).await.expect("the confirmation");
    let link = page.first_link();
    assert!(link.as_str().contains(&format!("idp={id}")), "{link}");
    let consent = browser.page(&link).await;
    for text in ["Sifter on a device at", "127.0.0.1", code, "Jane Doe"] {
        assert!(consent.html.contains(text), "{text} in {}", consent.html);
    }
    let done = browser.press(&consent, "allow").await;
    assert_eq!(done.status(), StatusCode::OK);
    let (_, tokens) = rig.ask(&started).await;
    assert_eq!(rig.login_of(&tokens).await, "jane");
}

impl Browser<'_> {
    async fn type_code(&mut self, rig: &Rig, code: &str) -> reqwest::Response {
        let call = rig
            .client
            .post(rig.url("/device"))
            .form(&[("user_code", code)]);
        self.keep(call.send().await.unwrap())
    }
}
