//! Pages that only say something: what happened, why, what now.

/// What such a page says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Notice {
    /// The browser brought no ticket.
    StartInApp,
    /// The ticket was used, is too old, or its sign-in was cancelled.
    LinkSpent,
    /// The request is not one the app makes.
    BadRequest,
    /// The brake is on.
    TooMany,
    /// The sign-in was finished or given up in another tab, or took too long.
    Ended,
    /// The browser did not bring the cookie that a sign-in with an account elsewhere needs.
    NoCookies,
    /// The device may go on.
    DeviceAllowed,
    /// The device was turned away.
    DeviceDeclined,
    /// A provider has identified somebody who is not on the list.
    NotAdmitted,
    /// A provider cannot be asked, or says nothing usable.
    ProviderFailed,
    /// The library failed.
    Failed,
}

impl Notice {
    /// Title and text, as HTML.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::StartInApp => (
                "Start in Sifter",
                "This page lets you in only when Sifter has opened it. Go to the app and choose \
                 <strong>Sign in</strong> there.",
            ),
            Self::LinkSpent => (
                "This link works no more",
                "A sign-in link works once, for five minutes, and not after the sign-in was cancelled \
                 in Sifter. Go back to Sifter and choose <strong>Sign in</strong> again.",
            ),
            Self::BadRequest => (
                "This is not a sign-in of Sifter",
                "The address of this page is damaged or was made by another program. Go to Sifter and \
                 choose <strong>Sign in</strong> there.",
            ),
            Self::TooMany => (
                "Too many attempts",
                "There were too many attempts from your network. Wait a minute, then begin again.",
            ),
            Self::Ended => (
                "This sign-in has ended",
                "It was finished or cancelled, took too long, or began in another browser. Nothing was \
                 changed. Begin again where you began.",
            ),
            Self::NoCookies => (
                "This browser brought no cookie",
                "The sign-in needs one to know that it is still you. Either this browser keeps none for \
                 this page, or the sign-in began in another browser. Allow cookies here, then begin \
                 again where you began.",
            ),
            Self::DeviceAllowed => (
                "The device is signed in",
                "Go back to it; it goes on by itself in a few seconds. You can close this page.",
            ),
            Self::DeviceDeclined => (
                "The device was turned away",
                "It gets no access. You can close this page.",
            ),
            Self::NotAdmitted => (
                "This account may not sign in here",
                "The administrator of the library decides whose accounts may. Sign in with another one, \
                 or ask for this one to be let in.",
            ),
            Self::ProviderFailed => (
                "The account could not be checked",
                "The service you wanted to sign in with did not answer as it should. Nothing was \
                 changed. Begin again in a moment; the log of the library says what happened.",
            ),
            Self::Failed => (
                "The library could not do this",
                "Something went wrong on the library\u{2019}s side. Its log says what. Try again in a \
                 moment.",
            ),
        }
    }
}
