//! The accounts of the command lines: handed over, and imported.

use sifter_contract::requests::{AccountRef, CommandWrite, ImportTake};
use sifter_contract::{Api as _, CommandProgram, ErrorCode, ImportSource, Nothing};
use sifter_test_support::spawn_library;

use crate::stage::Stage;
use crate::tokens::works;

fn write(account_id: &str, program: CommandProgram) -> CommandWrite {
    CommandWrite {
        account_id: account_id.to_owned(),
        program,
        activate: true,
    }
}

/// The value of the first line with this key.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let mut lines = text.lines().map(str::trim);
    lines
        .find_map(|line| line.strip_prefix(key))
        .unwrap()
        .trim()
}

#[tokio::test]
async fn a_sign_in_is_handed_over_as_a_token_of_its_own_that_can_be_revoked() {
    let stage = Stage::open().await;
    let server = stage.signed_in_here().await;
    let account_id = server.account.unwrap().id;
    let plan = stage
        .core
        .command_plan(AccountRef {
            account_id: account_id.clone(),
        })
        .await
        .unwrap();
    assert_eq!(plan.makes_token_for_days, Some(90));
    let programs: Vec<_> = plan.targets.iter().map(|target| target.program).collect();
    assert_eq!(
        programs,
        [CommandProgram::Singularity, CommandProgram::Apptainer]
    );
    assert!(
        plan.targets
            .iter()
            .all(|target| !target.replaces && target.problem.is_none())
    );
    assert!(
        !stage.path(".singularity").exists(),
        "a plan writes nothing"
    );

    let done = stage
        .core
        .command_write(write(&account_id, CommandProgram::Singularity))
        .await
        .unwrap();
    let text = stage.read(".singularity/remote.yaml");
    let token = value(&text, "Token:").to_owned();
    assert!(works(&server.library_url, &token).await);
    assert_eq!(value(&text, "Insecure:"), "true");
    assert_eq!(
        value(&text, "Active:").trim_matches('\''),
        done.remote.unwrap()
    );
    assert!(done.expires.is_some());
    let listed = stage.listed(&server.id).await;
    assert!(
        listed.len() == 1 && listed[0].here && listed[0].name.starts_with("singularity"),
        "{listed:?}"
    );

    let plan = stage
        .core
        .command_plan(AccountRef { account_id })
        .await
        .unwrap();
    let known = plan
        .targets
        .iter()
        .find(|target| target.program == CommandProgram::Singularity)
        .unwrap();
    assert!(known.replaces && known.active && known.remote.is_some());
    let apptainer = plan
        .targets
        .iter()
        .find(|target| target.program == CommandProgram::Apptainer)
        .unwrap();
    assert_eq!(
        apptainer.problem.as_ref().unwrap().params["reason"],
        "not_set_up".into()
    );
    stage.core.shutdown().await;
}

#[tokio::test]
async fn a_file_that_cannot_take_a_token_leaves_no_token_on_the_server() {
    let stage = Stage::open().await;
    let server = stage.signed_in_here().await;
    let account_id = server.account.unwrap().id;
    let odd = "Remotes: {other: {URI: other.example}}\n";
    stage.write(".singularity/remote.yaml", odd);
    let refused = stage
        .core
        .command_write(write(&account_id, CommandProgram::Singularity))
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::CommandLineFile);
    assert_eq!(refused.params["reason"], "form".into());
    assert_eq!(stage.read(".singularity/remote.yaml"), odd);
    assert!(stage.listed(&server.id).await.is_empty());
    let elsewhere = stage
        .core
        .command_write(write(&account_id, CommandProgram::TokenFile))
        .await;
    assert_eq!(elsewhere.unwrap_err().code, ErrorCode::InvalidRequest);
    stage.core.shutdown().await;
}

#[tokio::test]
async fn accounts_are_imported_one_by_one_after_their_server_has_agreed() {
    let library = spawn_library().await.unwrap();
    let host = library.address().to_string();
    let stage = Stage::open().await;
    let text = format!(
        "Active: good\nRemotes:\n  good:\n    URI: '{host}'\n    Insecure: true\n    Token: {}\n  bad:\n    \
         URI: '{host}'\n    Insecure: true\n    Token: made-up\n",
        library.token()
    );
    stage.write(".singularity/remote.yaml", &text);
    stage.write(".apptainer/remote.yaml", "- no\n");
    stage.write(
        ".docker/config.json",
        r#"{"auths":{"127.0.0.1:1":{"auth":"YWRhOmh1c2g="}}}"#,
    );

    let found = stage.core.import_find(Nothing {}).await.unwrap();
    let told = serde_json::to_string(&found).unwrap();
    for kept in [library.token(), "made-up", "hush"] {
        assert!(!told.contains(kept), "{told}");
    }
    let rows: Vec<_> = found
        .items
        .iter()
        .map(|item| (item.source, item.name.as_str(), item.plain_http))
        .collect();
    let expected = [
        (ImportSource::Singularity, "good", true),
        (ImportSource::Singularity, "bad", true),
        (ImportSource::Docker, "127.0.0.1:1", false),
    ];
    assert_eq!(rows, expected);
    assert_eq!(found.items[2].login.as_deref(), Some("ada"));
    assert_eq!(found.troubles.len(), 1);

    let take = |index: usize| ImportTake {
        item_id: found.items[index].id.clone(),
        allow_http: false,
    };
    let refused = stage.core.import_take(take(1)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TokenRefused);
    let nobody = stage.core.import_take(take(2)).await.unwrap_err();
    assert_eq!(nobody.code, ErrorCode::Unreachable);
    let server = stage.core.import_take(take(0)).await.unwrap();
    assert_eq!(server.account.unwrap().login, "tester");
    let again = stage.core.import_find(Nothing {}).await.unwrap();
    assert!(again.items[0].signed_in && !again.items[2].signed_in);
    assert_eq!(stage.read(".singularity/remote.yaml"), text);
    stage.core.shutdown().await;
}
