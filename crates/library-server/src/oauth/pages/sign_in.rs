//! The page before the way back to the app: who asks for what, and who is signed in.

use axum::response::Response;
use http::StatusCode;
use time::Duration;

use super::{Page, Way, abilities, escape, hidden, place_text, ways};
use crate::config::Owner;
use crate::oauth::request::AuthorizeRequest;

/// What the sign-in page shows.
pub(crate) struct SignInPage<'a> {
    /// The host of the library; `None` on this computer.
    pub(crate) place: Option<String>,
    pub(crate) request: &'a AuthorizeRequest,
    /// The owner, to a browser with a ticket.
    pub(crate) owner: Option<OwnersWay<'a>>,
    /// The providers.
    pub(crate) ways: Vec<Way>,
}

/// The way in with a ticket.
pub(crate) struct OwnersWay<'a> {
    pub(crate) owner: &'a Owner,
    pub(crate) ticket: &'a str,
    /// How long the ticket still works.
    pub(crate) left: Duration,
}

/// The page with the button "Continue as …" for the owner, and a link for every provider.
pub(crate) fn show(page: &SignInPage<'_>) -> Response {
    let request = page.request;
    let form = page.owner.as_ref().map(|way| {
        let fields: String = request
            .fields()
            .into_iter()
            .chain([("ticket", way.ticket)])
            .map(|(name, value)| hidden(name, value))
            .collect();
        let login = escape(&way.owner.login);
        format!(
            "<form method=\"post\" action=\"authorize\">{fields}\
             <button class=\"main\" name=\"decision\" value=\"allow\">Continue as {login}</button>\
             <button name=\"decision\" value=\"deny\">Cancel</button></form>"
        )
    });
    let content = format!(
        "<h1>Sign in to {place}</h1>\
         <p><strong>Sifter on this computer</strong> asks to {may} here in your name, until you sign \
         out.</p>{form}{ways}\
         <p class=\"small\">Go on only if you have just chosen <strong>Sign in</strong> in Sifter.</p>",
        place = place_text(page.place.as_ref()),
        may = abilities(&request.scope),
        form = form.unwrap_or_default(),
        ways = ways(&page.ways),
    );
    Page {
        status: StatusCode::OK,
        title: "Sign in",
        content,
        // Browsers apply `form-action` to the redirect after the form as well.
        form_action: &format!("'self' {}", request.redirect.origin()),
        dies_in: page.owner.as_ref().map(|way| way.left),
    }
    .respond()
}
