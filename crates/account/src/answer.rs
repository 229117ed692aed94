//! What a token endpoint answers: the standard's fields, and the person an ID token names.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    EndpointNotSet, EndpointSet, ExtraTokenFields, StandardRevocableToken, StandardTokenResponse,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The answer of a token endpoint.
pub(crate) type TokenAnswer = StandardTokenResponse<Named, BasicTokenType>;

/// The crate's client for a server with an authorization and a token endpoint.
pub(crate) type Client = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The field of OpenID Connect.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Named {
    #[serde(default, skip_serializing)]
    id_token: Option<SecretString>,
}

impl ExtraTokenFields for Named {}

/// Whom tokens are for, in the words of their issuer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Person {
    iss: String,
    sub: String,
}

impl Person {
    /// The issuer's name for the person.
    pub(crate) fn subject(&self) -> &str {
        &self.sub
    }
}

/// The person an answer names; `None` when it names nobody. The signature is not looked at: the answer came
/// straight from the token endpoint, over a connection that is its proof (OpenID Connect Core 3.1.3.7, 6), and
/// nothing but "the same as before" is made of it.
pub(crate) fn person(answer: &TokenAnswer) -> Result<Option<Person>, Error> {
    let Some(token) = &answer.extra_fields().id_token else {
        return Ok(None);
    };
    match read(token.expose_secret()) {
        Some(person) => Ok(Some(person)),
        None => Err(Error::BadResponse {
            what: "the ID token",
        }),
    }
}

fn read(token: &str) -> Option<Person> {
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let person: Person = serde_json::from_slice(&payload).ok()?;
    // OpenID Connect Core 2: a subject has at most 255 characters.
    let fits = (1..=255).contains(&person.sub.len()) && (1..=2048).contains(&person.iss.len());
    fits.then_some(person)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id_token: &str) -> TokenAnswer {
        let text = format!(
            r#"{{"access_token":"a","token_type":"bearer","expires_in":9,"id_token":{id_token}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn token(payload: &str) -> String {
        format!("\"e30.{}.c2ln\"", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn an_id_token_names_a_person_and_shows_itself_nowhere() {
        let answer = answer(&token(r#"{"iss":"https://id.test","sub":"7","aud":"x"}"#));
        assert_eq!(person(&answer).unwrap().unwrap().subject(), "7");
        assert!(!format!("{answer:?}").contains("e30."));
        assert!(!serde_json::to_string(&answer).unwrap().contains("e30."));
    }

    #[test]
    fn an_answer_without_one_names_nobody_and_a_senseless_one_is_refused() {
        assert_eq!(person(&answer("null")).unwrap(), None);
        let long = format!(r#"{{"iss":"i","sub":"{}"}}"#, "x".repeat(256));
        for bad in [
            "\"\"".to_owned(),
            "\"a.b.c\"".to_owned(),
            token("{}"),
            token(r#"{"iss":"i","sub":""}"#),
            token(r#"{"iss":"i","sub":7}"#),
            token(&long),
        ] {
            assert!(person(&answer(&bad)).is_err(), "{bad}");
        }
    }
}
