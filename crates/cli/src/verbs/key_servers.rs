//! `key push`, `key search` and `key pull`: keys to and from key servers.

use serde::Serialize;
use sifter_app_core::KeyDesk;
use sifter_contract::{KeyStanding, KeyView};

use super::Call;
use super::key::{describe, standing};
use crate::failure::Failure;
use crate::format::table;
use crate::output::note;
use crate::session::Engine;
use crate::words;

#[derive(Serialize)]
struct Published<'a> {
    fingerprint: &'a str,
    keyserver: &'a str,
}

#[derive(Serialize)]
struct Found {
    keys: Vec<FoundKey>,
    /// Hosts of the servers that did not answer.
    silent: Vec<String>,
}

#[derive(Serialize)]
struct FoundKey {
    fingerprint: String,
    names: Vec<String>,
    created: Option<String>,
    expires: Option<String>,
    standing: KeyStanding,
    keyserver: String,
}

#[derive(Serialize)]
struct Pulled<'a> {
    #[serde(flatten)]
    key: &'a KeyView,
    trusted: bool,
}

pub(super) async fn push(
    call: &Call<'_>,
    desk: &KeyDesk,
    fingerprint: &str,
    key_server: Option<&str>,
) -> Result<(), Failure> {
    let names_library = call.options.server.is_some() || call.options.token_file.is_some();
    let address = if key_server.is_some() && !names_library {
        // No library has to be asked anything; the sign-in of one goes along when the key server is its own.
        let engine = Engine::of_this_person(call.options).await?;
        let done = engine.core.publish_key(desk, fingerprint, None, key_server);
        let done = done.await;
        engine.close().await;
        done?
    } else {
        let done = call.with(None, async |session| {
            let id = Some(session.server.id.as_str());
            let core = session.core();
            Ok(core.publish_key(desk, fingerprint, id, key_server).await?)
        });
        done.await?
    };
    let result = Published {
        fingerprint,
        keyserver: &address,
    };
    call.output.result(&result, || address.clone())
}

pub(super) async fn search(
    call: &Call<'_>,
    desk: &KeyDesk,
    text: &str,
    key_servers: &[String],
) -> Result<(), Failure> {
    let servers = servers(call, desk, key_servers).await?;
    let found = desk.search(&servers, text).await?;
    for (_, error) in &found.silent {
        note(&format!("Warning: {}", words::sentence(error)));
    }
    let keys = found.keys.into_iter().map(|key| FoundKey {
        fingerprint: key.id,
        names: key.names,
        created: key.created,
        expires: key.expires,
        standing: key.standing,
        keyserver: key.server,
    });
    let result = Found {
        keys: keys.collect(),
        silent: found.silent.into_iter().map(|(host, _)| host).collect(),
    };
    call.output.result(&result, || list(&result.keys))
}

pub(super) async fn pull(
    call: &Call<'_>,
    desk: &KeyDesk,
    fingerprint: &str,
    trust: bool,
    key_servers: &[String],
) -> Result<(), Failure> {
    let servers = servers(call, desk, key_servers).await?;
    let mut key = desk.fetch(&servers, fingerprint).await?;
    let known = desk.list().await?;
    let mut trusted = known.iter().any(|one| one.fingerprint == key.fingerprint);
    if trust && !trusted {
        key = desk.trust(&key.fingerprint).await?;
        trusted = true;
    }
    let result = Pulled { key: &key, trusted };
    call.output.result(&result, || describe(&key))?;
    if !trusted {
        note(
            "The key is kept, but not trusted. Compare the fingerprint with its owner, then say --trust.",
        );
    }
    Ok(())
}

/// The servers that are named; else that of the library that is named, then the usual ones.
async fn servers(
    call: &Call<'_>,
    desk: &KeyDesk,
    named: &[String],
) -> Result<Vec<String>, Failure> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let own = if call.options.server.is_some() {
        let own = call.with(None, async |session| {
            Ok(session.core().key_server(&session.server.id).await)
        });
        own.await?
    } else {
        None
    };
    Ok(own.into_iter().chain(desk.usual_servers()).collect())
}

fn list(keys: &[FoundKey]) -> String {
    let rows = keys.iter().map(|key| {
        [
            key.fingerprint.clone(),
            standing(key.standing).to_owned(),
            key.keyserver.clone(),
            key.names.join(", "),
        ]
    });
    table(&rows.collect::<Vec<_>>())
}
