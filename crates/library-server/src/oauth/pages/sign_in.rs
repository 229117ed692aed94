//! The page before the way back to the app: who asks for what, and who is signed in.

use axum::response::Response;
use http::StatusCode;
use time::Duration;

use super::{Page, abilities, escape, hidden, place_text};
use crate::config::Owner;
use crate::oauth::client::CLIENT_ID;
use crate::oauth::request::AuthorizeRequest;

/// What the sign-in page shows.
pub(crate) struct SignInForm<'a> {
    pub(crate) owner: &'a Owner,
    /// The host of the library; `None` on this computer.
    pub(crate) place: Option<String>,
    pub(crate) ticket: &'a str,
    /// How long the ticket still works.
    pub(crate) ticket_left: Duration,
    pub(crate) request: &'a AuthorizeRequest,
}

/// The page with the button "Continue as …".
pub(crate) fn sign_in(form: &SignInForm<'_>) -> Response {
    let owner = form.owner;
    let request = form.request;
    let login = escape(&owner.login);
    let place = place_text(form.place.as_ref());
    let may = abilities(&request.scope);
    let fields: String = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", request.redirect.as_str()),
        ("code_challenge", request.challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("scope", &request.scope),
        ("state", request.state.as_deref().unwrap_or_default()),
        ("ticket", form.ticket),
    ]
    .map(|(name, value)| hidden(name, value))
    .concat();
    let content = format!(
        "<h1>Sign in to {place}</h1>\
         <p><strong>Sifter on this computer</strong> asks to {may} here in your name, until you sign \
         out.</p>\
         <form method=\"post\" action=\"authorize\">{fields}\
         <button class=\"main\" name=\"decision\" value=\"allow\">Continue as {login}</button>\
         <button name=\"decision\" value=\"deny\">Cancel</button></form>\
         <p class=\"small\">Go on only if you have just chosen <strong>Sign in</strong> in Sifter.</p>",
    );
    Page {
        status: StatusCode::OK,
        title: "Sign in",
        content,
        // Browsers apply `form-action` to the redirect after the form as well.
        form_action: &format!("'self' {}", request.redirect.origin()),
        dies_in: Some(form.ticket_left),
    }
    .respond()
}
