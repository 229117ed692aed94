//! The pages for a device without a browser: its code, and what it asks for.

use axum::response::Response;
use http::StatusCode;

use super::{Page, TICKET_FIELD, Way, abilities, aside, escape, hidden, place_text, ways};
use crate::oauth::attempt;
use crate::oauth::device::DeviceRequest;
use crate::oauth::device::codes::UserCode;
use crate::oauth::device::endpoint::PAGE;
use crate::routes::address::Origin;

/// What is said about a code that no device waits with.
pub(crate) const UNKNOWN: &str =
    "No device waits with this code. Look at its screen again; codes work for ten minutes.";

/// The page with the field for the code.
pub(crate) fn code_page(
    origin: &Origin,
    code: Option<UserCode>,
    problem: Option<&str>,
) -> Response {
    let action = escape(&origin.join(PAGE));
    let value = code.map(|code| code.to_string()).unwrap_or_default();
    let (hint, described) = match problem {
        Some(text) => (
            format!("<p id=\"problem\" role=\"alert\" class=\"problem\">{text}</p>"),
            " aria-invalid=\"true\" aria-describedby=\"problem\"",
        ),
        None => (String::new(), ""),
    };
    let content = format!(
        "<h1>Sign in a device</h1>\
         <p>Type the code that the device shows.</p>\
         <form method=\"post\" action=\"{action}\">\
         <label for=\"user_code\">Code</label>\
         <input id=\"user_code\" name=\"user_code\" class=\"code\" value=\"{value}\" required \
         maxlength=\"20\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" \
         placeholder=\"XXXX-XXXX\" autofocus{described}>{hint}\
         <button class=\"main\">Continue</button></form>\
         <p class=\"small\">Type only a code that you see on a device of your own. Whoever sends you a \
         code wants to get in with your name.</p>"
    );
    let status = match problem {
        Some(_) => StatusCode::NOT_FOUND,
        None => StatusCode::OK,
    };
    Page {
        status,
        title: "Sign in a device",
        content,
        form_action: "'self'",
        dies_in: None,
    }
    .respond()
}

/// What the page of the decision shows.
pub(crate) struct ConfirmPage<'a> {
    pub(crate) origin: &'a Origin,
    /// The host of the library; `None` on this computer.
    pub(crate) place: Option<String>,
    pub(crate) code: UserCode,
    pub(crate) request: &'a DeviceRequest,
    pub(crate) attempt: &'a str,
    pub(crate) form: &'a str,
    /// The providers.
    pub(crate) ways: Vec<Way>,
}

/// What asks, and the ways to say who one is.
pub(crate) fn confirm_page(page: &ConfirmPage<'_>) -> Response {
    let action = escape(&page.origin.join("/oauth/consent"));
    let fields = hidden("attempt", page.attempt) + &hidden("form", page.form);
    let ticket = format!(
        "<form method=\"post\" action=\"{action}\">{fields}{TICKET_FIELD}\
         <button class=\"main\" name=\"decision\" value=\"allow\">Let the device in</button></form>"
    );
    let ticket = aside(ticket, page.ways.is_empty());
    let content = format!(
        "<h1>Is this your device?</h1>\
         <p>Sifter on a device at <strong>{address}</strong> asks to {may} in {place} in your name, \
         until you sign out there. Its screen must show</p>\
         <p class=\"code\">{code}</p>{ways}{ticket}\
         <form method=\"post\" action=\"{action}\">{fields}\
         <button name=\"decision\" value=\"deny\">This is not my device</button></form>",
        address = page.request.address,
        may = abilities(&page.request.scope),
        place = place_text(page.place.as_ref()),
        code = page.code,
        ways = ways(&page.ways),
    );
    Page {
        status: StatusCode::OK,
        title: "Is this your device?",
        content,
        form_action: "'self'",
        dies_in: Some(attempt::LIFE),
    }
    .respond()
}
