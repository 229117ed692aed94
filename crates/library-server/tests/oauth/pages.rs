//! The sign-in page: who sees it, what it does, what it allows.

use reqwest::{StatusCode, header};
use secrecy::ExposeSecret as _;
use sifter_library_server::mint_ticket;

use crate::harness::{CHALLENGE, REDIRECT, Rig, hidden_fields, location, query_of, with};

#[tokio::test]
async fn the_page_opened_by_the_app_offers_to_continue_as_the_owner() {
    let rig = Rig::start().await;
    let answer = rig.open(&rig.request().await).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    assert!(page.contains("Continue as ada"), "{page}");
    assert!(
        page.contains("<html lang=\"en\">") && page.contains("<h1>"),
        "{page}"
    );
}

#[tokio::test]
async fn without_a_ticket_nobody_is_offered_anything() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    for ticket in ["", "made-up"] {
        let answer = rig.open(&with(&request, &[("ticket", ticket)])).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let page = answer.text().await.unwrap();
        assert!(
            !page.contains("Continue as") && page.contains("Sifter"),
            "{page}"
        );
        let answer = rig
            .press(&with(&request, &[("ticket", ticket)]), "allow")
            .await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(answer.headers().get(header::LOCATION).is_none());
    }
}

#[tokio::test]
async fn the_library_of_a_team_takes_a_ticket_that_is_typed_in() {
    let public = "https://library.example.org".parse().unwrap();
    let rig = Rig::start_with(|config| config.public_url = Some(public)).await;
    let request = with(&rig.request().await, &[("ticket", "")]);
    let answer = rig.open(&request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("One-time ticket") && !page.contains("ada"),
        "{page}"
    );
    let mut fields = request.clone();
    for (name, value) in hidden_fields(&page) {
        assert!(
            fields.iter().any(|field| field.0 == name) || name == "scope",
            "{name}: {value}"
        );
    }
    let ticket = mint_ticket(rig.folder(), None).unwrap();
    fields.push(("ticket", ticket.secret().expose_secret().to_owned()));
    let answer = rig.press(&fields, "allow").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(!query_of(&answer)["code"].is_empty());
    assert_eq!(
        rig.press(&fields, "allow").await.status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_ticket_seen_on_a_command_line_is_of_no_use_for_another_request() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    let other = "A".repeat(43);
    let theirs = with(&request, &[("code_challenge", &other)]);
    assert_eq!(rig.open(&theirs).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        rig.press(&theirs, "allow").await.status(),
        StatusCode::FORBIDDEN
    );
    // And the attempt has not spent it.
    assert_eq!(
        rig.press(&request, "allow").await.status(),
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn opening_the_page_spends_nothing_and_pressing_the_button_does() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    for _ in 0..3 {
        assert_eq!(rig.open(&request).await.status(), StatusCode::OK);
    }
    assert_eq!(
        rig.press(&request, "allow").await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        rig.press(&request, "allow").await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(rig.open(&request).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_answer_goes_to_the_app_by_303_with_code_state_and_issuer() {
    let rig = Rig::start().await;
    let answer = rig.press(&rig.request().await, "allow").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(
        location(&answer)
            .as_str()
            .starts_with(&format!("{REDIRECT}?"))
    );
    let query = query_of(&answer);
    assert_eq!(query["state"], "st-ate");
    assert_eq!(query["iss"], rig.issuer());
    assert!(!query["code"].is_empty());
}

#[tokio::test]
async fn cancelling_tells_the_app_and_spends_the_ticket() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    let answer = rig.press(&request, "deny").await;
    let query = query_of(&answer);
    assert_eq!(query["error"], "access_denied");
    assert_eq!(query["iss"], rig.issuer());
    assert!(!query.contains_key("code"));
    assert_eq!(
        rig.press(&request, "allow").await.status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_page_of_a_cancelled_sign_in_offers_nothing_any_more() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    assert_eq!(rig.open(&request).await.status(), StatusCode::OK);
    rig.library.withdraw_ticket(CHALLENGE).await.unwrap();
    let pressed = rig.press(&request, "allow").await;
    assert!(pressed.headers().get(header::LOCATION).is_none());
    for answer in [pressed, rig.open(&request).await] {
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let page = answer.text().await.unwrap();
        assert!(
            !page.contains("<form") && page.contains("cancelled"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_page_asks_again_by_itself_when_its_link_expires() {
    let rig = Rig::start().await;
    let answer = rig.open(&rig.request().await).await;
    let refresh = answer.headers()["refresh"].to_str().unwrap();
    let seconds: u64 = refresh.parse().unwrap();
    assert!((240..=301).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn the_page_says_who_asks_for_what_and_where_and_in_whose_name() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    for (scope, ability) in [
        ("", "see, add and delete images"),
        ("library:read library:write", "see, add and delete images"),
        ("library:read", "asks to see images"),
    ] {
        let answer = rig.open(&with(&request, &[("scope", scope)])).await;
        let page = answer.text().await.unwrap();
        for text in [
            "Sifter on this computer",
            "the library on this computer",
            ability,
        ] {
            assert!(page.contains(text), "{text} in {page}");
        }
    }
    let public = "https://library.example.org/lib".parse().unwrap();
    let rig = Rig::start_with(|config| config.public_url = Some(public)).await;
    let page = rig.open(&rig.request().await).await.text().await.unwrap();
    assert!(page.contains("Sign in to library.example.org"), "{page}");
}

#[tokio::test]
async fn a_button_pressed_on_another_site_does_nothing() {
    let rig = Rig::start().await;
    let form = with(&rig.request().await, &[("decision", "allow")]);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.test"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
    ] {
        let call = rig
            .client
            .post(rig.url("/oauth/authorize"))
            .header(name, value)
            .form(&form);
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let call = rig.client.post(rig.url("/oauth/authorize")).form(&form);
    let call = call
        .header("sec-fetch-site", "same-origin")
        .header("origin", rig.issuer());
    assert_eq!(call.send().await.unwrap().status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_pages_run_nothing_load_nothing_and_cannot_be_framed_or_kept() {
    let rig = Rig::start().await;
    let request = rig.request().await;
    for fields in [request.clone(), with(&request, &[("ticket", "")]), vec![]] {
        let answer = rig.open(&fields).await;
        let headers = answer.headers().clone();
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains("script-src"),
            "{policy}"
        );
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin");
        let page = answer.text().await.unwrap();
        for word in ["<script", "src=", "href=", "url(", "@import", " on"] {
            let harmless = word == " on" && !page.contains(" on=") && !page.contains(" onload");
            assert!(harmless || !page.contains(word), "{word} in {page}");
        }
    }
}

#[tokio::test]
async fn the_form_may_lead_to_this_library_and_to_the_waiting_app_only() {
    let rig = Rig::start().await;
    let answer = rig.open(&rig.request().await).await;
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.contains("form-action 'self' http://127.0.0.1:50123;"),
        "{policy}"
    );
}

#[tokio::test]
async fn what_the_request_says_is_escaped_in_the_page() {
    let rig = Rig::start().await;
    let hostile = "\"><script>alert(1)</script>";
    let page = rig
        .open(&with(&rig.request().await, &[("state", hostile)]))
        .await;
    let page = page.text().await.unwrap();
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&quot;&gt;&lt;script&gt;"), "{page}");
}

#[tokio::test]
async fn the_metadata_names_what_the_app_relies_on() {
    let rig = Rig::start().await;
    let path = "/.well-known/oauth-authorization-server";
    let answer = rig.client.get(rig.url(path)).send().await.unwrap();
    let metadata: serde_json::Value = answer.json().await.unwrap();
    let issuer = rig.issuer();
    assert_eq!(metadata["issuer"], issuer);
    assert_eq!(
        metadata["authorization_endpoint"],
        format!("{issuer}/oauth/authorize")
    );
    assert_eq!(metadata["token_endpoint"], format!("{issuer}/oauth/token"));
    assert_eq!(
        metadata["revocation_endpoint"],
        format!("{issuer}/oauth/revoke")
    );
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        serde_json::json!(["S256"])
    );
    assert_eq!(
        metadata["token_endpoint_auth_methods_supported"],
        serde_json::json!(["none"])
    );
    assert_eq!(
        metadata["authorization_response_iss_parameter_supported"],
        true
    );
    assert_eq!(
        metadata["device_authorization_endpoint"],
        format!("{issuer}/oauth/device_authorization")
    );
    let grants = metadata["grant_types_supported"].as_array().unwrap();
    let device = serde_json::json!("urn:ietf:params:oauth:grant-type:device_code");
    assert!(grants.contains(&device), "{grants:?}");
}
