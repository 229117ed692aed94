//! A browser as far as sign-in goes: it keeps cookies, follows addresses when told to, and presses buttons.

use std::collections::HashMap;

use reqwest::{Client, Response, header};
use url::Url;

use crate::harness::{Fields, Rig, hidden_fields, location};

/// One browser.
pub(crate) struct Browser<'a> {
    client: &'a Client,
    cookies: HashMap<String, String>,
}

/// A page with a form on it.
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) url: Url,
}

impl Page {
    /// Where the first link on it leads.
    pub(crate) fn first_link(&self) -> Url {
        let (_, rest) = self.html.split_once("href=\"").unwrap();
        let (href, _) = rest.split_once('"').unwrap();
        Url::parse(&href.replace("&amp;", "&")).unwrap()
    }
}

impl<'a> Browser<'a> {
    pub(crate) fn new(rig: &'a Rig) -> Self {
        Self::with(&rig.client)
    }

    pub(crate) fn with(client: &'a Client) -> Self {
        Self {
            client,
            cookies: HashMap::new(),
        }
    }

    pub(crate) async fn get(&mut self, url: &Url) -> Response {
        let call = self.client.get(url.clone());
        let answer = call.header(header::COOKIE, self.jar()).send().await;
        self.keep(answer.unwrap())
    }

    /// Goes on until something else than a redirect comes, or the app is reached.
    pub(crate) async fn follow(&mut self, mut answer: Response) -> Result<Page, Url> {
        loop {
            if !answer.status().is_redirection() {
                let url = answer.url().clone();
                let html = answer.text().await.unwrap();
                return Ok(Page { html, url });
            }
            let next = location(&answer);
            if next.path() == "/callback" {
                return Err(next);
            }
            answer = self.get(&next).await;
        }
    }

    /// The page an address leads to.
    pub(crate) async fn page(&mut self, url: &Url) -> Page {
        let answer = self.get(url).await;
        self.follow(answer).await.expect("a page")
    }

    /// Presses a button of a page.
    pub(crate) async fn press(&mut self, page: &Page, decision: &str) -> Response {
        let fields = hidden_fields(&page.html);
        let mut form: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        form.push(("decision", decision));
        let to = page.url.join("/oauth/consent").unwrap();
        let call = self.client.post(to).form(&form);
        let call = call
            .header(header::COOKIE, self.jar())
            .header("origin", page.url.origin().ascii_serialization())
            .header("sec-fetch-site", "same-origin");
        let answer = call.send().await;
        self.keep(answer.unwrap())
    }

    fn jar(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    pub(crate) fn keep(&mut self, answer: Response) -> Response {
        for line in answer.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Rig {
    /// The address the app opens, with a provider chosen or not.
    pub(crate) async fn authorize_url(&self, idp: Option<&str>) -> Url {
        let mut fields: Fields<'_> = self.request().await;
        fields.retain(|(name, _)| *name != "ticket");
        if let Some(idp) = idp {
            fields.push(("idp_hint", idp.to_owned()));
        }
        let mut url = self.url("/oauth/authorize");
        url.query_pairs_mut().extend_pairs(fields);
        url
    }
}
