//! Twists of a provider as short words, and whether somebody comes in all the same.

use std::sync::Arc;

use serde_json::{Map, Value};
use sifter_test_support::{Edit, Habits, Twists};

use crate::browser::Browser;
use crate::federation::federated;
use crate::harness::Rig;

pub(crate) fn edit(
    change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static,
) -> Option<Edit> {
    Some(Arc::new(change))
}

pub(crate) fn set(name: &'static str, value: Value) -> Option<Edit> {
    edit(move |object| {
        object.insert(name.to_owned(), value.clone());
    })
}

pub(crate) fn claims(change: Option<Edit>) -> Twists {
    Twists {
        claims: change,
        ..Twists::default()
    }
}

pub(crate) fn metadata(change: Option<Edit>) -> Twists {
    Twists {
        metadata: change,
        ..Twists::default()
    }
}

pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// Tries to sign in; whether a consent page came. If not, nothing may have been left behind.
pub(crate) async fn comes_in(rig: &Rig, id: &str) -> bool {
    let page = rig.come_back(&mut Browser::new(rig), id).await;
    let comes_in = page.html.contains("Continue as");
    assert_eq!(
        comes_in,
        !page.html.contains("could not be checked"),
        "{}",
        page.html
    );
    comes_in
}

pub(crate) async fn refuses(habits: Habits, cases: Vec<(&str, Twists)>) {
    let (idp, rig, id) = federated(habits).await;
    for (what, twists) in cases {
        idp.twist(twists);
        assert!(!comes_in(&rig, &id).await, "{habits:?}: {what}");
    }
    idp.twist(Twists::default());
    assert!(comes_in(&rig, &id).await, "{habits:?}: the unchanged one");
}
