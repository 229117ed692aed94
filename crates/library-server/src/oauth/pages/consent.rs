//! The page after a provider has said who somebody is: who asks for what, and in whose name.

use axum::response::Response;
use http::StatusCode;
use time::Duration;

use super::{Page, abilities, escape, hidden, place_text};
use crate::oauth::attempt::Guest;
use crate::oauth::device::DeviceRequest;
use crate::oauth::device::codes::UserCode;
use crate::oauth::request::AuthorizeRequest;
use crate::routes::address::Origin;

/// Who asks.
pub(crate) enum Asker<'a> {
    /// The app on the computer of this browser.
    App(&'a AuthorizeRequest),
    /// A device elsewhere, with the code on its screen.
    Device(&'a DeviceRequest, UserCode),
}

/// What the page shows.
pub(crate) struct ConsentPage<'a> {
    pub(crate) origin: &'a Origin,
    /// The host of the library; `None` on this computer.
    pub(crate) place: Option<String>,
    pub(crate) asker: Asker<'a>,
    pub(crate) guest: &'a Guest,
    /// What the person is called here.
    pub(crate) login: &'a str,
    /// There is no such person yet.
    pub(crate) is_new: bool,
    pub(crate) attempt: &'a str,
    pub(crate) form: &'a str,
    /// How long the decision can still be made.
    pub(crate) left: Duration,
}

/// The page.
pub(crate) fn show(page: &ConsentPage<'_>) -> Response {
    let proven = &page.guest.proven;
    let who = match (proven.display_name.as_str(), proven.email.as_str()) {
        ("", "") => escape(&proven.subject),
        (name, "") => escape(name),
        ("", mail) => escape(mail),
        (name, mail) => format!("{} ({})", escape(name), escape(mail)),
    };
    let (asker, scope, form_action) = match &page.asker {
        Asker::App(request) => (
            "<strong>Sifter on this computer</strong>".to_owned(),
            &request.scope,
            // Browsers apply `form-action` to the redirect after the form as well.
            format!("'self' {}", request.redirect.origin()),
        ),
        Asker::Device(device, code) => (
            format!(
                "Sifter on a device at <strong>{}</strong>, which shows the code \
                 <strong>{code}</strong>,",
                device.address
            ),
            &device.scope,
            "'self'".to_owned(),
        ),
    };
    let login = escape(page.login);
    let welcome = if page.is_new {
        format!(
            "<p>You are here for the first time and will be called <strong>{login}</strong>.</p>"
        )
    } else {
        String::new()
    };
    let content = format!(
        "<h1>Sign in to {place}</h1>\
         <p>You are signed in with {provider} as <strong>{who}</strong>.</p>{welcome}\
         <p>{asker} asks to {may} here in your name, until you sign out.</p>\
         <form method=\"post\" action=\"{action}\">{fields}\
         <button class=\"main\" name=\"decision\" value=\"allow\">Continue as {login}</button>\
         <button name=\"decision\" value=\"deny\">Cancel</button></form>\
         <p class=\"small\">Go on only if you have just chosen <strong>Sign in</strong> in Sifter.</p>",
        place = place_text(page.place.as_ref()),
        provider = escape(&page.guest.provider),
        may = abilities(scope),
        action = escape(&page.origin.join("/oauth/consent")),
        fields = hidden("attempt", page.attempt) + &hidden("form", page.form),
    );
    Page {
        status: StatusCode::OK,
        title: "Sign in",
        content,
        form_action: &form_action,
        dies_in: Some(page.left),
    }
    .respond()
}
