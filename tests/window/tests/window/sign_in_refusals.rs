//! How the window tells what a provider or an organisation has against a sign-in, each with a picture of it.

use anyhow::{Result, ensure};
use serde_json::json;
use sifter_test_support::{Habits, Twists};
use sifter_window_tests::journey::stored_secrets;

use crate::lab::Lab;
use crate::stage::Stage;

/// Lets a provider do something else than it should, goes there, and looks at what the window says.
async fn refused(lab: &Lab, twists: Twists, state: &str, said: &[&str]) -> Result<Stage> {
    let stage = lab.visited_with_client_id().await?;
    lab.provider.twist(twists);
    let button = format!("Go to {} directly", lab.label());
    if lab.label() == "GitHub" {
        // Without a secret it gives a code, which its only visitor enters by himself.
        stage.app.press(&button).await?;
    } else {
        stage.browse(&button, "The sign-in").await?;
    }
    for text in said {
        stage.app.says_in("main", text).await?;
    }
    stage.pictured(state).await?;
    ensure!(
        stored_secrets(&stage.desktop)?.is_empty(),
        "something was stored"
    );
    Ok(stage)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_09_a_provider_that_grants_too_little_is_asked_again() -> Result<()> {
    let lab = Lab::start(Habits::GitLab).await?;
    let without = json!({
        "access_token": "little", "token_type": "Bearer", "expires_in": 3600, "scope": "email",
    });
    let twists = Twists {
        token_answer: Some((200, "application/json", without.to_string())),
        ..Twists::default()
    };
    let said = [
        "The sign-in grants too little",
        "GitLab did not grant “openid”",
    ];
    let stage = refused(&lab, twists, "09-scope-missing", &said).await?;
    lab.provider.twist(Twists::default());
    stage.browse("Start again", "You’re signed in").await?;
    lab.signed_in(&stage).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_10_an_organisation_of_github_wants_its_own_sign_in_first() -> Result<()> {
    let lab = Lab::start(Habits::GitHub).await?;
    let twists = Twists {
        single_sign_on: Some(
            "https://github.com/orgs/octo-lab/sso?authorization_request=AZ".into(),
        ),
        ..Twists::default()
    };
    let said = [
        "Octo-lab wants its own sign-in first",
        "pass its single sign-on there",
    ];
    let stage = refused(&lab, twists, "10-single-sign-on", &said).await?;
    // The person has passed it.
    lab.provider.twist(Twists::default());
    stage.app.press("Start again").await?;
    lab.signed_in(&stage).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_11_an_organisation_of_microsoft_has_to_approve_the_app() -> Result<()> {
    let lab = Lab::start(Habits::Microsoft).await?;
    let why = "AADSTS90094: An administrator of the organization must approve the app.";
    let twists = Twists {
        refuses: Some(("access_denied", why)),
        ..Twists::default()
    };
    let said = [
        "Your organisation has to approve this first",
        "before an administrator has approved it",
    ];
    refused(&lab, twists, "11-blocked-by-organisation", &said).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a virtual desktop; cargo xtask test runs it"]
async fn state_11_an_organisation_of_google_keeps_the_app_out() -> Result<()> {
    let lab = Lab::start(Habits::Google).await?;
    let twists = Twists {
        refuses: Some(("admin_policy_enforced", "")),
        ..Twists::default()
    };
    let said = [
        "Your organisation has to approve this first",
        "Google lets nobody",
    ];
    refused(&lab, twists, "11-blocked-by-workspace", &said).await?;
    Ok(())
}
