//! An authorization request, checked before anybody sees a page (OAuth 2.1 section 4.1.1).

use url::Url;

use crate::caller::WRITE_SCOPE;
use crate::oauth::client::{CLIENT_ID, RedirectUri};
use crate::oauth::params::{Params, Repeated};
use crate::oauth::pkce::Challenge;

/// Whether a text names scopes of this library only, separated by spaces.
pub(crate) fn is_scope(text: &str) -> bool {
    text.split(' ')
        .filter(|scope| !scope.is_empty())
        .all(|scope| SCOPES.contains(&scope))
}

/// Whether a token with this scope may change the library. An empty one may do everything.
pub(crate) fn may_write(scope: &str) -> bool {
    scope.trim().is_empty() || scope.split(' ').any(|scope| scope == WRITE_SCOPE)
}

/// What a token may be limited to.
pub(crate) const SCOPES: [&str; 2] = ["library:read", "library:write"];
/// The longest `state`, in bytes.
const LONGEST_STATE: usize = 1024;

/// A request that may be put before the person.
#[derive(Debug, Clone)]
pub(crate) struct AuthorizeRequest {
    pub(crate) redirect: RedirectUri,
    pub(crate) state: Option<String>,
    pub(crate) challenge: Challenge,
    /// Separated by spaces; empty for everything the person may do.
    pub(crate) scope: String,
}

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not certain who asks, so nobody is sent anywhere: the person sees a page.
    Here,
    /// The client is told at its own address.
    There {
        redirect: Box<RedirectUri>,
        state: Option<String>,
        error: &'static str,
    },
}

impl AuthorizeRequest {
    /// The parameters of this request again, for a link or a form.
    pub(crate) fn fields(&self) -> [(&'static str, &str); 7] {
        [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", self.redirect.as_str()),
            ("code_challenge", self.challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("scope", &self.scope),
            ("state", self.state.as_deref().unwrap_or_default()),
        ]
    }

    /// Checks the client and its address first: until both are certain, there is no place to answer to.
    pub(crate) fn parse(params: &Params, issuer: &str) -> Result<Self, Refusal> {
        let here = |_: Repeated| Refusal::Here;
        if params.one("client_id").map_err(here)? != Some(CLIENT_ID) {
            return Err(Refusal::Here);
        }
        let redirect = params.one("redirect_uri").map_err(here)?;
        let redirect = redirect.and_then(RedirectUri::parse).ok_or(Refusal::Here)?;
        let state = params.one("state").map_err(here)?.map(str::to_owned);
        if state
            .as_ref()
            .is_some_and(|state| state.len() > LONGEST_STATE)
        {
            return Err(Refusal::Here);
        }
        match checked(params, issuer) {
            Ok((challenge, scope)) => Ok(Self {
                redirect,
                state,
                challenge,
                scope,
            }),
            Err(error) => Err(Refusal::There {
                redirect: Box::new(redirect),
                state,
                error,
            }),
        }
    }
}

fn checked(params: &Params, issuer: &str) -> Result<(Challenge, String), &'static str> {
    let one = |name| params.one(name).map_err(|Repeated| "invalid_request");
    if one("response_type")? != Some("code") {
        return Err("unsupported_response_type");
    }
    // Without a method the standard means `plain`, which protects nothing.
    if one("code_challenge_method")? != Some("S256") {
        return Err("invalid_request");
    }
    let challenge = one("code_challenge")?
        .and_then(Challenge::parse)
        .ok_or("invalid_request")?;
    let scope = one("scope")?.unwrap_or_default();
    if !is_scope(scope) {
        return Err("invalid_scope");
    }
    if let Some(resource) = one("resource")?
        && !is_ours(resource, issuer)
    {
        return Err("invalid_target");
    }
    Ok((challenge, scope.to_owned()))
}

/// Whether a resource (RFC 8707) is served here. Tokens of this server work nowhere else.
pub(crate) fn is_ours(resource: &str, issuer: &str) -> bool {
    match (Url::parse(resource), Url::parse(issuer)) {
        (Ok(resource), Ok(issuer)) => resource.origin() == issuer.origin(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 6] = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", "http://127.0.0.1:5000/callback"),
        ("state", "abc"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
    ];

    fn parse(changes: &[(&str, Option<&str>)]) -> Result<AuthorizeRequest, Refusal> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in GOOD {
            if !changes.iter().any(|(changed, _)| *changed == name) {
                query.append_pair(name, value);
            }
        }
        for (name, value) in changes {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        AuthorizeRequest::parse(
            &Params::parse(query.finish().as_bytes()),
            "http://127.0.0.1:4000",
        )
    }

    #[test]
    fn a_request_as_the_app_makes_it_is_good() {
        let request = parse(&[("scope", Some("library:read library:write"))]).unwrap();
        assert_eq!(request.state.as_deref(), Some("abc"));
        assert_eq!(request.scope, "library:read library:write");
        assert!(parse(&[("resource", Some("http://127.0.0.1:4000/v1"))]).is_ok());
    }

    #[test]
    fn an_unknown_client_or_address_is_never_answered_elsewhere() {
        for change in [
            ("client_id", None),
            ("client_id", Some("other")),
            ("redirect_uri", None),
            ("redirect_uri", Some("https://evil.test/callback")),
            ("state", Some("x".repeat(LONGEST_STATE + 1).as_str())),
        ] {
            assert!(matches!(parse(&[change]), Err(Refusal::Here)), "{change:?}");
        }
        let twice = [
            ("redirect_uri", Some(GOOD[2].1)),
            ("redirect_uri", Some(GOOD[2].1)),
        ];
        assert!(matches!(parse(&twice), Err(Refusal::Here)));
    }

    #[test]
    fn a07_a_request_without_s256_is_refused() {
        for change in [
            ("code_challenge_method", None),
            ("code_challenge_method", Some("plain")),
            ("code_challenge_method", Some("s256")),
            ("code_challenge", None),
            ("code_challenge", Some("short")),
        ] {
            let refusal = parse(&[change]).unwrap_err();
            assert!(
                matches!(
                    refusal,
                    Refusal::There {
                        error: "invalid_request",
                        ..
                    }
                ),
                "{change:?}"
            );
        }
    }

    #[test]
    fn other_faults_are_told_to_the_client_with_its_state() {
        for (change, expected) in [
            (
                ("response_type", Some("token")),
                "unsupported_response_type",
            ),
            (("scope", Some("library:read admin")), "invalid_scope"),
            (
                ("resource", Some("https://elsewhere.test/")),
                "invalid_target",
            ),
        ] {
            match parse(&[change]).unwrap_err() {
                Refusal::There { error, state, .. } => {
                    assert_eq!((error, state.as_deref()), (expected, Some("abc")));
                }
                Refusal::Here => panic!("{change:?}"),
            }
        }
    }
}
