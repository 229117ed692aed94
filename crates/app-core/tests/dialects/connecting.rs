//! What a server is asked when somebody connects to it.

use sifter_contract::Api as _;
use sifter_contract::requests::{ServerConnect, ServerRef};
use sifter_test_support::Front;
use sifter_test_support::front::{Request, Upstream};

use crate::stage::{library, start};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_server_is_asked_once_what_it_can_do() {
    let library = library(|_| ()).await;
    let passing = |request: Request, upstream: Upstream| upstream.send(request);
    let front = Front::start(library.address(), passing).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let core = start(&folder.path().join("home")).await;
    let connect = ServerConnect {
        address: front.base_url(),
        allow_http: false,
    };
    let server = core.server_connect(connect).await.unwrap();
    let asked = |what: &str| {
        let seen = front.seen();
        let about = seen.iter().filter(|one| one.target.contains(what));
        about.count()
    };
    let questions = ["/version", "/v1/search", "/v1/entities"];
    assert_eq!(questions.map(asked), [1, 1, 1], "{:?}", front.seen());
    let server_id = server.id.clone();
    let again = core.server_refresh(ServerRef { server_id }).await.unwrap();
    assert_eq!(questions.map(asked), [2, 2, 2]);
    assert_eq!(
        (again.state, again.capabilities),
        (server.state, server.capabilities)
    );
    core.shutdown().await;
}
