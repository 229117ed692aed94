//! The page before the way back to the app: who asks for what, and who is signed in.

use axum::response::Response;
use http::StatusCode;
use time::Duration;

use super::{Page, TICKET_FIELD, Way, abilities, aside, escape, hidden, place_text, ways};
use crate::config::Owner;
use crate::oauth::request::AuthorizeRequest;

/// What the sign-in page shows.
pub(crate) struct SignInPage<'a> {
    /// The host of the library; `None` on this computer.
    pub(crate) place: Option<String>,
    pub(crate) request: &'a AuthorizeRequest,
    /// The owner, to a browser with a ticket.
    pub(crate) owner: Option<OwnersWay<'a>>,
    /// A ticket may be typed in: the library is not the one inside the app, which brings its own.
    pub(crate) takes_ticket: bool,
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
    let fields: String = request
        .fields()
        .into_iter()
        .map(|(name, value)| hidden(name, value))
        .collect();
    let form = match &page.owner {
        Some(way) => owner_form(&fields, way),
        None if page.takes_ticket => ticket_form(&fields, page.ways.is_empty()),
        None => String::new(),
    };
    let ways = ways(&page.ways);
    // Whoever brought a ticket is the owner; whoever did not is more likely not.
    let (first, second) = match &page.owner {
        Some(_) => (form, ways),
        None => (ways, form),
    };
    let content = format!(
        "<h1>Sign in to {place}</h1>\
         <p><strong>Sifter on this computer</strong> asks to {may} here in your name, until you sign \
         out.</p>{first}{second}\
         <p class=\"small\">Go on only if you have just chosen <strong>Sign in</strong> in Sifter.</p>",
        place = place_text(page.place.as_ref()),
        may = abilities(&request.scope),
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

fn owner_form(fields: &str, way: &OwnersWay<'_>) -> String {
    let ticket = hidden("ticket", way.ticket);
    let login = escape(&way.owner.login);
    format!(
        "<form method=\"post\" action=\"authorize\">{fields}{ticket}\
         <button class=\"main\" name=\"decision\" value=\"allow\">Continue as {login}</button>\
         <button name=\"decision\" value=\"deny\">Cancel</button></form>"
    )
}

fn ticket_form(fields: &str, is_only_way: bool) -> String {
    let form = format!(
        "<form method=\"post\" action=\"authorize\">{fields}{TICKET_FIELD}\
         <button class=\"main\" name=\"decision\" value=\"allow\">Continue as the owner</button></form>"
    );
    aside(form, is_only_way)
}
