//! Sentences about sign-ins that a provider, an organisation or a library refuses.

use sifter_contract::ErrorCode;

use super::facts::Facts;

/// Why somebody stays outside, and what to do.
pub(super) fn refused(code: ErrorCode, facts: &Facts<'_>) -> String {
    let provider = facts.text("provider", "The provider");
    match code {
        ErrorCode::ClientIdRefused => format!(
            "{provider} does not accept Sifter's client id or its secret. Correct it in the settings of the Sifter app."
        ),
        ErrorCode::ApprovalNeeded => format!(
            "{provider} lets nobody of your organisation in by this app before an administrator has approved it. Ask \
             them, or sign in with another account."
        ),
        ErrorCode::SingleSignOnNeeded => format!(
            "{} wants its own sign-in first. Pass its single sign-on at {provider}, then try again.",
            facts.text("organisation", "Your organisation")
        ),
        ErrorCode::ScopeMissing => format!(
            "The sign-in or the token does not allow {}. Run \"sifter-cli login\" again and leave every box of the \
             request ticked, or use a token that allows more.",
            facts.text("scopes", "what is needed here")
        ),
        ErrorCode::SignInNotAccepted => format!(
            "You are known at {provider}, but {} lets nobody in with this account, or not by this app. Ask whoever \
             runs it.",
            facts.server()
        ),
        _ => "There is no client secret to be taken. Set it in the settings of the Sifter app."
            .to_owned(),
    }
}
