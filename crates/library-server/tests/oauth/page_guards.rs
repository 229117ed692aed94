//! What holds for every page, wherever it is on the way.

use reqwest::{Response, StatusCode, header};
use sifter_test_support::Habits;

use crate::browser::Browser;
use crate::federation::federated;
use crate::harness::{Rig, location};

/// Nothing runs, nothing is loaded, nobody frames it, nothing is kept or told on.
async fn is_guarded(what: &str, answer: Response) -> String {
    let headers = answer.headers().clone();
    let says = |name: &str| headers[name].to_str().unwrap().to_owned();
    let policy = says("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none';"),
        "{what}: {policy}"
    );
    for rule in ["frame-ancestors 'none'", "base-uri 'none'", "form-action "] {
        assert!(policy.contains(rule), "{what}: {rule} in {policy}");
    }
    for word in ["unsafe", "script-src", "http:", "*", "img-src"] {
        let is_app = word == "http:" && policy.contains("http://127.0.0.1:50123;");
        assert!(
            is_app || !policy.contains(word),
            "{what}: {word} in {policy}"
        );
    }
    assert_eq!(says("cache-control"), "no-store", "{what}");
    assert_eq!(says("x-frame-options"), "DENY", "{what}");
    assert_eq!(says("referrer-policy"), "same-origin", "{what}");
    assert_eq!(says("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(says("cross-origin-opener-policy"), "same-origin", "{what}");
    assert!(
        headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none(),
        "{what}"
    );
    let html = answer.text().await.unwrap();
    for word in [
        "<script",
        " src=",
        "url(",
        "@import",
        "onclick",
        "javascript:",
    ] {
        assert!(!html.contains(word), "{what}: {word} in {html}");
    }
    html
}

/// A page can be read by a screen reader: a language, one heading, a name for every field.
fn is_readable(what: &str, html: &str) {
    assert!(html.contains("<html lang=\"en\">"), "{what}");
    assert_eq!(html.matches("<h1>").count(), 1, "{what}");
    assert!(
        html.contains("<title>") && html.contains("<main>"),
        "{what}"
    );
    for field in html.split("<input ").skip(1) {
        let field = field.split('>').next().unwrap();
        if field.contains("type=\"hidden\"") {
            continue;
        }
        let id = field
            .split("id=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert!(
            html.contains(&format!("<label for=\"{id}\"")),
            "{what}: {field}"
        );
    }
}

#[tokio::test]
async fn every_page_runs_nothing_loads_nothing_and_can_be_read() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let form = vec![("client_id", "sifter-desktop".to_owned())];
    let (_, started) = rig.post("/oauth/device_authorization", &form).await;
    let code = started["user_code"].as_str().unwrap();
    let mut browser = Browser::new(&rig);
    let consent = rig.come_back(&mut browser, &id).await;
    let type_code = |code: &str| {
        let call = rig.client.post(rig.url("/device"));
        call.form(&[("user_code", code.to_owned())]).send()
    };
    for (what, answer) in [
        ("choice", browser.get(&rig.authorize_url(None).await).await),
        ("owner", rig.open(&rig.request().await).await),
        ("consent", browser.get(&consent.url).await),
        ("code", browser.get(&rig.url("/device")).await),
        ("wrong code", type_code("BBBB-BBBB").await.unwrap()),
        ("confirm", type_code(code).await.unwrap()),
        ("notice", browser.get(&rig.url("/oauth/consent")).await),
    ] {
        let html = is_guarded(what, answer).await;
        is_readable(what, &html);
    }
}

#[tokio::test]
async fn redirects_are_guarded_like_pages() {
    let (_idp, rig, id) = federated(Habits::Plain).await;
    let mut browser = Browser::new(&rig);
    let begun = browser.get(&rig.authorize_url(Some(&id)).await).await;
    let sent = browser.get(&location(&begun)).await;
    for answer in [begun, sent] {
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let is_ours = answer.url().port() == rig.url("/").port();
        assert!(is_ours, "{}", answer.url());
        is_guarded("redirect", answer).await;
    }
}

#[tokio::test]
async fn what_a_provider_says_is_escaped_and_cut_in_the_page() {
    let (idp, rig, id) = federated(Habits::Plain).await;
    idp.visited_by(|visitor| {
        visitor.name = format!("<script>alert(1)</script>\u{7}{}", "x".repeat(500));
        visitor.login = "<b>".to_owned();
        visitor.email = "\"><img src=x>@evil.test".to_owned();
    });
    let page = Rig::come_back(&rig, &mut Browser::new(&rig), &id).await;
    for raw in ["<script", "<b>", "<img", "\u{7}"] {
        assert!(!page.html.contains(raw), "{raw} in {}", page.html);
    }
    assert!(page.html.contains("&lt;script&gt;"), "{}", page.html);
    assert!(!page.html.contains(&"x".repeat(101)));
}
