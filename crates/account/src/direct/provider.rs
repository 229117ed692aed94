//! The calls to a provider: its metadata, the trade of a code, its keys; GitHub's user.

use secrecy::{ExposeSecret as _, SecretString};
use sifter_openid::{
    Endpoints, Expected, Fault, GitHubUser, IdTokenFault, Jws, KeySet, ProviderKind as Whose,
    ProviderTokens, metadata_address, token_answer,
};
use time::{Duration, OffsetDateTime};
use url::Url;

use super::{OwnClient, refused};
use crate::error::Error;
use crate::transport::{Answer, Http};

/// How old an ID token may be: it was asked for a moment ago.
const OLDEST: Duration = Duration::minutes(10);
/// Says, with status 403, where an organisation of GitHub's wants its members to sign in first.
const SINGLE_SIGN_ON: &str = "x-github-sso";

/// A trade of a code for tokens.
pub(crate) struct Trade<'a> {
    pub(crate) code: &'a SecretString,
    pub(crate) verifier: &'a SecretString,
    pub(crate) redirect: &'a Url,
}

/// The provider's addresses, believed only if they are the provider's own.
pub(crate) async fn endpoints(http: &Http, kind: &Whose) -> Result<Endpoints, Error> {
    if let Whose::GitHub { base } = kind {
        return Endpoints::of_github(base).ok_or(Error::UnsafeServer {
            what: "the address of the provider",
        });
    }
    let address = metadata_address(kind).ok_or(Error::UnsafeServer {
        what: "the address of the provider",
    })?;
    let answer = http.get(&address).await?;
    if !answer.status.is_success() {
        return Err(Error::BadResponse {
            what: "no description of the provider",
        });
    }
    Endpoints::read(kind, &answer.body).map_err(|_| Error::UnsafeServer {
        what: "what the provider says about itself",
    })
}

/// Trades the code.
pub(crate) async fn redeem(
    http: &Http,
    endpoints: &Endpoints,
    client: &OwnClient,
    trade: &Trade<'_>,
) -> Result<ProviderTokens, Error> {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", trade.code.expose_secret()),
        ("redirect_uri", trade.redirect.as_str()),
        ("code_verifier", trade.verifier.expose_secret()),
        ("client_id", &client.client_id),
    ];
    if let Some(secret) = &client.client_secret {
        form.push(("client_secret", secret.expose_secret()));
    }
    let answer = http.token_answer(&endpoints.token, &form).await?;
    tokens(&answer)
}

fn tokens(answer: &Answer) -> Result<ProviderTokens, Error> {
    token_answer(answer.status.is_success(), &answer.body).map_err(|fault| match fault {
        Fault::Refused(code) => refused(code.as_str()),
        Fault::Answer(_) => Error::BadResponse {
            what: "the token answer of the provider",
        },
    })
}

/// The ID token among the tokens, if it says here and now, to us, who has signed in.
///
/// The keys are asked for after the token has come, so that a provider which has just changed them is believed, and
/// a key that it does not publish then is nobody's.
pub(crate) async fn id_token(
    http: &Http,
    endpoints: &Endpoints,
    keys: &Url,
    client: &OwnClient,
    nonce: &str,
    tokens: ProviderTokens,
) -> Result<SecretString, Error> {
    let Some(token) = tokens.id_token else {
        let granted = tokens.scope.as_deref().unwrap_or("openid");
        if granted.split([' ', ',']).any(|scope| scope == "openid") {
            return Err(Error::BadResponse {
                what: "no ID token",
            });
        }
        return Err(Error::ScopeMissing {
            scopes: "openid".to_owned(),
        });
    };
    let parsed = Jws::parse(token.expose_secret())?;
    let answer = http.get(keys).await?;
    let set = KeySet::read(&answer.body).filter(|_| answer.status.is_success());
    let set = set.ok_or(Error::BadResponse {
        what: "the keys of the provider",
    })?;
    let expected = Expected {
        kind: &client.kind,
        issuer: &endpoints.issuer,
        client_id: &client.client_id,
        oldest: OLDEST,
        now: OffsetDateTime::now_utc(),
    };
    let claims = expected.check(&parsed, &set)?;
    claims.check_nonce(nonce)?;
    claims.check_access_token(tokens.access_token.expose_secret())?;
    // Microsoft's person is `oid`; without it the library could not know them either.
    if matches!(client.kind, Whose::Microsoft { .. }) && claims.oid.is_none() {
        return Err(IdTokenFault::Subject.into());
    }
    Ok(token)
}

/// Asks GitHub whose the token is: it works, and nothing of the person's organisation stands before it.
pub(crate) async fn github_user(
    http: &Http,
    address: &Url,
    token: &SecretString,
) -> Result<GitHubUser, Error> {
    let answer = http.get_as(address, token).await?;
    let first = answer.headers.get(SINGLE_SIGN_ON);
    if answer.status.as_u16() == 403
        && let Some(where_to) = first.and_then(|value| value.to_str().ok())
        && where_to.trim_start().starts_with("required")
    {
        return Err(Error::SingleSignOn {
            organisation: organisation(where_to).unwrap_or_default(),
        });
    }
    if !answer.status.is_success() {
        return Err(Error::BadResponse {
            what: "whose the token of GitHub is",
        });
    }
    GitHubUser::read(&answer.body).map_err(|_| Error::BadResponse {
        what: "the user of GitHub",
    })
}

/// The organisation in `required; url=https://github.com/orgs/NAME/sso?…`: the name alone, since an address from an
/// answer is none to send people to.
fn organisation(header: &str) -> Option<String> {
    let url = Url::parse(header.split_once("url=")?.1.trim()).ok()?;
    let mut path = url.path_segments()?;
    let (Some("orgs"), Some(name), Some("sso")) = (path.next(), path.next(), path.next()) else {
        return None;
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    ((1..=39).contains(&name.len()) && name.bytes().all(is_name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organisation_is_read_from_the_header_and_nothing_else() {
        let read = organisation;
        let good = "required; url=https://github.com/orgs/octo-lab/sso?authorization_request=AZ";
        assert_eq!(read(good).as_deref(), Some("octo-lab"));
        for bad in [
            "required",
            "required; url=",
            "required; url=https://github.com/octo-lab/sso",
            "required; url=https://github.com/orgs/<b>/sso",
            "required; url=javascript:alert(1)",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
