//! A library of its own for each test, and a client that speaks OAuth by hand.

use std::collections::HashMap;

use reqwest::{Client, Response, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sifter_library_server::{Config, LibraryServer, Owner, RunningLibrary};
use url::Url;

/// The example of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:50123/callback";

/// A running library and a client that follows no redirect.
pub(crate) struct Rig {
    pub(crate) library: RunningLibrary,
    pub(crate) client: Client,
    folder: tempfile::TempDir,
}

/// Names and values of a query or form; later ones replace earlier ones of the same name.
pub(crate) type Fields<'a> = Vec<(&'a str, String)>;

/// `base` with some values changed, or taken out where the value is empty.
pub(crate) fn with<'a>(base: &Fields<'a>, changes: &[(&'a str, &str)]) -> Fields<'a> {
    let mut fields = base.clone();
    for (name, value) in changes {
        fields.retain(|(found, _)| found != name);
        if !value.is_empty() {
            fields.push((name, (*value).to_owned()));
        }
    }
    fields
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let owner = Owner {
            login: "ada".into(),
            display_name: "Ada <L>".into(),
        };
        let mut config = Config::new(folder.path(), owner);
        change(&mut config);
        let library = LibraryServer::start(config).await.unwrap();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            library,
            client,
            folder,
        }
    }

    /// The folder of the library.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The bound address, whatever the public one is.
    pub(crate) fn url(&self, path: &str) -> Url {
        let base = format!("http://{}", self.library.local_address());
        Url::parse(&base).unwrap().join(path).unwrap()
    }

    /// The issuer as the library writes it.
    pub(crate) fn issuer(&self) -> String {
        self.library
            .base_url()
            .as_str()
            .trim_end_matches('/')
            .to_owned()
    }

    /// What the app puts into the link, with a ticket of its own.
    pub(crate) async fn request(&self) -> Fields<'static> {
        let ticket = self.library.mint_ticket(CHALLENGE).await.unwrap();
        vec![
            ("response_type", "code".into()),
            ("client_id", "sifter-desktop".into()),
            ("redirect_uri", REDIRECT.into()),
            ("state", "st-ate".into()),
            ("code_challenge", CHALLENGE.into()),
            ("code_challenge_method", "S256".into()),
            ("ticket", ticket.secret().expose_secret().to_owned()),
        ]
    }

    /// Opens the sign-in page.
    pub(crate) async fn open(&self, fields: &Fields<'_>) -> Response {
        self.client
            .get(self.url("/oauth/authorize"))
            .query(fields)
            .send()
            .await
            .unwrap()
    }

    /// Presses a button of the sign-in page.
    pub(crate) async fn press(&self, fields: &Fields<'_>, decision: &str) -> Response {
        let form = with(fields, &[("decision", decision)]);
        self.client
            .post(self.url("/oauth/authorize"))
            .form(&form)
            .send()
            .await
            .unwrap()
    }

    /// A code, by the way a person takes.
    pub(crate) async fn code(&self) -> String {
        let answer = self.press(&self.request().await, "allow").await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        query_of(&answer)["code"].clone()
    }

    pub(crate) async fn post(&self, path: &str, form: &Fields<'_>) -> (StatusCode, Value) {
        let answer = self
            .client
            .post(self.url(path))
            .form(form)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    pub(crate) fn exchange_form(code: &str) -> Fields<'static> {
        vec![
            ("grant_type", "authorization_code".into()),
            ("client_id", "sifter-desktop".into()),
            ("code", code.to_owned()),
            ("redirect_uri", REDIRECT.into()),
            ("code_verifier", VERIFIER.into()),
        ]
    }

    /// Tokens of a new sign-in.
    pub(crate) async fn tokens(&self) -> Value {
        let code = self.code().await;
        let (status, tokens) = self.post("/oauth/token", &Self::exchange_form(&code)).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    pub(crate) async fn refresh(&self, token: &Value) -> (StatusCode, Value) {
        let form = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", "sifter-desktop".to_owned()),
            ("refresh_token", text(token).to_owned()),
        ];
        self.post("/oauth/token", &form).await
    }

    /// Whether the library takes the access token.
    pub(crate) async fn works(&self, token: &Value) -> bool {
        let call = self
            .client
            .get(self.url("/v1/token-status"))
            .bearer_auth(text(token));
        call.send().await.unwrap().status() == StatusCode::OK
    }
}

/// The text in a JSON value.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The hidden fields of the form on a page.
pub(crate) fn hidden_fields(page: &str) -> HashMap<String, String> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!("{name}=\"")).nth(1).unwrap();
        let value = value.split('"').next().unwrap();
        value.replace("&quot;", "\"").replace("&amp;", "&")
    };
    page.split("<input type=\"hidden\"")
        .skip(1)
        .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
        .collect()
}

/// The cookies an answer sets, as a browser would send them back; and the lines that set them.
pub(crate) fn cookies_of(answer: &Response) -> (String, Vec<String>) {
    let lines: Vec<String> = answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|line| line.to_str().unwrap().to_owned())
        .collect();
    let pairs: Vec<&str> = lines
        .iter()
        .map(|line| line.split(';').next().unwrap())
        .collect();
    (pairs.join("; "), lines.clone())
}

/// Where an answer sends the browser.
pub(crate) fn location(answer: &Response) -> Url {
    let location = answer.headers().get(header::LOCATION).expect("a redirect");
    Url::parse(location.to_str().unwrap()).unwrap()
}

/// The query of the address an answer sends the browser to.
pub(crate) fn query_of(answer: &Response) -> HashMap<String, String> {
    location(answer).query_pairs().into_owned().collect()
}
