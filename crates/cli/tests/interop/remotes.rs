//! What Sifter writes into `remote.yaml` is read by the parser that the `singularity` command line uses, with its
//! strictness, and signs its client in.

use std::sync::Arc;

use sifter_app_core::{AppCore, CommandLinePlaces, CoreConfig, Home, Secrets};
use sifter_contract::requests::{CommandWrite, ServerConnect};
use sifter_contract::{Api as _, CommandProgram};

use super::nobody::Nobody;
use super::{Table, promised};

/// What somebody had there before: another server in use, comments, and a list that the programs know.
const BEFORE: &str = "\
# written by hand
Active: 'other' # for now
Remotes:
    other: # keep
        URI: other.example
        System: false
        Exclusive: false
        Keyservers:
            - URI: https://keys.example
              Skip: false
              External: true
              Insecure: false
Credentials:
- URI: docker://registry.example
  Insecure: false
";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Go and its module proxy"]
async fn an_account_handed_over_signs_the_official_client_in_by_its_own_file() {
    let Some(table) = Table::set().await else {
        return;
    };
    for before in [None, Some(BEFORE)] {
        let folder = tempfile::tempdir().unwrap();
        let singularity = folder.path().join(".singularity");
        if let Some(text) = before {
            std::fs::create_dir(&singularity).unwrap();
            std::fs::write(singularity.join("remote.yaml"), text).unwrap();
        }
        let home = Home::at(folder.path().join("sifter"));
        let mut config = CoreConfig::new(home, Arc::new(Nobody));
        config.secrets = Secrets::PlayedKeychain;
        config.background = false;
        config.command_line = Some(CommandLinePlaces {
            singularity: singularity.clone(),
            apptainer: folder.path().join(".apptainer"),
            system: Vec::new(),
            credentials: Vec::new(),
            programs: Vec::new(),
        });
        let core = AppCore::start(config).await.unwrap();
        let connect = ServerConnect {
            address: table.library.base_url(),
            allow_http: false,
        };
        let server = core.server_connect(connect).await.unwrap();
        let token = table.library.token().into();
        let server = core.accept_token(&server.id, token).await.unwrap();
        let write = CommandWrite {
            account_id: server.account.unwrap().id,
            program: CommandProgram::Singularity,
            activate: true,
        };
        core.command_write(write).await.unwrap();
        core.shutdown().await;

        let remotes = singularity.join("remote.yaml");
        let remotes = remotes.to_str().unwrap();
        let tag = if before.is_some() { "2.0" } else { "1.0" };
        let (file, back) = (format!("handed_{tag}.sif"), format!("back_{tag}.sif"));
        let image = table.image(&file, 1 << 20, 7);
        let reference = format!("tester/handed/image:{tag}");
        let flags = ["-remotes", remotes, "-arch", "amd64"];
        let push = [&["push"], &flags[..], &[&file, &reference]].concat();
        let pushed = table.call(table.peer, &push).await;
        assert_eq!(pushed["ok"], true, "{pushed}");
        let pulled = table.go_does("pull", &[&reference, &back]).await;
        assert_eq!(pulled["hash"], promised(&image));
    }
}
